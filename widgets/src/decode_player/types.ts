/**
 * What DecodePlayer knows: its traits as the Python half sends them, and what stays in the browser.
 */
import type { Box, Grid } from "../shared/grid";
import type { Status } from "../shared/status";

export interface Geometry extends Grid {
  codes: number;
  average: number[] | null;
}

export interface Settings {
  temperature: number;
  top_k: number | null;
  top_p: number | null;
  guidance: number;
}

export interface Reshape {
  temperature: number;
  top_k: number | null;
  top_p: number | null;
}

export interface Branch {
  id: string;
  parent: string | null;
  how: "drawn" | "fork" | "redraw" | "upload";
  label: string;
  seed: string;
  prompt: string;
  at: number | null;
  state: "drawing" | "whole" | "unfinished";
  end: number;
  score: number | null;
  rank: number | null;
  drawn: number;
  caption: string;
  alt: string;
}

export const OVERLAYS = ["picture", "entropy", "filtered", "average", "surprise", "rank", "difference"] as const;
export type Overlay = (typeof OVERLAYS)[number];

export type Part = "picture" | "numbers" | "frames" | "choices";
export const PARTS: Part[] = ["picture", "numbers", "frames", "choices"];

export interface Traits {
  status: Status;
  alive: boolean;
  caption: string;
  alt: string;
  geometry: Geometry;
  prompt: string;
  seed: string;
  n: number;
  settings: Settings;
  branches: Branch[];
  shown: string[];
  selected: string;
  compared: string;
  step: number;
  patch: number;
  overlay: Overlay;
  reshape: Reshape;
  embedded: Record<string, Record<string, { header: any; buffers: DataView[] }>>;
}

/** A rectangle of patches of one picture. */
export interface Region extends Box {
  id: string;
}

/** What only this browser knows. */
export interface Local {
  hover: { id: string; patch: number } | null;
  playing: boolean;
  regionMode: boolean;
  region: Region | null;
  notice: string;
  theme: string;
}

export type State = Traits & Local;

export const DRAWING_NEEDS_KERNEL =
  "Drawing needs a running kernel: open the notebook and run the cell. Everything else works here.";
