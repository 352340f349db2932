/**
 * One picture on its canvas, at device pixels: the frame of the clock or an overlay, hatched where
 * nothing is drawn yet, and on top what the pointer and the person mark.
 */
import { hatching, pen, type HatchLook } from "../shared/canvas";
import type { Difference } from "./difference";
import type { Geometry, Region } from "./types";

export interface Look extends HatchLook {
  accent: string;
  ink: string;
  veil: string;
}

/** Everything a plate shows at one moment. */
export interface Scene {
  frame: HTMLCanvasElement | null;
  map: HTMLCanvasElement | null; // one pixel a patch
  mapped: number; // patches the map knows
  step: number;
  difference: Difference | null;
  hover: number; // patch or -1
  here: boolean; // whether the pointer is over this plate
  pinned: number;
  region: Region | null;
  grid: boolean;
}

export class Plate {
  readonly canvas = document.createElement("canvas");
  private pen = pen(this.canvas);
  private hatch: HTMLCanvasElement | null = null;
  private unit = 1; // device pixels of a patch
  private thin = 1; // device pixels of a thin line

  constructor(private geometry: Geometry) {}

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

  draw(scene: Scene, look: Look): void {
    const { width, height } = this.canvas;
    const source = scene.map ?? scene.frame;
    if (source) this.pen.drawImage(source, 0, 0, width, height);
    const known = Math.min(scene.step, scene.map ? scene.mapped : scene.step);
    this.hide(source ? known : 0);
    if (scene.difference) this.differences(scene.difference, known, look);
    if (scene.grid) this.grid();
    if (scene.region) this.rectangle(scene.region, look);
    if (scene.pinned >= 0) this.box(scene.pinned, look.accent, 2);
    if (scene.hover >= 0) this.box(scene.hover, scene.here ? look.accent : look.ink, 1);
  }

  /** Hatch every patch from `known` on: the rest of its row, and the rows below. */
  private hide(known: number): void {
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

  /** Veil what is the same, outline what differs, and frame the first flip. */
  private differences(found: Difference, known: number, look: Look): void {
    this.pen.fillStyle = look.veil;
    const end = Math.min(known, found.common);
    for (let patch = 0; patch < end; patch++) {
      if (!found.mask[patch]) this.pen.fillRect(...this.corner(patch), this.unit, this.unit);
    }
    this.pen.strokeStyle = look.accent;
    this.pen.globalAlpha = 0.55;
    this.pen.lineWidth = this.thin;
    this.pen.beginPath();
    for (let patch = 0; patch < end; patch++) if (found.mask[patch]) this.outline(patch, found.mask);
    this.pen.stroke();
    this.pen.globalAlpha = 1;
    if (found.first >= 0 && found.first < end) this.box(found.first, look.accent, 3);
  }

  /** The sides of a differing patch that border on patches that are the same. */
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

  private grid(): void {
    const { rows, columns } = this.geometry;
    this.pen.strokeStyle = "rgba(128, 124, 116, 0.26)";
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
  private box(patch: number, colour: string, weight: number): void {
    const [x, y] = this.corner(patch);
    const thick = this.thin * weight;
    this.pen.lineWidth = thick + 2 * this.thin;
    this.pen.strokeStyle = "rgba(255, 255, 255, 0.85)";
    this.pen.strokeRect(x, y, this.unit, this.unit);
    this.pen.lineWidth = thick;
    this.pen.strokeStyle = colour;
    this.pen.strokeRect(x, y, this.unit, this.unit);
  }

  private rectangle(region: Region, look: Look): void {
    const x = region.left * this.unit;
    const y = region.top * this.unit;
    const wide = (region.right - region.left + 1) * this.unit;
    const high = (region.bottom - region.top + 1) * this.unit;
    this.pen.fillStyle = look.accent;
    this.pen.globalAlpha = 0.16;
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

  private corner(patch: number): [number, number] {
    const { columns } = this.geometry;
    return [(patch % columns) * this.unit, Math.floor(patch / columns) * this.unit];
  }
}
