/**
 * What Breeder knows: its traits as the Python half sends them, and what stays in the browser.
 */
import type { Grid } from "../shared/grid";
import type { Status } from "../shared/status";

/** The number that stands for those who are in no litter. */
export const FOUNDERS = -1;

export const CHILDREN = 8;

export interface Kin {
  id: string;
  parents: string[];
  litter: number;
  generation: number;
  seed: string;
  said: [string, number][]; // sentences and their weights
  kept: string; // a digit a patch: 0 drawn anew, 1 and 2 kept from that parent
  state: "drawing" | "whole";
  favourite: boolean;
  clip: number[]; // rank, and of how many; empty: nobody asked
  caption: string;
  alt: string;
}

export interface Litter {
  number: number;
  parents: string[];
  children: string[];
  words: string;
}

export interface Traits {
  status: Status;
  alive: boolean;
  caption: string;
  alt: string;
  geometry: Grid;
  kin: Kin[];
  litters: Litter[];
  one: string;
  two: string;
  litter: number;
  chosen: string;
  share: number;
  weight: number;
  prompt: string;
  other_prompt: string;
  seed: string;
  place: string;
  embedded: Record<string, DataView>;
}

/** What only this browser knows. */
export interface Local {
  notice: string;
  theme: string;
  origins: boolean; // whether it is shown what each child kept
}

export type State = Traits & Local;
