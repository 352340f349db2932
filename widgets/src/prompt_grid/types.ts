/**
 * What PromptGrid knows: its traits as the Python half sends them, and what stays here.
 */
import type { Status } from "../shared/status";

export interface Axis {
  name: string;
  kind: "words" | "model" | "setting" | "seed" | "edits";
  labels: string[];
}

/** The sentence: `slots` are places of axes in `axes`; each of `joints` is the text around them. */
export interface Template {
  text: string; // as it was written
  slots: number[];
  joints: string[][]; // slots.length + 1 pieces, as they read with the articles of some cell
  linked: number[][]; // axes that stay together
}

export interface Cell {
  at: number[]; // a value of each axis
  prompt: string;
  joints: number; // which of the template's
}

export interface Plan {
  words: string; // how much, and how long it takes
  missing: number; // pictures that nobody has drawn yet
  n: number; // pictures of a cell
  seed: string;
}

export interface About {
  width: number; // of a picture, in pixels
  height: number;
  scorer: string; // whose cosines the scores are; "": nothing is scored
  chance: string; // what the scores are, in a sentence
  left_out: string; // of a page without a kernel
  notice: string; // of the gallery
  kept: boolean; // whether favourites and notes go to a gallery
}

export interface Mark {
  favourite: boolean;
  note: string;
}

export interface Traits {
  status: Status;
  alive: boolean;
  caption: string;
  alt: string;
  template: Template;
  axes: Axis[];
  cells: Cell[];
  plan: Plan;
  about: About;
  rows: string; // name of an axis; "": one row
  columns: string; // name of an axis, "#rank", "#seed"; "": one column
  each: string; // "": the best picture of every cell; otherwise the one of this seed
  chosen: number; // the cell in hand
  picture: string; // the seed of the picture in hand; "": that which the grid shows
  marks: Record<string, Mark>; // by "cell seed"
  embedded: Record<string, { header: any; buffers: DataView[] }>;
}

/** What only this browser knows. */
export interface Local {
  side: number; // CSS pixels of a picture in the grid; 0: as it fits
  only: boolean; // favourites alone are at full strength
  notice: string;
}

export type State = Traits & Local;

export const RANK = "#rank";
export const SEED = "#seed";

export const DRAWING_NEEDS_KERNEL =
  "Drawing needs a running kernel: open the notebook and run the cell. Everything else works here.";
