/**
 * What temperature, top-k and top-p make of a sorted distribution: the rules by which codes are
 * drawn (dalle_explore/sampling/pick.py), in the same order.
 *
 * top-k keeps the first of the unheated order; top-p then keeps the likeliest codes, at the
 * temperature, until they hold that share; what is left is divided among itself. At temperature 0
 * everything is on the likeliest code.
 */
import type { Reshape } from "./types";

/** Differences of heated logarithms beyond this are shares below 1e-15: nothing to add. */
const NEGLIGIBLE = 36;

export interface Reshaped {
  kept: number; // how many codes may still be drawn
  top: number; // the largest heated logarithm
  total: number; // the sum of exp(heated - top) of those kept
  entropy: number; // in bits
}

/** Reshape one sorted row of log-probabilities (`rows` from `start`, `k` long). */
export function reshaped(rows: Float32Array, start: number, k: number, how: Reshape): Reshaped {
  const { temperature: T } = how;
  const top = rows[start];
  if (T === 0) return { kept: 1, top: 0, total: 1, entropy: 0 };
  let kept = how.top_k === null ? k : Math.min(k, how.top_k);
  if (how.top_p !== null && how.top_p < 1) kept = nucleus(rows, start, kept, T, how.top_p);
  let total = 0;
  let weighed = 0;
  for (let i = 0; i < kept; i++) {
    const far = (rows[start + i] - top) / T;
    if (!(far > -NEGLIGIBLE)) break;
    const share = Math.exp(far);
    total += share;
    weighed += share * far;
  }
  const entropy = (Math.log(total) - weighed / total) / Math.LN2;
  return { kept, top: top / T, total, entropy: Math.max(0, entropy) };
}

/** How many of the first `kept` codes stay: each whose predecessors hold less than `top_p`. */
function nucleus(rows: Float32Array, start: number, kept: number, T: number, top_p: number): number {
  const top = rows[start];
  let total = 0;
  for (let i = 0; i < kept; i++) {
    const far = (rows[start + i] - top) / T;
    if (!(far > -NEGLIGIBLE)) break;
    total += Math.exp(far);
  }
  let before = 0;
  for (let i = 0; i < kept; i++) {
    if (before >= top_p * total) return i;
    before += Math.exp((rows[start + i] - top) / T);
  }
  return kept;
}

/** The reshaped probability of the code of a rank, given its raw log-probability. */
export function shareOf(shape: Reshaped, rank: number, logProbability: number, how: Reshape): number {
  if (rank >= shape.kept) return 0;
  if (how.temperature === 0) return rank === 0 ? 1 : 0;
  return Math.exp(logProbability / how.temperature - shape.top) / shape.total;
}
