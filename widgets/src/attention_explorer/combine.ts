/**
 * One map out of many heads: the mean of attention; of contributions, each head by what it brings.
 */
import type { Earlier, Looks, Twin } from "./data";
import type { By, Head } from "./types";

const SQUARE = Float32Array.from({ length: 256 }, (_, byte) => (byte / 255) ** 2);
const SIGNED = Float32Array.from({ length: 256 }, (_, byte) => {
  const value = byte > 127 ? byte - 256 : byte;
  return Math.sign(value) * (value / 127) ** 2;
});

/** The chosen heads as numbers, layer major; none chosen means all. */
export function chosen(picks: Head[], layers: number, heads: number): number[] {
  if (!picks.length) return Array.from({ length: layers * heads }, (_, i) => i);
  return picks.map(([layer, head]) => layer * heads + head).filter((i) => i >= 0 && i < layers * heads);
}

/** Shares [c p] of what the chosen heads read; each patch's sum is 1. */
export function combine(looks: Looks, by: By, picks: Head[]): Float32Array {
  const { columns: c, patches: p } = looks;
  const heads = chosen(picks, looks.layers, looks.heads);
  const out = new Float32Array(c * p);
  const total = new Float32Array(p);
  const source = by === "signed" ? new Uint8Array(looks.signed.buffer, looks.signed.byteOffset, looks.signed.length) : looks[by];
  const table = by === "signed" ? SIGNED : SQUARE;
  const weights = by === "attention" ? null : by === "signed" ? looks.signedWeight : looks.weight;
  const weight = new Float32Array(p).fill(1);
  for (const head of heads) {
    if (weights) weight.set(weights.subarray(head * p, (head + 1) * p));
    for (let patch = 0; patch < p; patch++) total[patch] += weight[patch];
    let from = head * c * p;
    for (let column = 0, to = 0; column < c; column++) {
      for (let patch = 0; patch < p; patch++) out[to++] += weight[patch] * table[source[from++]];
    }
  }
  if (by !== "signed") sums(out, c, p, total);
  for (let i = 0; i < out.length; i++) out[i] = total[i % p] > 0 ? out[i] / total[i % p] : 0;
  return out;
}

/** What the parts of a patch add up to: roots in bytes are rounded, and shares of 1 shall sum to 1. */
function sums(shares: Float32Array, c: number, p: number, into: Float32Array): void {
  into.fill(0);
  for (let column = 0, i = 0; column < c; column++) {
    for (let patch = 0; patch < p; patch++) into[patch] += shares[i++];
  }
}

/** Shares [c p] of the twin with other weights, over all of its heads. */
export function ofTwin(twin: Twin, by: By): Float32Array {
  return Float32Array.from(by === "attention" ? twin.attention : twin.contribution, (byte) => SQUARE[byte]);
}

/** The mean over the patches of each column of shares [c p]. */
export function means(shares: Float32Array, patches: number): Float32Array {
  const out = new Float32Array(shares.length / patches);
  for (let i = 0; i < shares.length; i++) out[Math.floor(i / patches)] += shares[i] / patches;
  return out;
}

/** Where the numbers of patch i begin among those of patches 0, 1, 2, ... */
export function start(patch: number): number {
  return (patch * Math.max(0, patch - 1)) / 2;
}

/**
 * Shares [p(p-1)/2] of every patch's earlier patches, over the layers of the chosen heads: each layer as
 * often as heads of it are chosen, because within a layer only the mean of its heads is kept.
 */
export function combineEarlier(
  earlier: Earlier, by: "attention" | "contribution", picks: Head[], layers: number, patches: number,
): Float32Array {
  const size = start(patches);
  const out = new Float32Array(size);
  const often = new Float32Array(layers).fill(picks.length ? 0 : 1);
  for (const [layer] of picks) if (layer < layers) often[layer]++;
  const total = new Float32Array(patches);
  for (let layer = 0; layer < layers; layer++) {
    if (!often[layer]) continue;
    let from = layer * size;
    for (let patch = 0, to = 0; patch < patches; patch++) {
      const weight = often[layer] * (by === "attention" ? 1 : earlier.weight[layer * patches + patch]);
      total[patch] += weight;
      for (let source = 0; source < patch; source++) out[to++] += weight * SQUARE[earlier[by][from++]];
    }
  }
  for (let patch = 0, i = 0; patch < patches; patch++) {
    for (let source = 0; source < patch; source++, i++) out[i] = total[patch] > 0 ? out[i] / total[patch] : 0;
  }
  return out;
}

/** What one head read of some columns at one patch. */
export function ofHeadAt(looks: Looks, by: By, head: number, columns: number[], patch: number): number {
  const { columns: c, patches: p } = looks;
  const of = (column: number) => {
    const at = (head * c + column) * p + patch;
    return by === "signed" ? SIGNED[looks.signed[at] & 255] : SQUARE[looks[by][at]];
  };
  return columns.reduce((sum, column) => sum + of(column), 0);
}

/** One head's map of some columns together, [p]; for the overview. */
export function ofHead(looks: Looks, by: By, head: number, columns: number[]): Float32Array {
  const { columns: c, patches: p } = looks;
  const out = new Float32Array(p);
  for (const column of columns) {
    const from = (head * c + column) * p;
    for (let patch = 0; patch < p; patch++) {
      out[patch] += by === "signed" ? SIGNED[looks.signed[from + patch] & 255] : SQUARE[looks[by][from + patch]];
    }
  }
  return out;
}
