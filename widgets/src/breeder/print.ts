/**
 * A picture on a canvas of its own: finished, growing, or not there yet.
 *
 * Of a child that is being drawn, the patches that it keeps are seen from the beginning, as they are
 * in its parents; the others are hatched until they are drawn.
 */
import { hatching } from "../shared/canvas";
import { lookOf } from "../shared/plate";
import type { Store } from "../shared/model";
import { find } from "./acts";
import type { Pictures } from "./pictures";
import type { Kin, State } from "./types";

/** Of what was kept from either parent: pictures are the same on light and on dark paper. */
const TINTS = ["#1f1c18", "#a8381c"];

export class Print {
  readonly canvas = document.createElement("canvas");
  private id = "";

  /** `tells`: whether it can be shown what a child kept. */
  constructor(
    private store: Store<State>, private pictures: Pictures, private root: HTMLElement, name: string, private tells = false,
  ) {
    this.canvas.className = name;
    this.canvas.setAttribute("aria-hidden", "true");
  }

  /** Show a picture, so many CSS pixels wide. */
  show(id: string, wide: number): void {
    this.id = id;
    const { rows, columns } = this.store.get("geometry");
    const side = Math.max(1, Math.round(wide * devicePixelRatio));
    const high = Math.round((side * rows) / columns);
    if (this.canvas.width !== side || this.canvas.height !== high) [this.canvas.width, this.canvas.height] = [side, high];
    this.canvas.style.width = `${wide}px`;
    this.canvas.style.height = `${(wide * rows) / columns}px`;
    this.paint();
  }

  paint(): void {
    const { canvas } = this;
    const pen = canvas.getContext("2d")!;
    const one = find(this.store, this.id);
    const whole = this.pictures.get(this.id);
    pen.imageSmoothingQuality = "high";
    canvas.dataset.is = whole ? "whole" : one ? "growing" : "vacant";
    if (whole) pen.drawImage(whole, 0, 0, canvas.width, canvas.height);
    else this.unfinished(pen, one);
    if (one && whole && this.tells && this.store.get("origins")) this.origins(pen, one);
  }

  private unfinished(pen: CanvasRenderingContext2D, one: Kin | undefined): void {
    const { width, height } = this.canvas;
    const look = lookOf(this.root);
    pen.drawImage(hatching(width, height, Math.max(6, width / 14), Math.max(1, Math.round(devicePixelRatio)), look), 0, 0);
    if (!one) return;
    const parents = one.parents.map((id) => this.pictures.get(id));
    this.patches(one, (x, y, wide, high, from) => {
      const parent = parents[from - 1];
      if (from && parent) this.cut(pen, parent, x, y, wide, high);
    });
    this.grown(pen, one);
  }

  /** What is drawn by now: whole rows, and the beginning of the next. */
  private grown(pen: CanvasRenderingContext2D, one: Kin): void {
    const reel = this.pictures.reel(one.id);
    if (!reel) return;
    const { columns } = this.store.get("geometry");
    const row = Math.floor(reel.step / columns);
    const { width } = this.canvas;
    const patch = width / columns;
    this.cut(pen, reel.canvas, 0, 0, width, row * patch);
    this.cut(pen, reel.canvas, 0, row * patch, (reel.step % columns) * patch, patch);
  }

  /** Copy a part of a picture to where it belongs. */
  private cut(
    pen: CanvasRenderingContext2D, from: CanvasImageSource & { width: number }, x: number, y: number, wide: number, high: number,
  ): void {
    if (wide < 1 || high < 1) return;
    const scale = from.width / this.canvas.width;
    pen.drawImage(from, x * scale, y * scale, wide * scale, high * scale, x, y, wide, high);
  }

  /** A tint for what was kept, of another colour for each parent; what was drawn anew is as it is. */
  private origins(pen: CanvasRenderingContext2D, one: Kin): void {
    pen.globalAlpha = 0.6;
    this.patches(one, (x, y, wide, high, from) => {
      if (!from) return;
      pen.fillStyle = TINTS[from - 1];
      pen.fillRect(x, y, wide, high);
    });
    pen.globalAlpha = 1;
  }

  private patches(one: Kin, visit: (x: number, y: number, wide: number, high: number, from: number) => void): void {
    const { rows, columns } = this.store.get("geometry");
    const edge = (place: number, count: number, size: number) => Math.round((place * size) / count);
    [...one.kept].forEach((digit, i) => {
      const [row, column] = [Math.floor(i / columns), i % columns];
      const [x, y] = [edge(column, columns, this.canvas.width), edge(row, rows, this.canvas.height)];
      const right = edge(column + 1, columns, this.canvas.width);
      const bottom = edge(row + 1, rows, this.canvas.height);
      visit(x, y, right - x, bottom - y, Number(digit));
    });
  }
}
