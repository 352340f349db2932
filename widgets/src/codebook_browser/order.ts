/**
 * In which order codes stand, and on which page: pure functions of numbers.
 */
import type { Sort } from "./types";

/** Ranks of codes by how often they occur, 1 for the commonest; 0: it never occurs. */
export function ranksOf(counts: Uint32Array): Uint32Array {
  const order = byCount(counts);
  const ranks = new Uint32Array(counts.length);
  order.forEach((code, place) => (ranks[code] = counts[code] ? place + 1 : 0));
  return ranks;
}

/** Codes from the commonest to those that never occur; of equal ones the smaller number first. */
export function byCount(counts: Uint32Array): number[] {
  return Array.from(counts.keys()).sort((a, b) => counts[b] - counts[a] || a - b);
}

/** The codes of a sheet in their order. An order that is not known yet is that of the numbers. */
export function ordered(
  codes: number, sort: Sort, counts: Uint32Array | null, colours: Uint16Array | null, only: number[] | null,
): number[] {
  let found: number[] = Array.from({ length: codes }, (_, code) => code);
  if (sort === "usage" && counts) found = byCount(counts);
  if (sort === "colour" && colours) found = Array.from(colours);
  if (!only) return found;
  const wanted = new Set(only);
  return found.filter((code) => wanted.has(code));
}

export interface Layout {
  across: number; // tiles in a row
  down: number; // rows of a page
  zoom: number; // device pixels for each pixel of a tile
}

export interface Space {
  codes: number;
  side: number; // pixels of a tile
  room: number; // CSS pixels across
  most: number; // CSS pixels down
  least: number; // CSS pixels of a tile, at least: a finger needs more than a pointer
  gap: number; // device pixels between tiles
  ratio: number; // device pixels of a CSS pixel
}

const ACROSS = [32, 24, 20, 16, 12, 10, 8, 6, 4];

/** As many tiles across as stay large enough, at a whole zoom; a page is about as high as wide. */
export function layout({ codes, side, room, most, least, gap, ratio }: Space): Layout {
  const zoomFor = (across: number) => Math.floor(((room * ratio - gap) / across - gap) / side);
  const large = (across: number) => zoomFor(across) >= 1 && side * zoomFor(across) >= least * ratio;
  const few = Math.max(1, Math.ceil(Math.sqrt(codes)));
  let across = ACROSS.find((one) => large(one)) ?? ACROSS[ACROSS.length - 1];
  across = Math.min(across, few);
  const biggest = Math.max(1, Math.floor((48 * ratio) / side)); // a tile is no poster
  const zoom = Math.max(1, Math.min(zoomFor(across), biggest));
  const step = side * zoom + gap;
  const rows = Math.max(1, Math.floor((most * ratio - gap) / step));
  const down = Math.max(1, Math.min(rows, across, Math.ceil(codes / across)));
  return { across, down, zoom };
}

/** How many pages there are. */
export function pagesOf(codes: number, { across, down }: Layout): number {
  return Math.max(1, Math.ceil(codes / (across * down)));
}

/** The page on which a place of the order stands. */
export function pageOf(place: number, { across, down }: Layout): number {
  return Math.floor(Math.max(0, place) / (across * down));
}

/** One step with an arrow key along the order, which goes on from page to page. */
export function stepped(place: number, key: string, { across }: Layout, codes: number): number {
  const far: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -across, ArrowDown: across };
  const to = place + (far[key] ?? 0);
  return to < 0 || to >= codes ? place : to;
}

/** A whole number that somebody typed, from 0 to `codes` - 1; null: it is none. */
export function codeIn(typed: string, codes: number): number | null {
  if (!/^\s*\d{1,9}\s*$/.test(typed)) return null;
  const code = Number(typed);
  return code < codes ? code : null;
}

/** 1 as "1st": how ranks are read. */
export function ordinal(n: number): string {
  const figures = String(n).replace(/\B(?=(\d{3})+$)/g, ",");
  if (n % 100 >= 11 && n % 100 <= 13) return `${figures}th`;
  return figures + (["th", "st", "nd", "rd"][n % 10] ?? "th");
}
