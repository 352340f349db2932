/**
 * A canvas at device pixels on which patches stand: its size, its grid, and what is marked on it.
 * What a view prints on it, and in which order, is for the view to say.
 */
import { hatching, pen, type HatchLook } from "./canvas";
import type { Box, Grid } from "./grid";

export interface Look extends HatchLook {
  accent: string;
  ink: string;
  veil: string;
}

/** The colours of the theme, as the style sheet has them now. */
export function lookOf(root: HTMLElement): Look {
  const style = getComputedStyle(root);
  const value = (name: string) => style.getPropertyValue(`--dx-${name}`).trim();
  return {
    paper: value("hatch-paper"), line: value("hatch-line"), accent: value("accent"), ink: value("ink"), veil: value("veil"),
  };
}

export class GridPlate {
  readonly canvas = document.createElement("canvas");
  protected pen = pen(this.canvas);
  protected unit = 1; // device pixels of a patch
  protected thin = 1; // device pixels of a thin line
  private hatch: HTMLCanvasElement | null = null;

  constructor(protected geometry: Grid) {}

  /** Set how many device pixels stand for one pixel of the picture. */
  resize(zoom: number, ratio: number, look: HatchLook): void {
    const { rows, columns, patch } = this.geometry;
    this.unit = patch * zoom;
    this.thin = Math.max(1, Math.round(ratio));
    this.canvas.width = columns * this.unit;
    this.canvas.height = rows * this.unit;
    this.canvas.style.width = `${this.canvas.width / ratio}px`;
    this.canvas.style.height = `${this.canvas.height / ratio}px`;
    this.pen.imageSmoothingEnabled = false;
    const gap = Math.max(4, Math.round(this.unit / 2));
    this.hatch = hatching(this.canvas.width, this.canvas.height, gap, this.thin, look);
  }

  /** The patch under a place given in CSS pixels; -1 outside. */
  patchAt(x: number, y: number): number {
    const { rows, columns } = this.geometry;
    const column = Math.floor((x / this.canvas.clientWidth) * columns);
    const row = Math.floor((y / this.canvas.clientHeight) * rows);
    return row >= 0 && row < rows && column >= 0 && column < columns ? row * columns + column : -1;
  }

  /** The patch nearest to a place: a drag may leave the picture. */
  patchNear(x: number, y: number): number {
    const clamp = (value: number, size: number) => Math.min(Math.max(value, 0), size - 1);
    return this.patchAt(clamp(x, this.canvas.clientWidth), clamp(y, this.canvas.clientHeight));
  }

  /** Hatch every patch from `known` on: the rest of its row, and the rows below. */
  protected hide(known: number): void {
    const { rows, columns } = this.geometry;
    if (known >= rows * columns || !this.hatch) return;
    const row = Math.floor(known / columns);
    const column = known % columns;
    if (column > 0) {
      this.blit(column * this.unit, row * this.unit, this.canvas.width, (row + 1) * this.unit);
    }
    const below = column > 0 ? row + 1 : row;
    this.blit(0, below * this.unit, this.canvas.width, this.canvas.height);
  }

  private blit(left: number, top: number, right: number, bottom: number): void {
    const [wide, high] = [right - left, bottom - top];
    if (wide > 0 && high > 0) this.pen.drawImage(this.hatch!, left, top, wide, high, left, top, wide, high);
  }

  /** Outline what a mask marks, as far as patch `end`. */
  protected outlines(mask: Uint8Array, end: number, look: Look): void {
    this.pen.strokeStyle = look.accent;
    this.pen.globalAlpha = 0.55;
    this.pen.lineWidth = this.thin;
    this.pen.beginPath();
    for (let patch = 0; patch < end; patch++) if (mask[patch]) this.outline(patch, mask);
    this.pen.stroke();
    this.pen.globalAlpha = 1;
  }

  /** The sides of a marked patch that border on patches that are not. */
  private outline(patch: number, mask: Uint8Array): void {
    const { columns } = this.geometry;
    const [x, y] = this.corner(patch);
    const u = this.unit;
    const half = this.thin / 2;
    const column = patch % columns;
    const line = (x0: number, y0: number, x1: number, y1: number) => {
      this.pen.moveTo(x0, y0);
      this.pen.lineTo(x1, y1);
    };
    if (!mask[patch - columns]) line(x, y + half, x + u, y + half);
    if (!mask[patch + columns]) line(x, y + u - half, x + u, y + u - half);
    if (column === 0 || !mask[patch - 1]) line(x + half, y, x + half, y + u);
    if (column === columns - 1 || !mask[patch + 1]) line(x + u - half, y, x + u - half, y + u);
  }

  protected grid(colour = "rgba(128, 124, 116, 0.26)"): void {
    const { rows, columns } = this.geometry;
    this.pen.strokeStyle = colour;
    this.pen.lineWidth = this.thin;
    const half = (this.thin % 2) / 2;
    this.pen.beginPath();
    for (let column = 1; column < columns; column++) {
      this.pen.moveTo(column * this.unit + half, 0);
      this.pen.lineTo(column * this.unit + half, this.canvas.height);
    }
    for (let row = 1; row < rows; row++) {
      this.pen.moveTo(0, row * this.unit + half);
      this.pen.lineTo(this.canvas.width, row * this.unit + half);
    }
    this.pen.stroke();
  }

  /** A frame around a patch, with a light edge so that it shows on any colour. */
  protected box(patch: number, colour: string, weight: number): void {
    const [x, y] = this.corner(patch);
    const thick = this.thin * weight;
    this.pen.lineWidth = thick + 2 * this.thin;
    this.pen.strokeStyle = "rgba(255, 255, 255, 0.85)";
    this.pen.strokeRect(x, y, this.unit, this.unit);
    this.pen.lineWidth = thick;
    this.pen.strokeStyle = colour;
    this.pen.strokeRect(x, y, this.unit, this.unit);
  }

  /** A dashed frame around patches, which a thin colour may fill. */
  protected rectangle(box: Box, look: Look, filled = true): void {
    const x = box.left * this.unit;
    const y = box.top * this.unit;
    const wide = (box.right - box.left + 1) * this.unit;
    const high = (box.bottom - box.top + 1) * this.unit;
    this.pen.fillStyle = look.accent;
    this.pen.globalAlpha = filled ? 0.16 : 0;
    this.pen.fillRect(x, y, wide, high);
    this.pen.globalAlpha = 1;
    this.pen.lineWidth = 3 * this.thin;
    this.pen.strokeStyle = "rgba(255, 255, 255, 0.9)";
    this.pen.strokeRect(x, y, wide, high);
    this.pen.lineWidth = 1.5 * this.thin;
    this.pen.strokeStyle = look.accent;
    this.pen.setLineDash([4 * this.thin, 3 * this.thin]);
    this.pen.strokeRect(x, y, wide, high);
    this.pen.setLineDash([]);
  }

  protected corner(patch: number): [number, number] {
    const { columns } = this.geometry;
    return [(patch % columns) * this.unit, Math.floor(patch / columns) * this.unit];
  }
}

/** Five by five patches around one, from a plate's canvas as it is: what a loupe shows. */
export function magnify(
  from: HTMLCanvasElement, patch: number, columns: number, to: CanvasRenderingContext2D, side: number, paper: string,
): void {
  const unit = from.width / columns;
  const x = ((patch % columns) - 2) * unit;
  const y = (Math.floor(patch / columns) - 2) * unit;
  to.fillStyle = paper;
  to.fillRect(0, 0, side, side);
  to.drawImage(from, x, y, 5 * unit, 5 * unit, 0, 0, side, side);
}
