/**
 * One small picture that can be taken in hand: its verdict in a corner, a line or two below.
 */
import { h, text } from "../shared/dom";
import { nameOf, type Pictures } from "../prompt_grid/pictures";
import { ordinal } from "./said";
import type { Picture } from "./values";

export const MARKS = { true: "✓", false: "×", null: "" } as const;

export class Tile {
  readonly element: HTMLButtonElement;
  readonly name: string;
  private image = h("img", { alt: "", draggable: "false", hidden: true });
  private foot = h("span", { class: "dx-tile-foot dx-number" });
  private wrong = h("span", { class: "dx-tile-wrong", hidden: true });
  private more = h("span", { class: "dx-tile-more", hidden: true });

  constructor(private pictures: Pictures, readonly prompt: number, readonly picture: Picture, take: (prompt: number, picture: Picture) => void) {
    this.name = nameOf(prompt, picture.seed);
    const plate = h("span", { class: "dx-tile-plate" }, this.image);
    if (picture.right !== null) plate.append(h("span", { class: `dx-verdict ${picture.right ? "dx-is-right" : "dx-is-wrong"}`, "aria-hidden": "true" }, MARKS[`${picture.right}`]));
    this.element = h("button", { type: "button", class: "dx-score-tile" }, plate, this.foot, this.wrong, this.more);
    this.element.addEventListener("click", () => take(prompt, picture));
    this.paint();
  }

  /** Lines below the picture; `whole` is what a screen reader says. */
  say(foot: string, whole: string, wrong = "", more = ""): void {
    text(this.foot, foot);
    for (const [element, words] of [[this.wrong, wrong], [this.more, more]] as const) {
      text(element, words);
      element.hidden = words === "";
    }
    const { right } = this.picture;
    const verdict = right === null ? "" : right ? ", all facts right" : ", not all facts right";
    this.element.setAttribute("aria-label", `${whole}${verdict}`);
    this.element.title = whole;
  }

  mark(inHand: boolean): void {
    this.element.setAttribute("aria-pressed", String(inHand));
  }

  /** Show the picture, if it is here; it is asked for where it is not. */
  paint(): void {
    const { seed, there } = this.picture;
    const url = there ? this.pictures.url(this.prompt, seed) : null;
    this.image.hidden = url === null;
    if (url !== null && this.image.src !== url) this.image.src = url;
    const gone = !there || (url === null && this.pictures.lacks(this.prompt, seed));
    this.element.classList.toggle("dx-gone", gone);
  }
}

/** Tiles by name, so that those which stay are not made anew; they follow the picture in hand. */
export class Tiles {
  private held = new Map<string, Tile>();
  private loose: Tile[] = [];

  constructor(private pictures: Pictures, private take: (prompt: number, picture: Picture) => void, private most = 400) {
    pictures.on((names) => {
      for (const name of names) this.held.get(name)?.paint();
      for (const tile of this.loose) if (names.includes(tile.name)) tile.paint();
    });
  }

  get(prompt: number, picture: Picture): Tile {
    const name = nameOf(prompt, picture.seed);
    let tile = this.held.get(name);
    if (!tile) {
      if (this.held.size > this.most) for (const [old, one] of this.held) if (!one.element.isConnected) this.held.delete(old);
      tile = new Tile(this.pictures, prompt, picture, this.take);
      this.held.set(name, tile);
    } else tile.paint();
    return tile;
  }

  /** One more tile of a picture that may stand in several places. */
  fresh(prompt: number, picture: Picture): Tile {
    const tile = new Tile(this.pictures, prompt, picture, this.take);
    this.loose.push(tile);
    return tile;
  }

  /** Forget those tiles: others take their places. */
  forget(): void {
    this.loose = [];
  }

  mark(name: string): void {
    for (const tile of [...this.held.values(), ...this.loose]) tile.mark(tile.name === name);
  }
}

export function placed(picture: Picture, count: number): string {
  return `${ordinal(picture.place)} of ${count}`;
}
