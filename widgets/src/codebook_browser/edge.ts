/**
 * The fore-edge of the book: every code as one dot of its tile's mean colour, in the order of the
 * sheet; the page that is open is framed, and pages are turned by dragging along.
 */
import { canvas, pen } from "../shared/canvas";
import { h } from "../shared/dom";
import type { Store } from "../shared/model";
import type { Look } from "../shared/plate";
import { pointer } from "../shared/pointer";
import type { Book } from "./book";
import type { Layout } from "./order";
import type { State } from "./types";

const DOT_PX = 3.6; // CSS pixels of a dot, about
const HIGH_PX = 132; // CSS pixels of the whole, at most
const PAD_PX = 3; // CSS pixels around it, for the frame of a page

/** Dots in a row: near the size that is wanted, and so that a page is whole rows if that can be. */
export function columnsFor(codes: number, page: number, wide: number): number {
  const high = (columns: number) => (Math.ceil(codes / columns) * wide) / columns;
  const far = (columns: number) => Math.abs(Math.log(wide / columns / DOT_PX));
  const whole = Array.from({ length: page }, (_, rows) => page / (rows + 1));
  const fine = whole.filter((one) => Number.isInteger(one) && one >= 8 && high(one) <= HIGH_PX && wide / one >= 2);
  const least = Math.ceil(Math.sqrt((codes * wide) / HIGH_PX));
  return fine.reduce((best, one) => (far(one) < far(best) ? one : best), fine[0] ?? Math.max(least, Math.round(wide / DOT_PX)));
}

/** Segments [x0, y0, x1, y1] around a run of places in rows of `columns`, in units of a dot. */
export function outlineOf(first: number, last: number, columns: number): [number, number, number, number][] {
  const out: [number, number, number, number][] = [];
  const [top, bottom] = [Math.floor(first / columns), Math.floor(last / columns)];
  const run = (row: number): [number, number] => [
    row === top ? first % columns : 0,
    row === bottom ? (last % columns) + 1 : columns,
  ];
  const inside = (row: number, x: number) => row >= top && row <= bottom && x >= run(row)[0] && x < run(row)[1];
  for (let row = top; row <= bottom; row++) {
    const [from, to] = run(row);
    out.push([from, row, from, row + 1], [to, row, to, row + 1]);
    for (const [other, y] of [[row - 1, row], [row + 1, row + 1]]) {
      let begun = -1;
      for (let x = from; x <= to; x++) {
        const open = x < to && !inside(other, x);
        if (open && begun < 0) begun = x;
        if (!open && begun >= 0) {
          out.push([begun, y, x, y]);
          begun = -1;
        }
      }
    }
  }
  return out;
}

export class Edge {
  readonly element = h("canvas", { class: "dx-edge", tabindex: 0, role: "slider", "aria-label": "page of the codebook", "aria-orientation": "vertical" });
  private pen = pen(this.element);
  private columns = 1;
  private rows = 1;
  private lay: Layout = { across: 1, down: 1, zoom: 1 };
  private look: Look | null = null;
  private ratio = 1;
  private dot = 1; // device pixels of a dot; its place is rounded, not its size
  private page = 0;
  private means = canvas(1, 1);
  private dots: HTMLCanvasElement | null = null;
  private pending = 0;

  constructor(store: Store<State>, private book: Book, open: (place: number) => void) {
    const turn = (x: number, y: number) => {
      const place = this.placeAt(x, y);
      if (place >= 0) open(place);
    };
    pointer(this.element, { hover: () => {}, leave: () => {}, tap: turn, grab: (x, y) => (turn(x, y), true), drag: turn, drop: turn }, store.signal);
    book.on((news) => {
      if (news === "tiles" || news === "usage" || news === "order") this.renew();
    });
    store.on(["sort"], () => this.renew());
  }

  fit(wide: number, lay: Layout, look: Look, ratio: number): void {
    const codes = this.book.sheet().length;
    this.lay = lay;
    this.look = look;
    this.ratio = ratio;
    const page = lay.across * lay.down;
    this.element.hidden = codes <= page;
    this.columns = columnsFor(codes, page, wide);
    this.rows = Math.ceil(codes / this.columns);
    this.dot = ((wide - 2 * PAD_PX) / this.columns) * ratio;
    this.element.width = Math.round(this.columns * this.dot + 2 * PAD_PX * ratio);
    this.element.height = Math.round(this.rows * this.dot + 2 * PAD_PX * ratio);
    this.element.style.width = `${this.element.width / ratio}px`;
    this.element.style.height = `${this.element.height / ratio}px`;
    this.renew();
  }

  show(page: number, pages: number): void {
    this.page = page;
    this.element.setAttribute("aria-valuemin", "1");
    this.element.setAttribute("aria-valuemax", String(pages));
    this.element.setAttribute("aria-valuenow", String(page + 1));
    this.element.setAttribute("aria-valuetext", `page ${page + 1} of ${pages}`);
    this.draw();
  }

  private placeAt(x: number, y: number): number {
    const limit = (value: number, size: number) => Math.min(Math.max(value, 0), size - 1);
    const column = limit(Math.floor(((x - PAD_PX) * this.ratio) / this.dot), this.columns);
    const row = limit(Math.floor(((y - PAD_PX) * this.ratio) / this.dot), this.rows);
    return Math.min(row * this.columns + column, this.book.sheet().length - 1);
  }

  private renew(): void {
    this.dots = null;
    this.draw();
  }

  private draw(): void {
    if (this.pending || !this.look || this.element.hidden) return;
    this.pending = requestAnimationFrame(() => {
      this.pending = 0;
      this.paint();
    });
  }

  /** One pixel a code, in the order of the sheet. */
  private make(): HTMLCanvasElement {
    const { tiles, across } = this.book;
    const down = tiles.height / (tiles.width / across);
    [this.means.width, this.means.height] = [across, down];
    const small = pen(this.means, true);
    small.imageSmoothingEnabled = true;
    small.imageSmoothingQuality = "high";
    small.drawImage(tiles, 0, 0, across, down);
    const { data } = small.getImageData(0, 0, across, down);
    const made = canvas(this.columns, this.rows);
    const image = new ImageData(this.columns, this.rows);
    this.book.sheet().forEach((code, place) => {
      if (!this.book.has(code)) return;
      image.data.set(data.subarray(4 * code, 4 * code + 3), 4 * place);
      image.data[4 * place + 3] = this.book.dead(code) ? 60 : 255;
    });
    pen(made).putImageData(image, 0, 0);
    return made;
  }

  private paint(): void {
    this.dots ??= this.make();
    const { width, height } = this.element;
    const pad = PAD_PX * this.ratio;
    const at = (place: number) => Math.round(pad + place * this.dot);
    this.pen.imageSmoothingEnabled = false;
    this.pen.clearRect(0, 0, width, height);
    this.pen.fillStyle = this.look!.paper;
    this.pen.fillRect(pad, pad, at(this.columns) - pad, at(this.rows) - pad);
    this.pen.drawImage(this.dots, pad, pad, at(this.columns) - pad, at(this.rows) - pad);
    const page = this.lay.across * this.lay.down;
    const last = Math.min((this.page + 1) * page, this.book.sheet().length) - 1;
    for (const [colour, weight] of [["rgba(255, 255, 255, 0.95)", 6], [this.look!.accent, 4]] as const) {
      this.pen.strokeStyle = colour;
      this.pen.lineWidth = weight * Math.max(1, Math.round(this.ratio));
      this.pen.lineCap = "square";
      this.pen.beginPath();
      for (const [x0, y0, x1, y1] of outlineOf(this.page * page, last, this.columns)) {
        this.pen.moveTo(at(x0), at(y0));
        this.pen.lineTo(at(x1), at(y1));
      }
      this.pen.stroke();
    }
    // The frame lies outside: a page may be no higher than its line is thick.
    for (let place = this.page * page; place <= last;) {
      const [row, column] = [Math.floor(place / this.columns), place % this.columns];
      const count = Math.min(this.columns - column, last - place + 1);
      this.pen.drawImage(this.dots, column, row, count, 1, at(column), at(row), at(column + count) - at(column), at(row + 1) - at(row));
      place += count;
    }
  }
}
