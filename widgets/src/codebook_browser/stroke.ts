/**
 * What a stroke is made of, and what it did to pixels: pure functions of numbers.
 */
import { colour, type Scale } from "../shared/colour";
import { corner, type Grid } from "../shared/grid";

/** The patches from one to another, in a line without gaps: a fast hand skips some. */
export function line(from: number, to: number, columns: number): number[] {
  const [a, b] = [corner(from, columns), corner(to, columns)];
  const steps = Math.max(Math.abs(b.row - a.row), Math.abs(b.column - a.column));
  const out: number[] = [];
  for (let i = 0; i <= steps; i++) {
    const along = steps ? i / steps : 0;
    const row = Math.round(a.row + (b.row - a.row) * along);
    const column = Math.round(a.column + (b.column - a.column) * along);
    out.push(row * columns + column);
  }
  return out;
}

/** Which patches' pixels can change when the codes of some patches do: 1 where they can. */
export function footprint(patches: Iterable<number>, { rows, columns }: Grid, reach: number): Uint8Array {
  const mask = new Uint8Array(rows * columns);
  for (const patch of patches) {
    const { row, column } = corner(patch, columns);
    const last = Math.min(column + reach, columns - 1);
    for (let y = Math.max(0, row - reach); y <= Math.min(row + reach, rows - 1); y++) {
      mask.fill(1, y * columns + Math.max(0, column - reach), y * columns + last + 1);
    }
  }
  return mask;
}

/** Patches whose code is another than at the start. */
export function changed(grid: number[], start: number[]): number[] {
  return grid.flatMap((code, patch) => (code === start[patch] ? [] : [patch]));
}

export interface Change {
  levels: Uint8Array; // of every pixel: the largest difference of its three channels
  pixels: number; // how many are another
  most: number;
}

/** By how much two pictures differ, pixel by pixel; both as RGBA. */
export function change(now: Uint8ClampedArray, start: Uint8ClampedArray): Change {
  const levels = new Uint8Array(now.length / 4);
  let pixels = 0;
  let most = 0;
  for (let i = 0, at = 0; i < levels.length; i++, at += 4) {
    const level = Math.max(
      Math.abs(now[at] - start[at]), Math.abs(now[at + 1] - start[at + 1]), Math.abs(now[at + 2] - start[at + 2]),
    );
    levels[i] = level;
    if (level) pixels++;
    if (level > most) most = level;
  }
  return { levels, pixels, most };
}

/** The colours of a map of levels, as RGBA. */
export function coloured(levels: Uint8Array, scale: Scale): Uint8ClampedArray<ArrayBuffer> {
  const table = Array.from({ length: 256 }, (_, level) => colour(scale, level));
  const out = new Uint8ClampedArray(4 * levels.length);
  levels.forEach((level, i) => out.set([...table[level], 255], 4 * i));
  return out;
}
