/**
 * Where scorer and judge disagree: scored high and wrong, scored low and right.
 */
import { nameOf, type Pictures } from "../prompt_grid/pictures";
import { clear, h } from "../shared/dom";
import type { Store } from "../shared/model";
import { deviations, ordinal } from "./said";
import { placed, Tiles } from "./tile";
import { refusedOf, type Odd, type OddOne, type State } from "./types";
import { inHand, type Picture, type Prompt } from "./values";

export class OddView {
  readonly element = h("div", { class: "dx-odd" });
  private tiles: Tiles;
  private drawn = false;

  constructor(private store: Store<State>, private prompts: Prompt[], pictures: Pictures, take: (prompt: number, picture: Picture) => void) {
    this.tiles = new Tiles(pictures, take);
    store.on(["prompt", "picture"], () => this.mark());
  }

  /** Made when the page is opened first: its pictures need not come before. */
  show(): void {
    if (this.drawn) return this.mark();
    this.drawn = true;
    const told = this.store.get("odd");
    const refused = refusedOf(told);
    if (refused) return clear(this.element, h("p", { class: "dx-refused" }, refused));
    const { high, low, counts } = told as Odd;
    clear(this.element,
      this.strip("Scored high, but wrong", "dx-of-score", high, counts[0] ? `${high.length} of ${counts[0]} wrong ones above the mean of their prompt` : "No wrong picture scores above the mean of its prompt."),
      this.strip("Scored low, but right", "dx-of-right", low, counts[1] ? `${low.length} of ${counts[1]} right ones below the mean of their prompt` : "No right picture scores below the mean of its prompt."));
    this.mark();
  }

  private strip(title: string, look: string, all: OddOne[], count: string): HTMLElement {
    const several = this.prompts.length > 1;
    const tiles = all.flatMap(({ prompt, seed, standard, wrong }) => {
      const picture = this.prompts[prompt].pictures.find((one) => one.seed === seed);
      if (!picture) return [];
      const tile = this.tiles.get(prompt, picture);
      const place = placed(picture, this.prompts[prompt].pictures.length);
      const words = this.store.get("prompts")[prompt].prompt;
      const lacks = wrong.length ? `not ${this.facts(prompt, picture, wrong)}` : "";
      tile.say(`${ordinal(picture.place)} · ${deviations(standard)}`, `“${words}”, seed ${seed}, ${place}, ${deviations(standard)}${lacks ? `, ${lacks}` : ""}`, lacks, several ? words : "");
      return [tile.element];
    });
    return h("section", { class: "dx-odd-strip" }, h("h4", { class: look }, title), h("p", { class: "dx-hint" }, count), h("div", { class: "dx-odd-wall" }, ...tiles));
  }

  /** What the judge did not find, as the sentence states it. */
  private facts(prompt: number, picture: Picture, wrong: string[]): string {
    const stated = this.prompts[prompt].facts.filter((_, i) => picture.facts?.[i] === false);
    return (stated.length ? stated.map((fact) => fact.replace(/^[^:]*: /, "")) : wrong).join(", ");
  }

  private mark(): void {
    const number = this.store.get("prompt");
    this.tiles.mark(nameOf(number, inHand(this.prompts[number], this.store.get("picture")).seed));
  }
}
