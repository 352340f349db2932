/**
 * Where the codes of two pictures differ. The first flip is the only one nothing else explains:
 * every later patch was drawn after it, and may follow from it.
 */
import { at } from "./format";

export interface Difference {
  mask: Uint8Array; // 0 same, 1 differs, 2 the first that differs
  first: number; // -1: none
  differ: number;
  common: number; // patches that both have
}

export function difference(a: Uint16Array, b: Uint16Array): Difference {
  const common = Math.min(a.length, b.length);
  const mask = new Uint8Array(common);
  let first = -1;
  let differ = 0;
  for (let i = 0; i < common; i++) {
    if (a[i] === b[i]) continue;
    mask[i] = first < 0 ? 2 : 1;
    if (first < 0) first = i;
    differ++;
  }
  return { mask, first, differ, common };
}

export function sentence(found: Difference, columns: number): string {
  if (found.first < 0) return `No difference: all ${found.common} codes are the same.`;
  return (
    `First flip at ${at(found.first, columns)}; ${found.differ} of ${found.common} patches ` +
    `differ; everything after it may follow from it.`
  );
}
