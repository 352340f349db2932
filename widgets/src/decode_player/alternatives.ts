/**
 * What else could have stood at a patch: the likeliest codes as pictures and bars, each a fork.
 *
 * Rows are made once and filled again for every patch: nothing is laid out anew while one hovers.
 */
import { canvas, pen, rgbImage } from "../shared/canvas";
import { h, text } from "../shared/dom";
import { percent } from "../shared/format";
import { icon } from "../shared/icons";
import { NEEDS_KERNEL } from "../shared/kernel";
import type { Message, Store } from "../shared/model";
import type { Film } from "./film";
import { type Reshaped, shareOf } from "./reshape";
import type { State } from "./types";
import { inAtlas, windowAt } from "./windows";

export const ROWS = 8;
const CROP = 80; // device pixels: two for each CSS pixel

interface Row {
  element: HTMLElement;
  fork: HTMLButtonElement;
  crop: HTMLCanvasElement;
  pen: CanvasRenderingContext2D;
  code: HTMLElement;
  share: HTMLElement;
  raw: HTMLElement;
  shaped: HTMLElement;
  now: number; // the code this row stands for
}

interface Crops {
  codes: number[];
  row: number;
  column: number;
  side: number;
  images: HTMLCanvasElement[];
}

export class Alternatives {
  readonly element: HTMLElement;
  private rows: Row[];
  private crops = new Map<string, Crops>();
  private asked = new Set<string>();
  private at: { id: string; patch: number } | null = null;

  constructor(private store: Store<State>, private changed: () => void) {
    this.rows = Array.from({ length: ROWS }, () => this.row());
    const heading = h("div", { class: "dx-alt-head" }, h("span", {}, "likeliest codes"),
      h("span", { class: "dx-key-raw" }, "model"), h("span", { class: "dx-key-shaped" }, "what if"));
    this.element = h("div", { class: "dx-alternatives" }, heading,
      h("ol", { "aria-label": "likeliest codes" }, ...this.rows.map(({ element }) => element)));
    store.onMessage((message, buffers) => {
      if (message.kind === "crops") this.take(message, buffers[0]);
    });
  }

  /** Fill the rows for a patch; `film` is null where nothing is known of it. */
  show(film: Film | null, patch: number, shape: Reshaped | null): void {
    const numbers = film?.numbers ?? null;
    this.at = film && { id: film.id, patch };
    const alive = this.store.get("alive");
    this.rows.forEach((row, j) => {
      const here = numbers !== null && j < numbers.a;
      row.element.style.visibility = here ? "visible" : "hidden";
      if (!here) return;
      const code = numbers.topCodes[patch * numbers.a + j];
      const log = numbers.topLogProbability[patch * numbers.a + j];
      this.fill(row, film!, patch, j, code, log, shape);
      const drawn = code === numbers.codes[patch];
      row.element.classList.toggle("dx-drawn", drawn);
      row.fork.disabled = !alive || drawn;
      const act = drawn ? "this is the code that was drawn" : alive ? "draw the rest anew from here, with the same noise" : NEEDS_KERNEL;
      row.fork.title = act;
      row.fork.setAttribute("aria-label", `fork with code ${code}, ${percent(Math.exp(log))}: ${act}`);
    });
  }

  /** Ask for sharper and more pictures of a patch that stays in hand. */
  ask(id: string, patch: number): void {
    const key = `${id} ${patch}`;
    if (!this.store.get("alive") || this.asked.has(key)) return;
    this.asked.add(key);
    this.store.send({ kind: "crops", id, patch, top: ROWS });
  }

  private fill(row: Row, film: Film, patch: number, j: number, code: number, log: number, shape: Reshaped | null): void {
    const share = Math.exp(log);
    const what = shape ? shareOf(shape, j, log, this.store.get("reshape")) : share;
    row.now = code;
    text(row.code, String(code));
    text(row.share, shape ? `${percent(share)} → ${percent(what)}` : percent(share));
    // The share on a square-root axis: small ones are seen, and order is kept.
    row.raw.style.transform = `scaleX(${Math.sqrt(share).toFixed(4)})`;
    row.shaped.style.transform = `scaleX(${shape ? Math.sqrt(what).toFixed(4) : 0})`;
    this.draw(row, film, patch, j, code);
  }

  private draw(row: Row, film: Film, patch: number, j: number, code: number): void {
    const { rows, columns, patch: unit } = film.geometry;
    const mark = (window: { row: number; column: number }, across: number) => {
      const scale = CROP / across;
      row.pen.strokeStyle = "rgba(255, 255, 255, 0.9)";
      row.pen.lineWidth = 1.5;
      const x = ((patch % columns) - window.column) * scale;
      const y = (Math.floor(patch / columns) - window.row) * scale;
      row.pen.strokeRect(x + 0.5, y + 0.5, scale - 1, scale - 1);
    };
    const sharp = this.crops.get(`${film.id} ${patch}`);
    const found = sharp ? sharp.codes.indexOf(code) : -1;
    const atlas = film.choices;
    let seen = true; // no picture came with it: its place stays empty
    if (sharp && found >= 0) {
      row.pen.drawImage(sharp.images[found], 0, 0, CROP, CROP);
      mark(sharp, sharp.side / unit);
    } else if (atlas && j < atlas.steps && patch >= atlas.first) {
      const window = windowAt(patch, atlas.reach, rows, columns);
      const { x, y } = inAtlas((patch - atlas.first) * atlas.steps + j, atlas);
      row.pen.drawImage(atlas.image, x, y, atlas.side, atlas.high, 0, 0, CROP, CROP);
      mark(window, window.columns);
    } else {
      row.pen.clearRect(0, 0, CROP, CROP);
      seen = false;
    }
    row.crop.style.visibility = seen ? "inherit" : "hidden";
  }

  private row(): Row {
    const crop = canvas(CROP, CROP);
    const made = {
      crop, pen: pen(crop), now: -1,
      code: h("span", { class: "dx-code dx-number" }),
      share: h("span", { class: "dx-share dx-number" }),
      raw: h("span", { class: "dx-bar dx-bar-raw" }),
      shaped: h("span", { class: "dx-bar dx-bar-shaped" }),
    };
    crop.className = "dx-crop";
    crop.setAttribute("aria-hidden", "true");
    const fork = h("button", { type: "button", class: "dx-alt" }, crop,
      h("span", { class: "dx-alt-text" }, made.code, made.share),
      h("span", { class: "dx-bars" }, made.raw, made.shaped));
    const sign = h("span", { class: "dx-fork", "aria-hidden": "true" }, "fork");
    sign.prepend(icon("fork"));
    fork.append(sign);
    const row: Row = { ...made, fork, element: h("li", {}, fork) };
    fork.addEventListener("click", () => {
      if (this.at) this.store.send({ kind: "fork", id: this.at.id, patch: this.at.patch, code: row.now });
    });
    return row;
  }

  private take(message: Message, buffer: DataView): void {
    const { id, patch, codes, row, column, side } = message;
    const size = side * side * 3;
    const pixels = new Uint8Array(buffer.buffer as ArrayBuffer, buffer.byteOffset, buffer.byteLength);
    const images = codes.map((_: number, i: number) => {
      const image = canvas(side, side);
      pen(image).putImageData(rgbImage(pixels.subarray(i * size, (i + 1) * size), side, side), 0, 0);
      return image;
    });
    this.crops.set(`${id} ${patch}`, { codes, row, column, side, images });
    this.changed();
  }
}
