/**
 * Colour scales: fixed ends, never fitted to what is shown, safe for colour-blind readers.
 *
 * The same as in the printed figures (dalle_explore/figures/maps.py; a test compares them): from
 * paper to a dark brown for amounts, and ColorBrewer's PuOr (Harrower and Brewer, 2003), purple
 * over white to brown, for signed amounts.
 */

export type Rgb = [number, number, number];

export interface Scale {
  low: number;
  high: number;
  log: boolean;
  power?: number; // of values, on both sides of 0: 1/2 and 1/3 tell small ones apart
  lut: Uint8Array; // 256 colours, 3 bytes each
  unit: string;
  ticks: { at: number; label: string }[];
}

const AMOUNT = ["fbf8f0", "fce4b4", "f8b85f", "e27d1e", "a94d0a", "5c2a08"];
const SIGNED = [
  "2d004b", "542788", "8073ac", "b2abd2", "d8daeb", "f7f7f7", "fee0b6", "fdb863", "e08214", "b35806", "7f3b08",
];

/** 256 colours through some, equally far apart, as matplotlib mixes them. */
function through(stops: string[]): Uint8Array {
  const colours = stops.map((hex) => [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16)));
  const lut = new Uint8Array(768);
  for (let i = 0; i < 256; i++) {
    const along = (i / 255) * (stops.length - 1);
    const first = Math.min(Math.floor(along), stops.length - 2);
    for (let c = 0; c < 3; c++) {
      const [low, high] = [colours[first][c], colours[first + 1][c]];
      lut[3 * i + c] = Math.round(low + (high - low) * (along - first));
    }
  }
  return lut;
}

export const amount = through(AMOUNT);
export const signed = through(SIGNED);

/** Index 0..255 of a value on a scale; values beyond an end take the colour of that end. */
export function index(scale: Scale, value: number): number {
  const bend = (x: number) => (scale.power ? Math.sign(x) * Math.abs(x) ** scale.power : x);
  const place = scale.log
    ? Math.log(Math.max(value, scale.low) / scale.low) / Math.log(scale.high / scale.low)
    : (bend(value) - bend(scale.low)) / (bend(scale.high) - bend(scale.low));
  return Math.round(255 * Math.min(1, Math.max(0, Number.isFinite(place) ? place : 0)));
}

export function colour(scale: Scale, value: number): Rgb {
  const i = 3 * index(scale, value);
  return [scale.lut[i], scale.lut[i + 1], scale.lut[i + 2]];
}

/** Where a value lies along a legend, 0 to 1. */
export function place(scale: Scale, value: number): number {
  return index(scale, value) / 255;
}

/** Black or white, whichever reads better on a colour. */
export function contrast([r, g, b]: Rgb): string {
  return 0.299 * r + 0.587 * g + 0.114 * b > 140 ? "#1f1c18" : "#ffffff";
}
