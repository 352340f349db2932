/**
 * What stands in the rows, what in the columns, and which picture each cell shows.
 */
import { clear, h, unique } from "../shared/dom";
import type { Store } from "../shared/model";
import { RANK, SEED, type State } from "./types";
import type { Shelf } from "./values";

const MANY = 64; // seeds in a drop-down

export class Choose {
  readonly element: HTMLElement;
  private rows = h("select", { id: unique("rows"), "aria-label": "rows" });
  private columns = h("select", { id: unique("columns"), "aria-label": "columns" });
  private each = h("select", { id: unique("each"), "aria-label": "each cell shows" });
  private seeds: string[] = [];

  constructor(private store: Store<State>, private shelf: Shelf) {
    const labelled = (words: string, select: HTMLSelectElement) => h("div", { class: "dx-which-axis" }, h("label", { for: select.id }, words), select);
    this.element = h("div", { class: "dx-picks" }, labelled("Rows", this.rows), labelled("Columns", this.columns), labelled("Each cell", this.each));
    this.rows.addEventListener("change", () => this.swap("rows", this.rows.value));
    this.columns.addEventListener("change", () => this.swap("columns", this.columns.value));
    this.each.addEventListener("change", () => {
      store.set("picture", "");
      store.set("each", this.each.value);
    });
    store.on(["axes", "about"], () => this.build());
    store.on(["rows", "columns", "each"], () => this.follow());
    shelf.on(() => this.reseed());
    this.build();
  }

  /** Rows become columns and columns rows. */
  turn(): void {
    const { store } = this;
    const [rows, columns] = [store.get("rows"), store.get("columns")];
    if (columns.startsWith("#")) return;
    store.set("rows", columns);
    store.set("columns", rows);
  }

  /** An axis that stood on the other side changes places with this one. */
  private swap(side: "rows" | "columns", name: string): void {
    const other = side === "rows" ? "columns" : "rows";
    const before = this.store.get(side);
    if (name && this.store.get(other) === name) this.store.set(other, before.startsWith("#") ? "" : before);
    this.store.set(side, name);
  }

  private build(): void {
    const axes = this.store.get("axes").map(({ name }) => h("option", { value: name }, name));
    const nothing = () => h("option", { value: "" }, "–");
    clear(this.rows, ...axes, nothing());
    const ranked = this.store.get("about").scorer !== "";
    clear(this.columns, ...axes.map((one) => one.cloneNode(true)), h("option", { value: RANK }, ranked ? "best first" : "one by one"), h("option", { value: SEED }, "seeds"), nothing());
    this.reseed(true);
  }

  private reseed(always = false): void {
    const seeds = this.shelf.seeds();
    if (!always && seeds.join() === this.seeds.join()) return;
    this.seeds = seeds;
    const ranked = this.store.get("about").scorer !== "";
    clear(this.each, h("option", { value: "" }, ranked ? "its best" : "its first"), ...seeds.slice(0, MANY).map((seed) => h("option", { value: seed }, `seed ${seed}`)));
    this.follow();
  }

  private follow(): void {
    this.rows.value = this.store.get("rows");
    this.columns.value = this.store.get("columns");
    const each = this.store.get("each");
    if (each && ![...this.each.options].some(({ value }) => value === each)) this.each.append(h("option", { value: each }, `seed ${each}`));
    this.each.value = each;
    this.each.disabled = this.store.get("columns").startsWith("#");
  }
}
