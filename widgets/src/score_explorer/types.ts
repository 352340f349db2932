/**
 * What ScoreExplorer knows: its traits as the Python half sends them, and what stays here.
 */
import type { Status } from "../shared/status";

/** A number with its 95 % interval, and how many units it is over; null: there is none. */
export interface Measured {
  value: number | null;
  low: number | null;
  high: number | null;
  n: number;
}

export interface About {
  scorer: string;
  digest: string;
  warning: string; // what may not be compared; "": there is one prompt only
  judged: boolean;
  least: number; // pictures of the prompt that has fewest
  width: number; // of a picture, in pixels
  height: number;
  left_out: string; // of a page without a kernel
}

export interface Row {
  n: number;
  mean: Measured;
  sd: number | null;
  quartiles: [number, number, number];
  ends: [number, number];
  right: Measured | null;
}

export const SHAPES = ["raincloud", "ecdf", "ridges"] as const;
export type Shape = (typeof SHAPES)[number];

export interface Spread {
  kind: Shape;
  kinds: Shape[];
  axis: [number, number];
  bandwidth: number;
  density: { points: number; most: number; bytes: DataView };
  order: number[]; // prompts by their medians, the highest first
  band: number[]; // of the steps of each prompt, up and down
  rows: Row[];
  captions: Partial<Record<Shape, string>>;
  alt: string;
}

export interface Curve {
  k: number[];
  value: (number | null)[];
  low: (number | null)[];
  high: (number | null)[];
  n: number;
  indicative: boolean;
}

/** What cannot be shown says why. */
export interface Refused {
  refused: string;
}

export interface Best {
  ks: number[];
  marked: number[]; // doublings: where winners are shown
  score: Curve;
  null: number[];
  right: Curve | null;
  ceiling: Curve | null;
  efficiency: Curve | null;
  random: number | null;
  prompts: number;
  judged: number;
  caption: string;
  alt: string;
}

export interface Share {
  k: number;
  rate: Measured;
  chance: number;
}

export interface Matrix {
  which: Which;
  prompts: number[]; // of rows and columns
  seeds: string[]; // of the picture of each row
  bytes: DataView; // fp32, pictures by texts
  ranks: number[]; // of the own text of each picture, 1 the best
  recall: Share[];
  mrr: { mean: Measured; chance: number };
  rank: { mean: Measured; chance: number };
  blocks: [number, number][]; // neighbours of the same words in another order
  swaps: { what: string; rate: Measured; chance: number }[] | null;
  caption: string;
  alt: string;
}

export interface OddOne {
  prompt: number;
  seed: string;
  standard: number; // standard deviations from the mean of its prompt
  wrong: string[];
}

export interface Odd {
  high: OddOne[];
  low: OddOne[];
  counts: [number, number];
  within: Measured | null;
  pooled: number | null;
  share: Measured | null;
  caption: string;
  alt: string;
}

export const TABS = ["spread", "best", "matrix", "odd"] as const;
export type Tab = (typeof TABS)[number];

export type Which = "first" | "best";

export interface Traits {
  status: Status;
  alive: boolean;
  caption: string;
  alt: string;
  prompts: { prompt: string; labels: Record<string, string> }[];
  about: About;
  values: { header: { counts: number[]; facts: string[][] }; buffers: DataView[] };
  spread: Spread;
  best: Best | Refused;
  matrix: Matrix | (Refused & { which: Which }) | Record<string, never>;
  odd: Odd | Refused;
  tab: Tab;
  shape: "" | Shape;
  prompt: number;
  span: number[];
  k: number;
  which: Which;
  picture: string; // a seed; "": the best of the prompt in hand
  embedded: Record<string, { header: any; buffers: DataView[] }>;
}

/** What only this browser knows. */
export interface Local {
  cell: [number, number]; // of the matrix, under the pointer or the keys; [-1, -1]: none
  notice: string;
}

export type State = Traits & Local;

export function refusedOf(told: object): string {
  return "refused" in told ? String(told.refused) : "";
}

export const MATRIX_NEEDS_KERNEL = "Other pictures meet the texts in a running kernel only: open the notebook and run the cell.";
