/**
 * How far the next litter goes, whose words count how much, and the button that draws it.
 */
import { button, h, text, unique } from "../shared/dom";
import { icon } from "../shared/icons";
import type { Store } from "../shared/model";
import { able, back, breed, find, mixes, shown } from "./acts";
import type { Kin, State } from "./types";

const FEW = 34; // letters of a sentence under a slider

class Slider {
  readonly element: HTMLElement;
  private input: HTMLInputElement;
  private value = h("output", { class: "dx-number" });
  private ends = [h("span", {}), h("span", {})];

  constructor(store: Store<State>, private name: "share" | "weight", said: string) {
    const id = unique(name);
    this.input = h("input", { type: "range", id, min: 0, max: 100, step: 5 });
    this.value.htmlFor.add(id);
    this.element = h("div", { class: "dx-dial" },
      h("div", { class: "dx-dial-head" }, h("label", { for: id }, said), this.value),
      this.input, h("div", { class: "dx-dial-ends", "aria-hidden": "true" }, ...this.ends));
    this.input.addEventListener("input", () => store.set(this.name, Number(this.input.value) / 100));
  }

  show(share: number, told: string, ends: [string, string]): void {
    const value = String(Math.round(100 * share));
    if (this.input.value !== value) this.input.value = value;
    this.input.setAttribute("aria-valuetext", told);
    text(this.value, told);
    ends.forEach((end, i) => text(this.ends[i], end));
  }
}

export class Sliders {
  readonly element: HTMLElement;
  private far: Slider;
  private mix: Slider;
  private go: HTMLButtonElement;
  private undo: HTMLButtonElement;
  private still = h("p", { class: "dx-hint dx-still" }, "This family is shown as it was bred: go back to anybody in its tree. Breeding on needs a running kernel.");

  constructor(private store: Store<State>, more: HTMLButtonElement) {
    this.far = new Slider(store, "share", "How far");
    this.mix = new Slider(store, "weight", "Whose words");
    this.go = button("Breed", () => breed(store));
    this.go.classList.add("dx-breed");
    this.undo = button("Back", () => void back(store), { icon: icon("undo"), quiet: true, title: "one step back; nothing is lost" });
    this.element = h("div", { class: "dx-dials" }, this.still, this.far.element, this.mix.element,
      h("div", { class: "dx-go" }, this.go, this.undo, more));
    store.on(["share", "weight", "one", "two", "kin", "litter", "litters", "other_prompt", "alive", "status", "geometry"], () => this.follow());
    this.follow();
  }

  private follow(): void {
    const { store } = this;
    const { rows, columns } = store.get("geometry");
    const anew = Math.round(store.get("share") * rows * columns);
    this.far.show(store.get("share"), `${anew} of ${rows * columns} patches anew`, ["like the parents", "all anew"]);
    const alive = store.get("alive");
    this.still.hidden = alive;
    this.far.element.hidden = this.go.hidden = !alive;
    this.mix.element.hidden = !alive || !mixes(store);
    const weight = Math.round(100 * store.get("weight"));
    this.mix.show(store.get("weight"), `${100 - weight} : ${weight}`, this.sentences());
    this.go.disabled = !able(store);
    const busy = store.get("status").state === "drawing";
    text(this.go.querySelector("span")!, busy ? "Breeding" : "Breed eight");
    this.undo.hidden = !store.get("litters").length;
    this.undo.disabled = !shown(store);
  }

  private sentences(): [string, string] {
    const { store } = this;
    const other = store.get("other_prompt").trim();
    return [said(find(store, store.get("one"))), other ? short(other) : said(find(store, store.get("two")))];
  }
}

function said(one: Kin | undefined): string {
  if (!one) return "";
  return one.said.length > 1 ? `a mixture of ${one.said.length}` : short(one.said[0][0]);
}

function short(sentence: string): string {
  return sentence.length > FEW ? `${sentence.slice(0, FEW - 1).trimEnd()}…` : sentence;
}
