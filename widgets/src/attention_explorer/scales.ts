/**
 * The colour scales: each the same for all words, heads, patches and pictures.
 *
 * A word's share at a patch is often below 1 %, and a neighbour's above 10 %: so shares are shown by
 * their logarithm, three decades of it, and numbers with a sign by their square root, both ways from
 * 0. The ends are fixed; ticks say where numbers lie.
 */
import { amount, signed, type Scale } from "../shared/colour";

const BITS = [-8, -4, -1, 0, 1, 4, 8];

export const share: Scale = {
  low: 0.0005, high: 0.5, log: true, lut: amount, unit: "",
  ticks: [{ at: 0.0005, label: "≤ 0.05" }, { at: 0.005, label: "0.5" }, { at: 0.05, label: "5" }, { at: 0.5, label: "≥ 50 %" }],
};

export const signedShare: Scale = {
  low: -0.5, high: 0.5, log: false, root: true, lut: signed, unit: "",
  ticks: [-0.5, -0.1, 0, 0.1, 0.5].map((at) => ({ at, label: Math.abs(at) === 0.5 ? `${end(at)}50${at > 0 ? " %" : ""}` : at ? `${sign(at)}${Math.abs(100 * at)}` : "0" })),
};

export const bits: Scale = {
  low: -8, high: 8, log: false, root: true, lut: signed, unit: "bits",
  ticks: BITS.map((at) => ({ at, label: Math.abs(at) === 8 ? `${end(at)}8` : at ? `${sign(at)}${Math.abs(at)}` : "0" })),
};

/** Bits of a whole picture: of as many patches as it has. */
export function bitsOf(patches: number): Scale {
  return { ...bits, low: -patches, high: patches, ticks: [] };
}

/** Bits of the logit lens: how far a layer's answer is from the last one's. */
export const far: Scale = {
  low: 0, high: 16, log: false, root: true, lut: amount, unit: "bits",
  ticks: [0, 1, 4, 16].map((at) => ({ at, label: at === 16 ? "≥ 16" : String(at) })),
};

function sign(value: number): string {
  return value < 0 ? "−" : "+";
}

function end(value: number): string {
  return value < 0 ? "≤ −" : "≥ +";
}
