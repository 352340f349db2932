/**
 * Which cell stands where: rows and columns are axes, all other axes are held at the cell in hand.
 */
import { RANK, SEED, type Axis, type Cell, type Template } from "./types";

export interface Spot {
  cell: number; // -1: there is no such cell
  rank: number; // of its samples, where the columns are ranks; -1: that which stands for it
  seed: string; // of its samples, where the columns are seeds; "": that which stands for it
}

export interface Layout {
  rows: string[]; // headings; one empty one where nothing is in the rows
  columns: string[];
  rowAxis: number; // -1: none
  columnAxis: number;
  spots: Spot[][];
}

interface Wanted {
  axes: Axis[];
  cells: Cell[];
  linked: Template["linked"];
  rows: string;
  columns: string;
  chosen: number;
  seeds: string[]; // that any cell has
  most: number; // samples of a cell
}

/** The axes that move with one of these, because their values stay together. */
function follows(linked: number[][], shown: number[]): Set<number> {
  const out = new Set<number>();
  for (const group of linked) if (group.some((axis) => shown.includes(axis))) for (const axis of group) out.add(axis);
  return out;
}

export function arranged(wanted: Wanted): Layout {
  const { axes, cells, linked, chosen, seeds, most } = wanted;
  const named = (name: string) => axes.findIndex((axis) => axis.name === name);
  const rowAxis = named(wanted.rows);
  const columnAxis = named(wanted.columns);
  const shown = [rowAxis, columnAxis].filter((axis) => axis >= 0);
  const free = follows(linked, shown);
  const held = axes.map((_, axis) => axis).filter((axis) => !shown.includes(axis) && !free.has(axis));
  const here = cells[chosen]?.at ?? axes.map(() => 0);
  const places = new Map<string, number>();
  cells.forEach(({ at }, cell) => {
    if (held.some((axis) => at[axis] !== here[axis])) return;
    const key = `${rowAxis < 0 ? 0 : at[rowAxis]} ${columnAxis < 0 ? 0 : at[columnAxis]}`;
    if (!places.has(key)) places.set(key, cell);
  });
  const rows = rowAxis < 0 ? [""] : axes[rowAxis].labels;
  const ranks = wanted.columns === RANK;
  const samples = wanted.columns === SEED ? seeds : ranks ? Array.from({ length: Math.max(most, 1) }, (_, j) => String(j)) : null;
  const columns = samples ?? (columnAxis < 0 ? [""] : axes[columnAxis].labels);
  const spots = rows.map((_, r) => columns.map((_, c): Spot => {
    const cell = places.get(`${r} ${samples ? 0 : c}`) ?? -1;
    return { cell, rank: ranks ? c : -1, seed: samples && !ranks ? samples[c] : "" };
  }));
  return { rows, columns, rowAxis, columnAxis, spots };
}

/**
 * The cell with another value of one axis: of those that have it, the one most like the cell in
 * hand, so that axes whose values stay together move together.
 */
export function turned(cells: Cell[], from: number, axis: number, value: number): number {
  const here = cells[from]?.at ?? [];
  let best = -1;
  let alike = -1;
  cells.forEach(({ at }, cell) => {
    if (at[axis] !== value) return;
    const same = at.filter((one, i) => i !== axis && one === here[i]).length;
    if (same > alike) [best, alike] = [cell, same];
  });
  return best;
}

/** Which axes a person finds in the rows and columns when nobody has said. */
export function placed(layout: Layout, cell: number, each: { rank: number; seed: string }): [number, number] | null {
  for (const [r, row] of layout.spots.entries()) {
    for (const [c, spot] of row.entries()) {
      if (spot.cell !== cell) continue;
      if (spot.rank >= 0 && spot.rank !== each.rank) continue;
      if (spot.seed && spot.seed !== each.seed) continue;
      return [r, c];
    }
  }
  return null;
}

/** The first and last of equally large things that a window over a scrolled page shows. */
export function seen(scrolled: number, room: number, size: number, count: number, beside: number): [number, number] {
  if (!(size > 0)) return [0, Math.min(count, 1)];
  const first = Math.max(0, Math.floor(scrolled / size) - beside);
  const last = Math.min(count, Math.ceil((scrolled + room) / size) + beside);
  return [Math.min(first, count), Math.max(last, Math.min(first, count))];
}
