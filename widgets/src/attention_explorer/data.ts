/**
 * The parts of a picture as numbers: bytes of the Python half, decoded once.
 *
 * Letters: l layers, h heads, w words, c columns (words, start, pad, earlier patches), p patches.
 */
import { fromHalf } from "../shared/half";
import { inflate, picture as bitmap, typed } from "../shared/buffers";
import type { Mode, Part } from "./types";

/** What every head read when it predicted every patch, as it travels: squares of bytes. */
export interface Looks {
  layers: number;
  heads: number;
  columns: number;
  patches: number;
  attention: Uint8Array; // [l h c p]: 255 times the root of the share
  contribution: Uint8Array;
  signed: Int8Array; // [l h c p]: 127 times the root, with its sign
  weight: Float32Array; // [l h p]: what a head brings at a patch, for adding up contributions
  signedWeight: Float32Array;
}

/** Patches reading earlier patches: for patch i the i numbers of the patches before it. */
export interface Earlier {
  attention: Uint8Array; // [l p(p-1)/2]
  contribution: Uint8Array;
  weight: Float32Array; // [l p]
}

/** Rows: every word, and perhaps the padding after them, where copies of words may stand. */
export interface Depends {
  modes: Mode[];
  rows: number;
  padding: boolean;
  replaced: string[][];
  bits: Partial<Record<Mode, Float32Array>>; // [rows p]
}

export interface Lens {
  names: string[];
  kl: number[]; // bits, mean over the patches, of every layer
  images: ImageBitmap[];
  bits: Float32Array; // [l p]
}

export interface Twin {
  attention: Uint8Array; // [c p]
  contribution: Uint8Array;
  correlation: Record<string, number | null>;
}

export interface Heads {
  effect: { kind: string; bits: (number | null)[] } | null;
  text: (number | null)[]; // [l h], as all that follow; null: there is no such number
  earlier: (number | null)[];
  entropy: (number | null)[];
  distance: (number | null)[];
  push: (number | null)[];
}

export interface Agreement {
  places: number[]; // of the words that were scored
  scores: Record<string, number[]>;
  correlations: [names: string[], matrix: (number | null)[][]];
  disagree: boolean;
  top: Record<string, number>; // by instrument the first word
}

/** Bits lost as words go one after another, in the order of an instrument or of chance. */
export interface Deletion {
  steps: number[];
  top: number[];
  knockout?: number[];
  random: number[];
}

/** One picture: what has come of it. */
export class Data {
  picture: ImageBitmap | null = null;
  codes: Uint16Array | null = null;
  looks: Looks | null = null;
  earlier: Earlier | null = null;
  depends: Depends | null = null;
  lens: Lens | null = null;
  twin: Twin | null = null;
  heads: Heads | null = null;
  agreement: Agreement | null = null;
  deletion: Deletion | null = null;
  /** Why a part cannot be made, in a sentence. */
  refused: Partial<Record<Part, string>> = {};

  async take(part: Part, header: any, given: DataView[]): Promise<void> {
    if (typeof header.refused === "string") {
      this.refused[part] = header.refused;
      return;
    }
    delete this.refused[part];
    const buffers = header.packed ? await Promise.all(given.map(unpacked)) : given;
    if (part === "picture") {
      this.picture = await bitmap(buffers[0]);
      this.codes = buffers[1]?.byteLength ? typed(buffers[1], Uint16Array) : null;
    } else if (part === "looks") this.looks = looks(header, buffers);
    else if (part === "earlier") {
      this.earlier = { attention: typed(buffers[0], Uint8Array), contribution: typed(buffers[1], Uint8Array), weight: fromHalf(buffers[2]) };
    } else if (part === "depends") {
      const found = header.modes.map((mode: Mode, i: number) => [mode, fromHalf(buffers[i])]);
      const { modes, rows, padding = false, replaced = [] } = header;
      this.depends = { modes, rows, padding, replaced, bits: Object.fromEntries(found) };
    } else if (part === "lens") {
      const images = await Promise.all(buffers.slice(0, -1).map(bitmap));
      this.lens = { names: header.names ?? [], kl: header.kl, images, bits: fromHalf(buffers[buffers.length - 1]) };
    } else if (part === "twin") {
      this.twin = { attention: typed(buffers[0], Uint8Array), contribution: typed(buffers[1], Uint8Array), correlation: header.correlation };
    } else if (part === "heads") this.heads = header;
    else if (part === "agreement") this.agreement = header;
    else if (part === "deletion") this.deletion = header;
  }
}

async function unpacked(view: DataView): Promise<DataView> {
  return new DataView((await inflate(view)).buffer);
}

function looks(header: any, buffers: DataView[]): Looks {
  const { layers, heads, columns_w: columns, patches } = header;
  const found = {
    layers, heads, columns, patches,
    attention: typed(buffers[0], Uint8Array),
    contribution: typed(buffers[1], Uint8Array),
    signed: typed(buffers[2], Int8Array),
    weight: fromHalf(buffers[3]),
    signedWeight: fromHalf(buffers[4]),
  };
  const size = layers * heads * columns * patches;
  if (found.contribution.length !== size) {
    throw new Error(`${found.contribution.length} bytes are not ${layers} x ${heads} x ${columns} x ${patches}`);
  }
  return found;
}
