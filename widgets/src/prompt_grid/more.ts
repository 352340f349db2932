/**
 * Everything that need not be seen at once: another sentence, sizes, favourites, copies.
 */
import { CopyPython } from "../shared/copy";
import { button, h, unique } from "../shared/dom";
import { icon } from "../shared/icons";
import { NEEDS_KERNEL } from "../shared/kernel";
import type { Store } from "../shared/model";
import type { State } from "./types";

const KEYS = "Keys: in the grid arrows go from cell to cell, Enter opens one and Escape comes back; on the large picture left and right go through all pictures of its cell, l likes it; t turns rows into columns, f fills the screen.";
const SIZES: [number, string][] = [[0, "as it fits"], [48, "small"], [96, "middle"], [144, "large"], [256, "huge"]];
const MOST = 512; // pictures of a cell

export class More {
  readonly toggle: HTMLButtonElement;
  readonly element: HTMLElement;
  private needs: (HTMLButtonElement | HTMLInputElement | HTMLTextAreaElement)[];
  private another: HTMLElement[]; // what makes another grid
  private sentence = h("p", { class: "dx-hint dx-needs" }, NEEDS_KERNEL);
  private template = h("textarea", { class: "dx-plain dx-template", rows: 2, maxlength: 2000, spellcheck: "false", "aria-label": "the sentence with its slots" });
  private n = h("input", { type: "number", min: 1, max: MOST, step: 1, inputmode: "numeric" });
  private seed = h("input", { type: "text", inputmode: "numeric", maxlength: 19 });

  constructor(private store: Store<State>, turn: () => void, projector: () => void) {
    const id = unique("more");
    const copy = new CopyPython(store);
    const keep = button("Keep", () => store.send({ kind: "keep" }), { icon: icon("keep"), quiet: true, title: "write a still with its caption into the notebook" });
    const count = button("Count", () => this.count(), { quiet: true, title: "how many pictures that are, and how long they take" });
    const only = button("Favourites", () => store.set("only", !store.get("only")), { icon: icon("heart"), quiet: true, title: "let favourites stand out" });
    store.on(["only"], () => only.setAttribute("aria-pressed", String(store.get("only"))));
    this.needs = [this.template, this.n, this.seed, count, copy.button, keep];
    this.toggle = button("More", () => this.open(this.element.hidden === true), { icon: icon("more"), quiet: true });
    this.toggle.setAttribute("aria-controls", id);
    const another = [
      h("label", { class: "dx-labelled dx-long" }, h("span", {}, "Sentence: slots as {red|blue}, {size=small|large}, {|tiny }"), this.template),
      h("label", { class: "dx-labelled" }, h("span", {}, "pictures of a cell"), this.n),
      h("label", { class: "dx-labelled" }, h("span", {}, "first seed"), this.seed), count,
    ];
    this.another = another;
    this.element = h("div", { class: "dx-more", id, hidden: true },
      h("div", { class: "dx-line-of-fields" }, ...another, h("label", { class: "dx-labelled" }, h("span", {}, "size in the grid"), this.sizes())),
      h("div", { class: "dx-actions" }, only, button("Turn", turn, { icon: icon("turn"), quiet: true, title: "rows become columns" }), copy.button, keep,
        button("Full screen", projector, { icon: icon("full"), quiet: true })),
      this.sentence, copy.code, copy.said, h("p", { class: "dx-hint dx-keys" }, KEYS));
    store.on(["template", "plan"], () => this.follow());
    store.on(["alive"], () => this.able());
    this.open(false);
    this.follow();
    this.able();
  }

  private sizes(): HTMLSelectElement {
    const select = h("select", { "aria-label": "size of pictures in the grid" }, ...SIZES.map(([side, words]) => h("option", { value: side }, words)));
    select.addEventListener("change", () => this.store.set("side", Number(select.value)));
    return select;
  }

  private count(): void {
    const n = Number(this.n.value);
    if (!Number.isInteger(n) || n < 1 || n > MOST) {
      return this.store.set("notice", `Pictures of a cell: a whole number from 1 to ${MOST}.`);
    }
    if (!/^\s*\d{1,19}\s*$/.test(this.seed.value)) return this.store.set("notice", "A seed is a whole number of at most 63 bits.");
    this.store.set("notice", "");
    this.store.send({ kind: "plan", template: this.template.value, n, seed: this.seed.value.trim() });
  }

  private open(open: boolean): void {
    this.element.hidden = !open;
    this.toggle.setAttribute("aria-expanded", String(open));
  }

  private follow(): void {
    const { n, seed } = this.store.get("plan");
    for (const [field, value] of [[this.template, this.store.get("template").text], [this.n, String(n)], [this.seed, seed]] as const) {
      if (document.activeElement !== field) field.value = value;
    }
  }

  private able(): void {
    const alive = this.store.get("alive");
    this.sentence.hidden = alive;
    for (const element of this.another) element.hidden = !alive;
    for (const element of this.needs) {
      element.disabled = !alive;
      if (!alive) element.title = NEEDS_KERNEL;
    }
  }
}
