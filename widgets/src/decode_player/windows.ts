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

/** Where crop number i lies in an atlas of crops of one size, `across` in a row. */
export function inAtlas(
  i: number,
  atlas: { across: number; side: number; high: number },
): { x: number; y: number } {
  return { x: (i % atlas.across) * atlas.side, y: Math.floor(i / atlas.across) * atlas.high };
}
