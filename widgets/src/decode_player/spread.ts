/**
 * The sorted distribution of every patch, as it travels: fp16 in two byte planes of differences.
 *
 * -log p rises along the sorted codes, and so do the bit patterns of fp16 numbers that are not
 * negative. Differences of patterns are small, and small numbers in planes of bytes pack well.
 */
import { HALF } from "../shared/half";

/** Decode the inflated bytes to log-probabilities [e, k], likeliest first. */
export function decodeSpread(raw: Uint8Array, e: number, k: number): Float32Array {
  const n = e * k;
  if (raw.length !== 2 * n) throw new Error(`a spread of ${raw.length} bytes is not ${e} x ${k}`);
  const out = new Float32Array(n);
  for (let patch = 0, i = 0; patch < e; patch++) {
    let pattern = 0;
    for (let code = 0; code < k; code++, i++) {
      pattern = (pattern + raw[i] + (raw[n + i] << 8)) & 0xffff;
      out[i] = -HALF[pattern & 0x7fff];
    }
  }
  return out;
}
