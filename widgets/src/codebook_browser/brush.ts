/**
 * The brush: the code in hand, codes near it, and those used before; the sheet stands below.
 */
import { clear, h, text } from "../shared/dom";
import type { Store } from "../shared/model";
import type { Book } from "./book";
import { note } from "./sheet";
import { drawTile, small } from "./tile";
import type { State } from "./types";

const BRUSH_PX = 56;
const SWATCH_PX = 32;

export class Brush {
  readonly element: HTMLElement;
  private tile = small("dx-tile");
  private name = h("h3", { class: "dx-where dx-number" });
  private said = h("p", { class: "dx-hint dx-number" });
  private near = h("div", { class: "dx-swatches", role: "group", "aria-label": "nearest codes" });
  private late = h("div", { class: "dx-swatches", role: "group", "aria-label": "codes used before" });
  private nearRow: HTMLElement;
  private lateRow: HTMLElement;

  constructor(private store: Store<State>, private book: Book, private take: (code: number) => void) {
    this.nearRow = h("div", { class: "dx-swatch-row" }, h("h4", {}, "Nearest"), this.near);
    this.lateRow = h("div", { class: "dx-swatch-row" }, h("h4", {}, "Used before"), this.late);
    this.element = h("section", { class: "dx-brush", "aria-label": "the brush" },
      h("div", { class: "dx-brush-head" }, this.tile, h("div", {}, this.name, this.said)), this.nearRow, this.lateRow);
    store.on(["selected", "late"], () => this.update());
    book.on((news) => {
      if (news === "entry" || news === "usage") this.update();
      if (news === "tiles") this.tiles();
    });
    this.update();
  }

  update(): void {
    const code = this.store.get("selected");
    text(this.name, code < 0 ? "No brush yet" : `Brush: code ${code}`);
    text(this.said, code < 0 ? "Choose a code on the sheet, or pick one from the picture." : `${note(this.store, this.book, code).replace(/^code \d+( · )?/, "")}`);
    clear(this.near, ...(this.book.entry(code)?.near ?? []).map((near) => this.swatch(near.code)));
    const late = this.store.get("late").filter((one) => one !== code).slice(0, 6);
    clear(this.late, ...late.map((one) => this.swatch(one)));
    this.lateRow.style.visibility = late.length ? "visible" : "hidden"; // its space stays
    this.tile.style.visibility = code < 0 ? "hidden" : "visible";
    this.tiles();
  }

  private tiles(): void {
    const { patch } = this.store.get("geometry");
    drawTile(this.tile, this.book, this.store.get("selected"), patch, BRUSH_PX);
    for (const canvas of this.element.querySelectorAll<HTMLCanvasElement>("canvas[data-tile]")) {
      drawTile(canvas, this.book, Number(canvas.dataset.tile), patch, SWATCH_PX);
    }
  }

  private swatch(code: number): HTMLElement {
    const made = small("dx-tile");
    made.dataset.tile = String(code);
    const act = h("button", { type: "button", class: "dx-swatch-of-code", title: `code ${code}`, "aria-label": `take code ${code}` }, made);
    act.addEventListener("click", () => this.take(code));
    return act;
  }
}
