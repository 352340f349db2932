/**
 * Where each branch stands in the drawing of their tree: first pictures in a row, forks below.
 */

export interface Leaf {
  id: string;
  parent: string | null;
}

export interface Place {
  id: string;
  x: number; // columns from the left
  y: number; // generations below the first
  parent: string | null;
}

export interface Layout {
  places: Place[];
  width: number;
  height: number;
}

/** A parent stands above its first child; each further child opens a column of its own. */
export function treeLayout(branches: Leaf[]): Layout {
  const known = new Set(branches.map((branch) => branch.id));
  const children = new Map<string | null, Leaf[]>();
  for (const branch of branches) {
    // A child whose parent is gone begins a tree of its own.
    const parent = branch.parent !== null && known.has(branch.parent) ? branch.parent : null;
    children.set(parent, [...(children.get(parent) ?? []), branch]);
  }
  const places: Place[] = [];
  let width = 0;
  let height = 0;
  const put = (branch: Leaf, x: number, y: number, parent: string | null): number => {
    places.push({ id: branch.id, x, y, parent });
    height = Math.max(height, y + 1);
    let next = x;
    for (const child of children.get(branch.id) ?? []) next = put(child, next, y + 1, branch.id);
    return Math.max(next, x + 1);
  };
  for (const root of children.get(null) ?? []) width = put(root, width, 0, null);
  return { places, width, height };
}
