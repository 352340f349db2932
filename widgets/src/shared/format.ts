/**
 * Numbers as people read them.
 */

/** A share as a percentage with two significant digits: 37 %, 4.2 %, 0.031 %, < 0.001 %. */
export function percent(share: number): string {
  const value = 100 * share;
  if (!(value > 0)) return "0 %";
  if (value >= 99.95) return "100 %";
  if (value >= 10) return `${value.toFixed(1)} %`;
  if (value < 0.001) return "< 0.001 %";
  return `${value.toFixed(Math.min(5, 1 - Math.floor(Math.log10(value))))} %`;
}

export function bits(value: number): string {
  return `${(Math.abs(value) < 0.005 ? 0 : value).toFixed(2)} bits`;
}

/** A share that may be negative, with its sign: +4.2 %, −0.31 %. */
export function signedPercent(share: number): string {
  const size = percent(Math.abs(share));
  return size === "0 %" ? size : `${share < 0 ? "−" : "+"}${size}`;
}

/** A gain or loss of bits, with its sign: +1.20 bits, −0.03 bits. */
export function signedBits(value: number): string {
  const size = Math.abs(value) >= 99.95 ? Math.abs(value).toFixed(0) : Math.abs(value).toFixed(Math.abs(value) >= 9.995 ? 1 : 2);
  if (Number(size) === 0) return "0.00 bits";
  return `${value < 0 ? "−" : "+"}${size} bits`;
}

/** 3725 as "3,725". */
export function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

export function seconds(value: number): string {
  if (value < 1) return "less than a second left";
  if (value < 90) return `${Math.round(value)} s left`;
  return `${Math.round(value / 60)} min left`;
}

/** "row 5, column 8", counted from 0, as in Python and in the printed figures. */
export function at(patch: number, columns: number): string {
  return `row ${Math.floor(patch / columns)}, column ${patch % columns}`;
}
