/**
 * The pictures that are brushed, best first; without a brush the lowest and the highest.
 */
import { nameOf, type Pictures } from "../prompt_grid/pictures";
import { arrange, button, h, text } from "../shared/dom";
import type { Store } from "../shared/model";
import { verdicts } from "./hand";
import { ordinal, score } from "./said";
import { placed, Tiles } from "./tile";
import type { State } from "./types";
import { inHand, inside, type Picture, type Prompt, wilson } from "./values";

const ENDS = 5; // of each kind, without a brush
const AT_ONCE = 24;

export class Tray {
  readonly element: HTMLElement;
  private heading = h("h4", { class: "dx-tray-heading", role: "status" });
  private right = h("span", { class: "dx-tray-right dx-number" });
  private wall = h("div", { class: "dx-tray-wall" });
  private more: HTMLButtonElement;
  private tiles: Tiles;
  private most = AT_ONCE;
  private pending = 0;

  constructor(private store: Store<State>, private prompts: Prompt[], pictures: Pictures, take: (prompt: number, picture: Picture) => void) {
    this.tiles = new Tiles(pictures, take);
    this.more = button("More pictures", () => {
      this.most *= 2;
      this.draw();
    }, { quiet: true });
    this.element = h("section", { class: "dx-tray", "aria-label": "pictures" }, h("div", { class: "dx-tray-line" }, this.heading, this.right), this.wall, this.more);
    store.on(["prompt", "span"], () => {
      this.most = AT_ONCE;
      this.soon();
    });
    store.on(["picture", "prompt"], () => this.mark());
    store.signal.addEventListener("abort", () => cancelAnimationFrame(this.pending));
    this.draw();
  }

  focus(): void {
    const pressed = this.wall.querySelector<HTMLElement>("[aria-pressed=true]") ?? (this.wall.firstElementChild as HTMLElement | null);
    pressed?.focus();
  }

  /** The next tile, or an earlier one. */
  step(by: number): void {
    const all = [...this.wall.querySelectorAll<HTMLElement>(".dx-score-tile")];
    const now = all.indexOf(document.activeElement as HTMLElement);
    all[Math.min(Math.max(now + by, 0), all.length - 1)]?.focus();
  }

  /** A dragging hand moves more often than pictures can be laid out. */
  private soon(): void {
    this.pending ||= requestAnimationFrame(() => {
      this.pending = 0;
      this.draw();
    });
  }

  private draw(): void {
    const number = this.store.get("prompt");
    const prompt = this.prompts[number];
    const span = this.store.get("span");
    const found = inside(prompt, span);
    const brushed = span.length === 2;
    const count = prompt.pictures.length;
    const ends = this.prompts.length === 1 ? 2 * ENDS : ENDS;
    const every = count <= 2 * ends;
    const shown = brushed ? found.slice(0, this.most) : every ? prompt.ranked : [...prompt.ranked.slice(0, ends), ...prompt.ranked.slice(-ends)];
    this.element.classList.toggle("dx-ends", !brushed && !every && ends === ENDS);
    this.element.classList.toggle("dx-tens", !brushed && !every && ends > ENDS);
    text(this.heading, brushed ? this.brushed(found.length, count, span) : every ? `All ${count}, best first` : `The highest ${ends} and the lowest ${ends} of ${count}`);
    const judged = found.filter(({ right }) => right !== null);
    const good = judged.filter(({ right }) => right).length;
    text(this.right, brushed && judged.length ? verdicts(good, judged.length, wilson(good, judged.length)) : "");
    arrange(this.wall, shown.map((one) => {
      const tile = this.tiles.get(number, one);
      tile.say(`${ordinal(one.place)} · ${score(one.score)}`, `seed ${one.seed}, ${placed(one, count)}, score ${score(one.score)}`);
      return tile.element;
    }));
    this.more.hidden = !brushed || found.length <= this.most;
    text(this.more.querySelector("span")!, `Show more: ${found.length - this.most} are left`);
    this.mark();
  }

  private brushed(found: number, count: number, span: number[]): string {
    return `${found} of ${count} score ${score(span[0])} to ${score(span[1])}${found ? "" : ": nobody does"}`;
  }

  private mark(): void {
    const number = this.store.get("prompt");
    this.tiles.mark(nameOf(number, inHand(this.prompts[number], this.store.get("picture")).seed));
  }
}
