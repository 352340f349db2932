/**
 * The picture in hand: large, its place among all of its prompt, and its facts one by one.
 */
import { nameOf, type Pictures } from "../prompt_grid/pictures";
import { clear, h, text } from "../shared/dom";
import type { Store } from "../shared/model";
import { deviations, percent, score } from "./said";
import { placed } from "./tile";
import type { State } from "./types";
import { inHand, type Picture, type Prompt } from "./values";

export class Hand {
  readonly element: HTMLElement;
  private image = h("img", { class: "dx-large", alt: "", draggable: "false" });
  private plate = h("figure", { class: "dx-hand-plate" }, this.image);
  private place = h("h3", { class: "dx-place" });
  private which = h("p", { class: "dx-of-seed dx-number" });
  private words = h("p", { class: "dx-words" });
  private facts = h("ul", { class: "dx-facts", "aria-label": "the facts that the sentence states" });
  private name = "";

  constructor(private store: Store<State>, private prompts: Prompt[], private pictures: Pictures) {
    this.element = h("section", { class: "dx-score-hand", "aria-label": "the picture in hand" },
      this.plate, h("div", { class: "dx-hand-words" }, this.place, this.which, this.words, this.facts));
    store.on(["prompt", "picture"], () => this.update());
    pictures.on((names) => {
      if (names.includes(this.name)) this.paint();
    });
    this.update();
  }

  picture(): Picture {
    return inHand(this.prompts[this.store.get("prompt")], this.store.get("picture"));
  }

  private update(): void {
    const number = this.store.get("prompt");
    const prompt = this.prompts[number];
    const one = this.picture();
    const { mean, sd } = this.store.get("spread").rows[number];
    this.name = nameOf(number, one.seed);
    const { scorer } = this.store.get("about");
    text(this.place, `${placed(one, prompt.pictures.length)} by ${scorer}`);
    const away = sd && mean.value !== null ? ` · ${deviations((one.score - mean.value) / sd)}` : "";
    text(this.which, `seed ${one.seed} · score ${score(one.score)}${away}`);
    text(this.words, this.store.get("prompts")[number].prompt);
    clear(this.facts, ...(one.facts ?? []).map((right, i) => h("li", { class: right ? "dx-is-right" : "dx-is-wrong" },
      h("span", { class: "dx-tick", "aria-hidden": "true" }, right ? "✓" : "×"),
      h("span", {}, prompt.facts[i], h("span", { class: "dx-unseen" }, right ? ": right" : ": not found")))));
    this.facts.hidden = !one.facts;
    this.paint();
  }

  private paint(): void {
    const one = this.picture();
    const number = this.store.get("prompt");
    const url = one.there ? this.pictures.url(number, one.seed) : null;
    this.image.hidden = url === null;
    if (url !== null && this.image.src !== url) this.image.src = url;
    const gone = !one.there || (url === null && this.pictures.lacks(number, one.seed));
    if (gone) this.plate.dataset.why = one.there ? "not in this page" : "only its score was kept";
    else delete this.plate.dataset.why;
    this.image.alt = `picture of “${this.store.get("prompts")[number].prompt}”, seed ${one.seed}`;
  }
}

/** "5 of 12 right: 42 % (19 to 68 %)". */
export function verdicts(right: number, n: number, [low, high]: [number, number]): string {
  return `${right} of ${n} right: ${percent(right / n)} (${percent(low)} to ${percent(high)})`;
}
