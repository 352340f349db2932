/**
 * Where everybody stands in the tree: a row for each litter, in the order in which they were bred,
 * and lines from parents to their children. Lines that pass other rows go around them, on the left.
 */
import { FOUNDERS } from "./types";

export interface Member {
  id: string;
  litter: number;
  parents: string[];
}

export interface Look {
  side: number; // of a picture
  gap: number; // between pictures of a row
  across: number; // pictures in a row; more founders have several rows
  air: number; // between rows, without lines
  lane: number; // between lines
}

export interface Spot {
  id: string;
  row: number;
  column: number;
  x: number;
  y: number;
}

export interface Line {
  d: string; // of a path
  second: boolean; // from the second parent
  to: number; // number of the litter
}

export interface Board {
  spots: Spot[];
  lines: Line[];
  left: number; // of the pictures: lines go around them there
  width: number;
  height: number;
}

interface Link {
  parent: string;
  litter: number;
  row: number;
  from: number; // the parent's row
  second: boolean;
}

export function layout(kin: Member[], look: Look): Board {
  const rows = rowsOf(kin, look.across);
  const rowOf = new Map(rows.flatMap((row, r) => row.map((one) => [one.id, r] as const)));
  const links = linksOf(rows, rowOf);
  const far = links.filter(({ row, from }) => from < row - 1);
  const gutters = lanes(far);
  const left = far.length ? (1 + Math.max(...gutters)) * look.lane + look.lane : 0;
  // Below each row: first the lines that leave it and go around, then the comb of the next one.
  const leaving = rows.map((_, r) => far.filter(({ from }) => from === r));
  const tops: number[] = [];
  let y = 0;
  rows.forEach((_, r) => {
    tops.push(y);
    y += look.side + look.air + leaving[r].length * look.lane;
  });
  const spots = rows.flatMap((row, r) => row.map((one, column) => ({
    id: one.id, row: r, column, x: left + column * (look.side + look.gap), y: tops[r],
  })));
  const at = new Map(spots.map((spot) => [spot.id, spot]));
  const lines = links.map((link) => {
    const spot = at.get(link.parent)!;
    const comb = tops[link.row] - look.air / 2 + 1;
    const x = spot.x + look.side / 2 + (link.second ? 3 : 0);
    const foot = spot.y + look.side;
    const last = rows[link.row].length - 1;
    const right = left + last * (look.side + look.gap) + look.side / 2;
    if (link.from === link.row - 1) {
      return { d: `M${x} ${foot}V${comb}${x > right ? `H${right}` : ""}`, second: link.second, to: link.litter };
    }
    const out = foot + look.air / 2 - 3 + look.lane * (leaving[link.from].indexOf(link) + 0.5) - (leaving[link.from].length ? look.air / 4 : 0);
    const around = left - look.lane * (1 + gutters[far.indexOf(link)]);
    return { d: `M${x} ${foot}V${out}H${around}V${comb}H${left + look.side / 2}`, second: link.second, to: link.litter };
  });
  const combs = rows.flatMap((row, r) => row[0].litter === FOUNDERS ? [] : [comb(row, r)]);

  function comb(row: Member[], r: number): Line {
    const y = tops[r] - look.air / 2 + 1;
    const middle = (one: Member) => at.get(one.id)!.x + look.side / 2;
    const teeth = row.map((one) => `M${middle(one)} ${y}V${tops[r]}`).join("");
    return { d: `M${middle(row[0])} ${y}H${middle(row[row.length - 1])}${teeth}`, second: false, to: row[0].litter };
  }

  const widest = Math.max(0, ...rows.map((row) => row.length));
  return { spots, lines: [...combs, ...lines], left, width: Math.max(0, left + widest * (look.side + look.gap) - look.gap), height: Math.max(0, y - look.air) };
}

/** Founders first, whenever they came; then the litters. */
function rowsOf(kin: Member[], across: number): Member[][] {
  const founders = kin.filter(({ litter }) => litter === FOUNDERS);
  const rows: Member[][] = [];
  for (let i = 0; i < founders.length; i += across) rows.push(founders.slice(i, i + across));
  const litters = new Map<number, Member[]>();
  for (const one of kin) {
    if (one.litter !== FOUNDERS) litters.set(one.litter, [...(litters.get(one.litter) ?? []), one]);
  }
  return [...rows, ...litters.values()];
}

function linksOf(rows: Member[][], rowOf: Map<string, number>): Link[] {
  return rows.flatMap((row, r) => row[0].parents.flatMap((parent, i) => {
    const from = rowOf.get(parent);
    return from === undefined ? [] : [{ parent, litter: row[0].litter, row: r, from, second: i > 0 }];
  }));
}

/** A lane for each link, so that no two that stand beside each other share one. */
function lanes(links: Link[]): number[] {
  const found: number[] = [];
  links.forEach((link, i) => {
    const meets = (j: number) => links[j].from < link.row && link.from < links[j].row;
    const taken = new Set(links.slice(0, i).flatMap((_, j) => (meets(j) ? [found[j]] : [])));
    let lane = 0;
    while (taken.has(lane)) lane++;
    found.push(lane);
  });
  return found;
}
