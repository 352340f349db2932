/**
 * A film's distributions for reshaping all of them at once, while a slider moves.
 *
 * Far down a sorted distribution many codes are nearly alike. The likeliest ones are kept as they
 * are; of the others, runs that differ by less than WIDTH stand as one value with a count. The
 * entropy changes by less than 0.001 bits, and a thousandth of the work is left to a finger.
 */
import type { Reshape } from "./types";

const EXACT = 96; // codes of each patch that are kept as they are
const WIDTH = 1 / 32; // nats
const NEGLIGIBLE = 36;

export class Grouped {
  private values: number[] = []; // mean log-probability
  private counts: number[] = [];
  private starts: number[] = [0];

  constructor(spread: Float32Array, e: number, k: number) {
    for (let patch = 0; patch < e; patch++) {
      this.group(spread.subarray(patch * k, (patch + 1) * k));
      this.starts.push(this.values.length);
    }
  }

  /** The entropy in bits of every patch, reshaped. */
  entropies(how: Reshape): Float32Array {
    const out = new Float32Array(this.starts.length - 1);
    if (how.temperature === 0) return out;
    for (let patch = 0; patch < out.length; patch++) {
      out[patch] = this.entropy(this.starts[patch], this.starts[patch + 1], how);
    }
    return out;
  }

  private group(row: Float32Array): void {
    for (let i = 0; i < row.length; ) {
      const first = row[i];
      let sum = 0;
      let end = i;
      do sum += row[end++];
      while (i >= EXACT && end < row.length && first - row[end] < WIDTH);
      this.values.push(sum / (end - i));
      this.counts.push(end - i);
      i = end;
    }
  }

  private entropy(from: number, to: number, how: Reshape): number {
    const { temperature: T, top_p } = how;
    const top = this.values[from];
    const most = how.top_k ?? Infinity;
    const enough = top_p !== null && top_p < 1 ? top_p * this.total(from, to, T, most) : Infinity;
    let kept = 0;
    let total = 0;
    let weighed = 0;
    for (let i = from; i < to && kept < most && total < enough; i++) {
      const far = (this.values[i] - top) / T;
      if (!(far > -NEGLIGIBLE)) break;
      const share = Math.exp(far);
      const count = Math.min(this.counts[i], most - kept, Math.ceil((enough - total) / share));
      kept += count;
      total += count * share;
      weighed += count * share * far;
    }
    return Math.max(0, (Math.log(total) - weighed / total) / Math.LN2);
  }

  /** The sum of what top-k leaves, as shares of the likeliest. */
  private total(from: number, to: number, T: number, most: number): number {
    const top = this.values[from];
    let kept = 0;
    let total = 0;
    for (let i = from; i < to && kept < most; i++) {
      const far = (this.values[i] - top) / T;
      if (!(far > -NEGLIGIBLE)) break;
      const count = Math.min(this.counts[i], most - kept);
      kept += count;
      total += count * Math.exp(far);
    }
    return total;
  }
}
