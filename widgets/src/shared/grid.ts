/**
 * The grid of patches: places and rectangles on it, counted from 0 in raster order.
 */

export interface Grid {
  rows: number;
  columns: number;
  patch: number; // pixels of a side
}

export interface Corner {
  row: number;
  column: number;
}

/** A rectangle of patches, both ends included. */
export interface Box {
  top: number;
  left: number;
  bottom: number;
  right: number;
}

export const ARROWS: Record<string, [number, number]> = {
  ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0],
};

export function corner(patch: number, columns: number): Corner {
  return { row: Math.floor(patch / columns), column: patch % columns };
}

/** The rectangle between two patches, whichever corners they are. */
export function between(a: Corner, b: Corner): Box {
  return {
    top: Math.min(a.row, b.row),
    left: Math.min(a.column, b.column),
    bottom: Math.max(a.row, b.row),
    right: Math.max(a.column, b.column),
  };
}

export function patchesOf(box: Box, columns: number): number[] {
  const out: number[] = [];
  for (let row = box.top; row <= box.bottom; row++) {
    for (let column = box.left; column <= box.right; column++) out.push(row * columns + column);
  }
  return out;
}

/** One step with an arrow key, inside the grid. */
export function moved(from: Corner, key: string, { rows, columns }: Grid): Corner {
  const [down, right] = ARROWS[key];
  const limit = (value: number, size: number) => Math.min(Math.max(value, 0), size - 1);
  return { row: limit(from.row + down, rows), column: limit(from.column + right, columns) };
}
