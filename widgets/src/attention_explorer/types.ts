/**
 * What AttentionExplorer knows: its traits as the Python half sends them, and what stays here.
 */
import type { Grid } from "../shared/grid";
import type { Status } from "../shared/status";

export interface Geometry extends Grid {
  layers: number;
  heads: number;
}

export interface Word {
  text: string;
  start: number; // characters of the prompt, as browsers count them
  end: number;
}

export interface Picture {
  id: string;
  prompt: string;
  seed: string;
  words: Word[];
  role: "first" | "without" | "second";
  label: string;
  replay: number | null; // nats: the largest difference to what was recorded
  caption: string;
  alt: string;
  state: "whole" | "drawing";
}

export const TABS = ["looks", "depends"] as const;
export type Tab = (typeof TABS)[number];

/** What is meant by "looked at". */
export const BYS = ["contribution", "attention", "signed"] as const;
export type By = (typeof BYS)[number];

/** How a word is taken away. */
export const MODES = ["all", "image", "replace"] as const;
export type Mode = (typeof MODES)[number];

export type Head = [layer: number, head: number];

/** Parts of a picture, in the order in which they are missed. */
export const PARTS = ["picture", "looks", "earlier", "depends", "agreement", "twin", "deletion", "heads", "lens"] as const;
export type Part = (typeof PARTS)[number];

/** A mean over prompts with its 95 % interval, of one instrument. */
export interface Measured {
  instrument: string;
  value: number;
  low: number;
  high: number;
  n: number;
}

/** A model whose weights were set by hand: which word decides, and which one instruments name. */
export interface Planted {
  name: string;
  says: string;
  truth: string;
  first: Record<string, string>; // by instrument
  holds: Record<string, boolean>; // whether that is what it has to name; absent: nothing is expected
}

/** What the report card of the instruments says; empty where none was made. */
export interface Proof {
  planted: Planted[];
  localisation: Measured[]; // lifts
  twin: Measured[]; // rank correlations of maps
  made: string;
}

export interface Traits {
  status: Status;
  alive: boolean;
  caption: string;
  alt: string;
  geometry: Geometry;
  pictures: Picture[];
  selected: string;
  beside: string;
  tab: Tab;
  word: number;
  patch: number;
  by: By;
  mode: Mode;
  picks: Head[];
  box: number[]; // top, left, bottom, right, both ends included; or nothing
  more: boolean;
  proof: Partial<Proof>;
  embedded: Record<string, Partial<Record<Part, { header: any; buffers: DataView[] }>>>;
}

/** What only this browser knows. */
export interface Local {
  over: { id: string; patch: number } | null; // the patch under the pointer
  overWord: { id: string; word: number } | null; // the word under the pointer, or in focus
  boxing: boolean;
  proving: boolean;
  notice: string;
}

export type State = Traits & Local;
