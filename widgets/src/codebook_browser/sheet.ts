/**
 * The sheet: a page of tiles, the way from page to page, and what the pointer finds there.
 */
import { pen } from "../shared/canvas";
import { button, h, text, unique } from "../shared/dom";
import { count } from "../shared/format";
import { icon } from "../shared/icons";
import type { Store } from "../shared/model";
import { lookOf, type Look } from "../shared/plate";
import { pointer } from "../shared/pointer";
import { Tooltip } from "../shared/tooltip";
import type { Book } from "./book";
import { Edge } from "./edge";
import { layout, ordinal, pageOf, pagesOf, stepped, type Layout } from "./order";
import type { State } from "./types";

const GAP_PX = 2; // CSS pixels between tiles
const LEGIBLE_PX = 40; // CSS pixels of a tile that needs no loupe

export interface Room {
  wide: number; // CSS pixels
  high: number;
  least: number; // of a tile
}

export class Sheet {
  readonly element: HTMLElement;
  readonly canvas = h("canvas", { class: "dx-plate dx-sheet-plate", tabindex: 0, role: "img" });
  readonly help = h("p", { class: "dx-unseen", id: unique("keys") },
    "Arrow keys go from code to code, Page Up and Page Down turn pages, b paints with the code in hand, Escape lets go.");
  readonly edge: Edge;
  private tooltip: Tooltip;
  private pen = pen(this.canvas);
  private where = h("span", { class: "dx-number dx-page-number" });
  private back: HTMLButtonElement;
  private forth: HTMLButtonElement;
  private pager: HTMLElement;
  private spoken = h("p", { class: "dx-unseen", role: "status" });
  private lay: Layout = { across: 1, down: 1, zoom: 1 };
  private room: Room | null = null;
  private ratio = 1;
  private look!: Look;
  private pending = 0;
  private asked = false; // for tiles once more, since the page was turned

  constructor(private root: HTMLElement, private store: Store<State>, private book: Book) {
    this.tooltip = new Tooltip(root, root);
    this.edge = new Edge(store, book, (place) => this.open(place));
    this.back = button("page before", () => this.turn(-1), { icon: icon("left"), bare: true });
    this.forth = button("page after", () => this.turn(1), { icon: icon("right"), bare: true });
    this.canvas.setAttribute("aria-describedby", this.help.id);
    const said = h("span", { class: "dx-artificial", title: "each is the middle of a whole picture of one code, which the decoder never learned from" }, "artificial tiles: one code alone");
    this.pager = h("div", { class: "dx-pager" }, this.back, this.where, this.forth, said);
    this.element = h("div", { class: "dx-sheet" }, this.canvas, this.pager, this.edge.element, this.help, this.tooltip.element, this.spoken);
    store.on(["selected", "over"], () => this.draw());
    store.on(["at", "selected", "sort"], () => this.follow());
    store.on(["sort"], () => this.draw());
    store.on(["selected"], () => text(this.spoken, this.aloud()));
    book.on((news) => {
      if (news === "usage" || news === "tiles" || news === "order") this.draw();
      if (news === "usage" || news === "order") this.follow();
    });
    this.listen();
  }

  /** Fit into a room, and take the colours of the theme. */
  fit(room: Room): void {
    this.room = room;
    this.look = lookOf(this.root);
    this.ratio = window.devicePixelRatio || 1;
    const { patch } = this.store.get("geometry");
    const codes = this.book.sheet().length;
    this.lay = layout({ codes, side: patch, room: room.wide, most: room.high, least: room.least, gap: this.gap, ratio: this.ratio });
    const { across, down } = this.lay;
    this.canvas.width = across * this.step + this.gap;
    this.canvas.height = down * this.step + this.gap;
    this.canvas.style.width = `${this.canvas.width / this.ratio}px`;
    this.canvas.style.height = `${this.canvas.height / this.ratio}px`;
    this.pager.style.maxWidth = this.canvas.style.width;
    this.edge.fit(this.canvas.width / this.ratio, this.lay, this.look, this.ratio);
    this.follow();
    this.draw();
  }

  /** CSS pixels across, once it was fitted. */
  get wide(): number {
    return this.canvas.width / this.ratio;
  }

  /** The page that is open. */
  get page(): number {
    const at = this.store.get("at");
    const place = at >= 0 ? at : this.book.place(this.store.get("selected"));
    return Math.min(pageOf(place, this.lay), this.pages - 1);
  }

  private get pages(): number {
    return pagesOf(this.book.sheet().length, this.lay);
  }

  turn(by: number): void {
    const page = Math.min(Math.max(this.page + by, 0), this.pages - 1);
    this.open(page * this.lay.across * this.lay.down);
  }

  /** The code in hand goes one step along the sheet. */
  move(key: string): void {
    const codes = this.book.sheet();
    const place = this.book.place(this.store.get("selected"));
    const first = this.page * this.lay.across * this.lay.down;
    // The first arrow shows where the hand is; the next ones move it.
    this.take(codes[place < 0 ? first : stepped(place, key, this.lay, codes.length)]);
  }

  /** The first or the last code of the sheet. */
  end(last: boolean): void {
    const codes = this.book.sheet();
    this.take(codes[last ? codes.length - 1 : 0]);
  }

  take(code: number): void {
    this.store.set("selected", code);
    this.store.set("at", -1);
  }

  private open(place: number): void {
    this.asked = false;
    this.store.set("at", place);
  }

  private get gap(): number {
    return Math.round(GAP_PX * this.ratio);
  }

  private get step(): number {
    return this.store.get("geometry").patch * this.lay.zoom + this.gap;
  }

  /** The code under a place in CSS pixels; -1: none. */
  private codeAt(x: number, y: number): number {
    const column = Math.floor((x * this.ratio - this.gap / 2) / this.step);
    const row = Math.floor((y * this.ratio - this.gap / 2) / this.step);
    const { across, down } = this.lay;
    if (column < 0 || row < 0 || column >= across || row >= down) return -1;
    return this.book.sheet()[this.page * across * down + row * across + column] ?? -1;
  }

  private listen(): void {
    pointer(this.canvas, {
      hover: (x, y, event) => {
        const code = this.codeAt(x, y);
        const places = this.tooltip.measure();
        this.store.set("over", code);
        if (code < 0) return this.tooltip.hide();
        const small = event.pointerType === "touch" || (this.step - this.gap) / this.ratio < LEGIBLE_PX;
        this.tooltip.show(places, event, note(this.store, this.book, code), small ? (to, side) => this.loupe(code, to, side) : null);
      },
      leave: () => {
        this.store.set("over", -1);
        this.tooltip.hide();
      },
      tap: (x, y) => {
        const code = this.codeAt(x, y);
        if (code < 0) return;
        const again = code === this.store.get("selected") && this.store.get("tab") === "look";
        if (again) this.store.set("at", this.page * this.lay.across * this.lay.down);
        this.store.set("selected", again ? -1 : code);
      },
    }, this.store.signal);
  }

  private loupe(code: number, to: CanvasRenderingContext2D, side: number): void {
    const { patch } = this.store.get("geometry");
    to.fillStyle = this.look.paper;
    to.fillRect(0, 0, side, side);
    if (this.book.has(code)) to.drawImage(this.book.tiles, ...this.book.corner(code), patch, patch, 0, 0, side, side);
  }

  private follow(): void {
    const pages = this.pages;
    text(this.where, `page ${this.page + 1} of ${pages}`);
    this.back.disabled = this.page <= 0;
    this.forth.disabled = this.page >= pages - 1;
    for (const one of [this.back, this.where, this.forth]) one.hidden = pages < 2;
    this.edge.show(this.page, pages);
    const { across, down } = this.lay;
    this.canvas.setAttribute("aria-label", `a page of ${across} by ${down} tiles, artificial, one a code; page ${this.page + 1} of ${pages}`);
    this.draw();
  }

  private aloud(): string {
    const code = this.store.get("selected");
    return code < 0 ? "" : note(this.store, this.book, code);
  }

  private draw(): void {
    if (this.pending || !this.room) return;
    this.pending = requestAnimationFrame(() => {
      this.pending = 0;
      this.paint();
    });
  }

  private paint(): void {
    const { across, down } = this.lay;
    const codes = this.book.sheet();
    const first = this.page * across * down;
    const { patch } = this.store.get("geometry");
    const side = patch * this.lay.zoom;
    this.pen.imageSmoothingEnabled = false;
    this.pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    let lacking = false;
    for (let i = 0; i < across * down && first + i < codes.length; i++) {
      const code = codes[first + i];
      const x = this.gap + (i % across) * this.step;
      const y = this.gap + Math.floor(i / across) * this.step;
      if (this.book.has(code)) this.pen.drawImage(this.book.tiles, ...this.book.corner(code), patch, patch, x, y, side, side);
      else {
        lacking = true;
        this.hatch(x, y, side);
      }
      if (this.book.dead(code)) this.strike(x, y, side);
    }
    this.frame(codes, this.store.get("over"), this.look.accent, 1);
    this.frame(codes, this.store.get("selected"), this.look.accent, 2);
    const busy = this.store.get("status").state === "working";
    if (lacking && !busy && !this.asked && this.book.begun) {
      this.asked = true;
      this.book.goOn();
    }
  }

  private hatch(x: number, y: number, side: number): void {
    this.pen.fillStyle = this.look.paper;
    this.pen.fillRect(x, y, side, side);
    this.slash(x, y, side, this.look.line, this.gap / 2);
  }

  /** A code that never occurs: faint, and crossed out. */
  private strike(x: number, y: number, side: number): void {
    this.pen.fillStyle = this.look.veil;
    this.pen.fillRect(x, y, side, side);
    this.slash(x, y, side, this.look.ink, this.gap / 2);
  }

  private slash(x: number, y: number, side: number, colour: string, thick: number): void {
    this.pen.strokeStyle = colour;
    this.pen.lineWidth = Math.max(1, thick);
    this.pen.beginPath();
    this.pen.moveTo(x, y + side);
    this.pen.lineTo(x + side, y);
    this.pen.stroke();
  }

  private frame(codes: number[], code: number, colour: string, weight: number): void {
    const { across, down } = this.lay;
    const place = this.book.place(code) - this.page * across * down;
    if (code < 0 || place < 0 || place >= across * down || codes.length === 0) return;
    const thin = this.gap / 2;
    const x = this.gap + (place % across) * this.step - thin;
    const y = this.gap + Math.floor(place / across) * this.step - thin;
    const side = this.step;
    this.pen.lineWidth = 2 * thin * weight;
    this.pen.strokeStyle = colour;
    this.pen.strokeRect(x, y, side, side);
    this.pen.lineWidth = thin;
    this.pen.strokeStyle = "rgba(255, 255, 255, 0.9)";
    this.pen.strokeRect(x + thin * weight, y + thin * weight, side - 2 * thin * weight, side - 2 * thin * weight);
  }
}

/** What is said of a code in a line. */
export function note(store: Store<State>, book: Book, code: number): string {
  if (!book.counts || !book.ranks) return `code ${code}`;
  const rank = book.ranks[code];
  if (!rank) return `code ${code} · never occurs`;
  return `code ${code} · ${ordinal(rank)} of ${count(store.get("geometry").codes)} · in ${count(book.counts[code])} ${book.counts[code] === 1 ? "patch" : "patches"}`;
}
