/**
 * The sentence, whose slots are drop-downs, as in the announcement of 2021; after it, the axes that
 * are no words.
 */
import { assign, clear, h, text } from "../shared/dom";
import type { Store } from "../shared/model";
import { turned } from "./layout";
import type { State } from "./types";

const NOTHING = "(nothing)"; // what an empty option is called among others

/** A drop-down as wide as the words that are chosen: the text is seen, the select is used. */
class Slot {
  readonly element: HTMLElement;
  private said = h("span", { class: "dx-slot-words", "aria-hidden": "true" });
  private select: HTMLSelectElement;

  constructor(private store: Store<State>, readonly axis: number) {
    const { name, labels } = store.get("axes")[axis];
    this.select = h("select", { "aria-label": name, title: name }, ...labels.map((label, i) => h("option", { value: i }, label)));
    this.select.addEventListener("change", () => this.turn(this.select.selectedIndex));
    this.element = h("span", { class: "dx-slot" }, this.said, this.select);
  }

  follow(): void {
    const at = this.store.get("cells")[this.store.get("chosen")]?.at[this.axis] ?? 0;
    this.select.selectedIndex = at;
    const { labels } = this.store.get("axes")[this.axis];
    text(this.said, labels[at] === NOTHING ? "–" : (labels[at] ?? ""));
  }

  able(): void {
    const { rows, columns, axes } = { rows: this.store.get("rows"), columns: this.store.get("columns"), axes: this.store.get("axes") };
    const { name } = axes[this.axis];
    assign(this.element, { "data-axis": name === rows ? "rows" : name === columns ? "columns" : null });
  }

  private turn(value: number): void {
    const cell = turned(this.store.get("cells"), this.store.get("chosen"), this.axis, value);
    if (cell < 0) return this.follow();
    this.store.set("picture", "");
    this.store.set("chosen", cell);
  }
}

export class Sentence {
  readonly element = h("div", { class: "dx-sentence-line" });
  private line = h("p", { class: "dx-slots", role: "group", "aria-label": "the sentence: choose the words of its slots" });
  private others = h("p", { class: "dx-other-axes", role: "group", "aria-label": "what else differs" });
  private slots: Slot[] = [];
  private between: HTMLElement[] = [];

  constructor(private store: Store<State>) {
    this.element.append(this.line, this.others);
    store.on(["template", "axes"], () => this.build());
    store.on(["chosen", "cells"], () => this.follow());
    store.on(["rows", "columns"], () => this.slots.forEach((slot) => slot.able()));
    this.build();
  }

  private build(): void {
    const { slots } = this.store.get("template");
    const axes = this.store.get("axes");
    this.between = Array.from({ length: slots.length + 1 }, () => h("span", {}));
    const spoken = slots.map((axis) => new Slot(this.store, axis));
    clear(this.line, ...this.between.flatMap((piece, i) => [piece, spoken[i]?.element ?? null]));
    const others = axes.map((_, axis) => axis).filter((axis) => !slots.includes(axis)).map((axis) => new Slot(this.store, axis));
    clear(this.others, ...others.map((slot) => h("label", { class: "dx-other-axis" }, h("span", {}, axes[slot.axis].name), slot.element)));
    this.others.hidden = !others.length;
    this.slots = [...spoken, ...others];
    this.slots.forEach((slot) => slot.able());
    this.follow();
  }

  private follow(): void {
    const { joints } = this.store.get("template");
    const cell = this.store.get("cells")[this.store.get("chosen")];
    const pieces = joints[cell?.joints ?? 0] ?? [];
    this.between.forEach((piece, i) => text(piece, pieces[i] ?? ""));
    for (const slot of this.slots) slot.follow();
  }
}
