/**
 * Axes and lines: pure functions of numbers, in CSS pixels.
 */

export type Point = [number, number];

/** From values to pixels and back, along a line. */
export class Scale {
  constructor(readonly low: number, readonly high: number, readonly from: number, readonly to: number) {}

  at(value: number): number {
    const along = this.high > this.low ? (value - this.low) / (this.high - this.low) : 0.5;
    return this.from + along * (this.to - this.from);
  }

  value(pixel: number): number {
    const along = Math.min(1, Math.max(0, (pixel - this.from) / (this.to - this.from)));
    return this.low + along * (this.high - this.low);
  }
}

/** Round numbers from low to high, at most `most` of them. */
export function ticks(low: number, high: number, most: number): number[] {
  if (!(high > low)) return [low];
  const raw = (high - low) / Math.max(1, most);
  const ten = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 5, 10].find((one) => one * ten >= raw * (1 - 1e-9)) ?? 10) * ten;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  // As many digits as the step has: 3 times 0.1 is 0.3, not 0.30000000000000004.
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toFixed(digits)));
}

export function path(points: Point[]): string {
  return points.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
}

/** A closed area between a line and another one, or a height. */
export function area(points: Point[], other: Point[] | number): string {
  if (!points.length) return "";
  const back: Point[] = typeof other === "number"
    ? [[points[points.length - 1][0], other], [points[0][0], other]]
    : [...other].reverse();
  return `${path([...points, ...back])}Z`;
}

/** Corners of the steps of a distribution, in shares: from one end of the axis to the other. */
export function stairs(rising: number[], low: number, high: number): Point[] {
  const out: Point[] = [[low, 0]];
  rising.forEach((value, i) => {
    out.push([value, i / rising.length], [value, (i + 1) / rising.length]);
  });
  out.push([high, 1]);
  return out;
}

/** Heights as near as can be to those wanted, at least `gap` apart and within the ends. */
export function apart(wanted: number[], gap: number, low: number, high: number): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a] - wanted[b]);
  const placed = order.map((i) => wanted[i]);
  for (let i = 0; i < placed.length; i++) placed[i] = Math.max(placed[i], i ? placed[i - 1] + gap : low);
  for (let i = placed.length - 1; i >= 0; i--) placed[i] = Math.min(placed[i], i < placed.length - 1 ? placed[i + 1] - gap : high);
  const out: number[] = [];
  order.forEach((i, place) => (out[i] = placed[place]));
  return out;
}

/** Runs of a line without its gaps. */
export function runs(values: (number | null)[]): [number, number][] {
  const out: [number, number][] = [];
  values.forEach((value, i) => {
    if (value === null) return;
    const last = out[out.length - 1];
    if (last && last[1] === i - 1) last[1] = i;
    else out.push([i, i]);
  });
  return out;
}
