/**
 * The colour scales: each the same for all words, heads, patches and pictures, and in the printed
 * figures (dalle_explore/figures/maps.py; a test compares them).
 *
 * Shares and bits are small nearly everywhere, so shares are spaced by cube roots and bits by square
 * roots, on both sides of 0. The ends are fixed; ticks say where numbers lie.
 */
import { amount, signed, type Scale } from "../shared/colour";

export const share: Scale = {
  low: 0, high: 0.5, log: false, power: 1 / 3, lut: amount, unit: "",
  ticks: [0, 0.001, 0.01, 0.05, 0.2, 0.5].map((at) => ({ at, label: at === 0.5 ? "≥ 50 %" : String(100 * at) })),
};

export const signedShare: Scale = {
  low: -0.5, high: 0.5, log: false, power: 1 / 3, lut: signed, unit: "",
  ticks: [-0.5, -0.05, 0, 0.05, 0.5].map((at) => ({ at, label: written(100 * at, 50, " %") })),
};

export const bits: Scale = {
  low: -8, high: 8, log: false, power: 1 / 2, lut: signed, unit: "bits",
  ticks: [-8, -4, -1, 0, 1, 4, 8].map((at) => ({ at, label: written(at, 8) })),
};

/** Bits of a whole picture: of as many patches as it has. */
export function bitsOf(patches: number): Scale {
  return { ...bits, low: -patches, high: patches, ticks: [] };
}

function written(value: number, end: number, unit = ""): string {
  if (!value) return "0";
  const size = `${value < 0 ? "−" : "+"}${Math.abs(value)}`;
  if (Math.abs(value) !== end) return size;
  return value < 0 ? `≤ ${size}` : `≥ ${size}${unit}`;
}
