/**
 * One picture on its canvas, at device pixels: the frame of the clock or an overlay, hatched where
 * nothing is drawn yet, and on top what the pointer and the person mark.
 */
import type { Difference } from "../shared/difference";
import { GridPlate, type Look } from "../shared/plate";
import type { Region } from "./types";

export type { Look };

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

export class Plate extends GridPlate {
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

  /** Veil what is the same, outline what differs, and frame the first flip. */
  private differences(found: Difference, known: number, look: Look): void {
    this.pen.fillStyle = look.veil;
    const end = Math.min(known, found.common);
    for (let patch = 0; patch < end; patch++) {
      if (!found.mask[patch]) this.pen.fillRect(...this.corner(patch), this.unit, this.unit);
    }
    this.outlines(found.mask, end, look);
    if (found.first >= 0 && found.first < end) this.box(found.first, look.accent, 3);
  }
}
