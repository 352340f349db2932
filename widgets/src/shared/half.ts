/**
 * Numbers of 16 bits, as they travel: browsers have had no arrays of them for long.
 */
import { typed } from "./buffers";

/** Every fp16 number without a sign, by its pattern. */
export const HALF = halves();

function halves(): Float32Array {
  const table = new Float32Array(0x8000);
  for (let pattern = 0; pattern < 0x8000; pattern++) {
    const exponent = pattern >> 10;
    const fraction = pattern & 0x3ff;
    if (exponent === 31) table[pattern] = fraction ? NaN : Infinity;
    else if (exponent === 0) table[pattern] = fraction * 2 ** -24;
    else table[pattern] = (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
  return table;
}

export function fromHalf(view: DataView): Float32Array {
  return Float32Array.from(typed(view, Uint16Array), (bits) => (bits & 0x8000 ? -HALF[bits & 0x7fff] : HALF[bits]));
}
