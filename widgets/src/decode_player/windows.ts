/**
 * Where crops lie on the grid: windows around a patch, moved inside the picture at its borders.
 */

export interface Window {
  row: number;
  column: number;
  rows: number;
  columns: number;
}

/** The window of (2 * reach + 1)^2 patches around a patch, moved inside the grid. */
export function windowAt(patch: number, reach: number, rows: number, columns: number): Window {
  const high = Math.min(2 * reach + 1, rows);
  const wide = Math.min(2 * reach + 1, columns);
  const row = Math.floor(patch / columns);
  const column = patch % columns;
  return {
    row: Math.min(Math.max(row - reach, 0), rows - high),
    column: Math.min(Math.max(column - reach, 0), columns - wide),
    rows: high,
    columns: wide,
  };
}

/** How crops of one size lie on a page: each in a cell, with an edge around it. */
export interface Layout {
  across: number; // cells in a row
  side: number; // of a crop: its width
  high: number; // and its height
  left: number; // edge before a crop
  above: number;
  over: number; // from cell to cell
  down: number;
}

export function layout(header: any): Layout {
  const { across, side, height: high = side } = header;
  const { left = 0, above = 0, over = side, down = high } = header;
  return { across, side, high, left, above, over, down };
}

/** Where crop number i lies in an atlas. */
export function inAtlas(i: number, atlas: Layout): { x: number; y: number } {
  return {
    x: (i % atlas.across) * atlas.over + atlas.left,
    y: Math.floor(i / atlas.across) * atlas.down + atlas.above,
  };
}
