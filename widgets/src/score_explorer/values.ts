/**
 * Every picture of every prompt: its seed, its score, the judge's verdict; and what a brush holds.
 *
 * The byte layout is written by dalle_explore/widgets/score_parts.py; little-endian.
 */
import { bytes, typed } from "../shared/buffers";

export interface Picture {
  seed: string;
  score: number;
  there: boolean; // whether the picture can be had; of losers of large runs only the score stays
  right: boolean | null; // all stated facts; null: nobody can say
  facts: boolean[] | null;
  place: number; // by its score, 1 the best
}

export interface Prompt {
  pictures: Picture[]; // in the order of their seeds
  ranked: Picture[]; // the best first
  facts: string[];
}

const THERE = 1;
const JUDGED = 2;
const RIGHT = 4;

/** Read all prompts. */
export function read(header: { counts: number[]; facts: string[][] }, [seeds, scores, flags, right]: DataView[]): Prompt[] {
  const score = typed(scores, Float64Array);
  const flag = bytes(flags);
  const good = typed(right, Uint32Array);
  let at = 0;
  return header.counts.map((count, prompt) => {
    const facts = header.facts[prompt];
    const pictures: Picture[] = [];
    for (const end = at + count; at < end; at++) {
      const bits = good[at];
      const judged = (flag[at] & JUDGED) !== 0;
      pictures.push({
        seed: String(seeds.getBigUint64(8 * at, true)),
        score: score[at],
        there: (flag[at] & THERE) !== 0,
        right: judged ? (flag[at] & RIGHT) !== 0 : null,
        facts: judged && facts.length ? facts.map((_, bit) => ((bits >>> bit) & 1) === 1) : null,
        place: 0,
      });
    }
    // Equal scores stay in the order of their seeds, as in Python.
    const ranked = [...pictures].sort((a, b) => b.score - a.score);
    ranked.forEach((one, place) => (one.place = place + 1));
    return { pictures, ranked, facts };
  });
}

/** The pictures of a brush, best first. */
export function inside(prompt: Prompt, span: number[]): Picture[] {
  if (span.length < 2) return [];
  return prompt.ranked.filter(({ score }) => score >= span[0] && score <= span[1]);
}

/** Who scores highest among the first k pictures, as they were drawn. */
export function winner(prompt: Prompt, k: number): Picture {
  return prompt.pictures.slice(0, k).reduce((best, one) => (one.score > best.score ? one : best));
}

/** The picture of a seed, or the best one. */
export function inHand(prompt: Prompt, seed: string): Picture {
  return prompt.pictures.find((one) => one.seed === seed) ?? prompt.ranked[0];
}

/** The picture whose score is nearest. */
export function nearest(prompt: Prompt, score: number): Picture {
  const away = (one: Picture) => Math.abs(one.score - score);
  return prompt.ranked.reduce((best, one) => (away(one) < away(best) ? one : best));
}

const Z95 = 1.959963984540054;

/** Wilson's 95 % interval of a share, as statistics/intervals.py has it (Wilson, 1927). */
export function wilson(hits: number, n: number): [number, number] {
  const share = hits / n;
  const z = Z95 * Z95;
  const spread = Z95 * Math.sqrt((share * (1 - share)) / n + z / (4 * n * n));
  const centre = share + z / (2 * n);
  const scale = 1 + z / n;
  return [Math.max(0, (centre - spread) / scale), Math.min(1, (centre + spread) / scale)];
}
