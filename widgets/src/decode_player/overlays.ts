/**
 * What can be shown instead of the picture: one number for every patch, on a scale that never moves.
 */
import { amount, colour, signed, type Scale } from "../shared/colour";
import { canvas, pen } from "../shared/canvas";
import type { Numbers } from "./film";
import { Grouped } from "./grouped";
import type { Geometry, Overlay, Reshape } from "./types";

export const NAMES: Record<Overlay, string> = {
  picture: "picture",
  entropy: "entropy",
  filtered: "reshaped entropy",
  average: "against average",
  surprise: "surprise",
  rank: "rank",
  difference: "difference",
};

export const MEANINGS: Record<Overlay, string> = {
  picture: "Hatched patches are not drawn yet; at their edge the decoder sees a neutral code.",
  entropy: "How open the choice was before each code was drawn (guided, temperature 1).",
  filtered: "How open the choice is under the what-if settings.",
  average: "Entropy minus the held-out average of the same patch: purple is surer, brown more open than usual.",
  surprise: "How unlikely the code was that was drawn.",
  rank: "Where the code stood among all codes: 1 is the likeliest.",
  difference: "Where the codes of two pictures differ.",
};

export function scaleOf(overlay: Overlay, codes: number): Scale | null {
  const whole = Math.log2(codes);
  const bits = { low: 0, log: false, lut: amount, unit: "bits" };
  if (overlay === "entropy" || overlay === "filtered") {
    return { ...bits, high: whole, ticks: evenly(0, whole, 4) };
  }
  if (overlay === "surprise") {
    const ticks = [0, 4, 8, 12].map((at) => ({ at, label: String(at) }));
    return { ...bits, high: 16, ticks: [...ticks, { at: 16, label: "≥ 16" }] };
  }
  if (overlay === "average") {
    const ticks = [-6, -3, 0, 3, 6].map((at) => ({ at, label: at > 0 ? `+${at}` : String(at).replace("-", "−") }));
    return { low: -6, high: 6, log: false, lut: signed, unit: "bits", ticks };
  }
  if (overlay === "rank") {
    const ticks = [1, 10, 100, 1000, 10000].filter((at) => at <= codes / 10).map((at) => ({ at, label: at.toLocaleString("en") }));
    ticks.push({ at: codes, label: codes.toLocaleString("en") });
    return { low: 1, high: codes, log: true, lut: amount, unit: "", ticks };
  }
  return null;
}

function evenly(low: number, high: number, steps: number): { at: number; label: string }[] {
  return Array.from({ length: steps + 1 }, (_, i) => {
    const at = low + ((high - low) * i) / steps;
    return { at, label: Number.isInteger(at) ? String(at) : at.toFixed(1) };
  });
}

/** The number of every drawn patch, in the unit of the scale; null where it is not known. */
export function values(overlay: Overlay, numbers: Numbers, geometry: Geometry, how: Reshape): Float32Array | null {
  const { end, entropy, logProbability, rank, spread, k } = numbers;
  if (overlay === "entropy") return entropy.map((nats) => nats / Math.LN2);
  if (overlay === "surprise") return logProbability.map((nats) => -nats / Math.LN2);
  if (overlay === "rank") return Float32Array.from(rank, (place) => place + 1);
  if (overlay === "filtered" && spread) {
    numbers.grouped ??= new Grouped(spread, end, k);
    return numbers.grouped.entropies(how);
  }
  if (overlay === "average" && geometry.average) {
    const usual = geometry.average;
    return entropy.map((nats, patch) => nats / Math.LN2 - usual[patch]);
  }
  return null;
}

/** One pixel for every patch; it is scaled, without smoothing, where it is shown. */
export function paintMap(found: Float32Array, scale: Scale, geometry: Geometry): HTMLCanvasElement {
  const made = canvas(geometry.columns, geometry.rows);
  const image = new ImageData(geometry.columns, geometry.rows);
  found.forEach((value, patch) => {
    image.data.set([...colour(scale, value), 255], 4 * patch);
  });
  pen(made).putImageData(image, 0, 0);
  return made;
}
