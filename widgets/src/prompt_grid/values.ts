/**
 * What is known of every sample of every cell: its seed, its score, its facts, best first.
 *
 * The byte layout is written by dalle_explore/widgets/grid_parts.py.
 */
import { bytes, typed } from "../shared/buffers";

export interface Sample {
  seed: string;
  score: number; // NaN: not scored
  there: boolean; // whether its picture can be had; of losers of large runs only the score stays
  ticks: (boolean | null)[] | null; // for each fact of the cell; null: nobody judged
}

export interface Values {
  samples: Sample[]; // best first, or in the order of seeds where nobody scored
  facts: string[];
  ranked: boolean;
}

export const NOTHING: Values = { samples: [], facts: [], ranked: false };

interface Header {
  cells: number[];
  counts: number[];
  facts: string[][];
}

const THERE = 1;
const JUDGED = 2;

/** Read the values of some cells: [cell, values] of each. */
export function read(header: Header, [seeds, scores, flags, known, right]: DataView[]): [number, Values][] {
  const score = typed(scores, Float32Array);
  const flag = bytes(flags);
  const [clear, good] = [typed(known, Uint32Array), typed(right, Uint32Array)];
  let place = 0;
  return header.cells.map((cell, i) => {
    const facts = header.facts[i];
    const samples: Sample[] = [];
    for (const end = place + header.counts[i]; place < end; place++) {
      const bits = (word: number, fact: number) => ((word >>> fact) & 1) === 1;
      const [r, g] = [clear[place], good[place]];
      samples.push({
        seed: String(seeds.getBigUint64(8 * place, true)),
        score: score[place],
        there: (flag[place] & THERE) !== 0,
        ticks: flag[place] & JUDGED ? facts.map((_, f) => (bits(r, f) ? bits(g, f) : null)) : null,
      });
    }
    const ranked = samples.length > 1 && samples.every((one) => !Number.isNaN(one.score));
    return [cell, { samples, facts, ranked }];
  });
}

/** Values of all cells, as far as they are known; tells of changes. */
export class Shelf {
  private cells = new Map<number, Values>();
  private listeners: ((cells: number[]) => void)[] = [];

  of(cell: number): Values {
    return this.cells.get(cell) ?? NOTHING;
  }

  put(header: Header, buffers: DataView[]): void {
    const found = read(header, buffers);
    for (const [cell, values] of found) this.cells.set(cell, values);
    for (const listener of this.listeners) listener(found.map(([cell]) => cell));
  }

  clear(): void {
    this.cells.clear();
  }

  on(listener: (cells: number[]) => void): void {
    this.listeners.push(listener);
  }

  /** Every seed that any cell has, smallest first. */
  seeds(): string[] {
    const found = new Set<string>();
    for (const { samples } of this.cells.values()) for (const one of samples) found.add(one.seed);
    return [...found].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
  }

  /** The most samples that any cell has. */
  most(): number {
    return Math.max(0, ...[...this.cells.values()].map(({ samples }) => samples.length));
  }
}

/** The place of the sample that stands for a cell: its best there is, or that of a seed; -1: none. */
export function stands(values: Values, each: string): number {
  if (each === "") return values.samples.findIndex((one) => one.there);
  return values.samples.findIndex((one) => one.seed === each);
}

export function ordinal(place: number): string {
  const tens = place % 100;
  const end = tens > 10 && tens < 14 ? "th" : (["th", "st", "nd", "rd"][place % 10] ?? "th");
  return `${place}${end}`;
}

/** "1st of 32 by CLIP", or "" where nobody ranked. */
export function rankOf(values: Values, place: number, scorer: string): string {
  if (!values.ranked || place < 0) return "";
  return `${ordinal(place + 1)} of ${values.samples.length} by ${scorer || "CLIP"}`;
}

/** "4 of 5 facts", with how many nobody could read. */
export function factsOf(sample: Sample, facts: string[]): string {
  if (!sample.ticks || !facts.length) return "";
  const right = sample.ticks.filter((one) => one === true).length;
  const unclear = sample.ticks.filter((one) => one === null).length;
  return `${right} of ${facts.length} facts${unclear ? `, ${unclear} unclear` : ""}`;
}

const MARKS = 5; // facts that have a mark of their own in a small place

/** A mark for every fact, "✓✓✗", or "7/9" where there are many; "" where nobody judged. */
export function marksOf({ ticks }: Sample): string {
  if (!ticks?.length) return "";
  if (ticks.length > MARKS) return `${ticks.filter((one) => one === true).length}/${ticks.length}`;
  return ticks.map((one) => (one === null ? "?" : one ? "✓" : "✗")).join("");
}
