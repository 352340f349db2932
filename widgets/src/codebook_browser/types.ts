/**
 * What CodebookBrowser knows: its traits as the Python half sends them, and what stays here.
 */
import type { Grid } from "../shared/grid";
import type { Status } from "../shared/status";

export interface Geometry extends Grid {
  codes: number;
  reach: number; // patches around one whose pixels can change with its code
}

export interface About {
  pictures: number; // training pictures whose codes were counted
  patches: number; // of all these
  world: number;
  used: number; // codes that occur
  refused: string; // why nothing was counted; "" when it was
  only: number[] | null; // the codes on the sheet; null: all
  canvas: string; // the picture that is painted on; "": none was given
  ground: number; // the code of an empty sheet; -1: it is not empty
}

export const TABS = ["look", "paint"] as const;
export type Tab = (typeof TABS)[number];

export const SORTS = ["usage", "colour", "number"] as const;
export type Sort = (typeof SORTS)[number];

export interface PaintingState {
  grid: number[];
  start: number[];
  undo: number;
  redo: number;
}

export interface Traits {
  status: Status;
  alive: boolean;
  caption: string;
  alt: string;
  geometry: Geometry;
  about: About;
  tab: Tab;
  sort: Sort;
  selected: number;
  at: number;
  show: "picture" | "change";
  painting: PaintingState;
  embedded: Record<string, { header: any; buffers: DataView[] }>;
}

export type Tool = "brush" | "pick";

/** What only this browser knows. */
export interface Local {
  over: number; // the code under the pointer, on the sheet or on the picture; -1: none
  patch: number; // of the picture, under the pointer or the keys; -1: none
  tool: Tool;
  late: number[]; // brushes that were used, the last one first
  notice: string;
}

export type State = Traits & Local;

export const PAINTING_NEEDS_KERNEL =
  "Painting needs a running kernel, which decodes: open the notebook and run the cell. Picking codes from the picture works here.";
