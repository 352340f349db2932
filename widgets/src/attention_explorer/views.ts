/**
 * The numbers that are shown of every picture, made when what they depend on changes, and kept.
 */
import { canvas, pen } from "../shared/canvas";
import { index, type Scale } from "../shared/colour";
import type { Store } from "../shared/model";
import { combine, combineEarlier, means, start } from "./combine";
import type { Subject } from "./hand";
import type { Parts } from "./parts";
import { bits as bitScale, share as shareScale, signedShare } from "./scales";
import type { By, State } from "./types";

export const VEIL = 0.76; // how much of a map's colour covers the grey picture

export interface Shares {
  all: Float32Array; // [c p]
  means: Float32Array; // [c]
  words: number;
  patches: number;
}

export interface Bits {
  all: Float32Array; // [rows p]: words, and perhaps the padding
  sums: Float32Array; // [rows]
  words: number; // without the padding
  patches: number;
}

/** One map: a number for every patch as far as `end`, and its colours, one pixel a patch. */
export interface PatchMap {
  values: Float32Array;
  end: number;
  scale: Scale;
  image: HTMLCanvasElement;
}

export class Views {
  private shares_ = new Map<string, Shares>();
  private earlier_ = new Map<string, Float32Array>();
  private bits_ = new Map<string, Bits>();
  private images = new Map<string, PatchMap>();
  private moving = new Map<string, HTMLCanvasElement>(); // of the patch in hand

  constructor(private store: Store<State>, private parts: Parts) {
    // First of all listeners: those that draw afterwards find nothing stale, and nothing to wait for.
    store.on(["by", "picks"], () => {
      this.shares_.clear();
      this.earlier_.clear();
      this.images.clear();
      this.ready();
    });
    store.on(["mode"], () => this.images.clear());
    store.on(["geometry", "pictures"], () => this.images.clear());
    parts.on((id, part) => {
      this.forget(id);
      if (part === "looks" || part === "earlier") this.ready();
    });
  }

  /** What the chosen heads read, together. */
  shares(id: string): Shares | null {
    const known = this.shares_.get(id);
    if (known) return known;
    const looks = this.parts.get(id)?.looks;
    if (!looks) return null;
    const all = combine(looks, this.store.get("by"), this.store.get("picks"));
    const made = { all, means: means(all, looks.patches), words: looks.columns - 3, patches: looks.patches };
    this.shares_.set(id, made);
    return made;
  }

  /** Bits that every patch loses with each word, in the mode that is chosen. */
  bits(id: string): Bits | null {
    const mode = this.store.get("mode");
    const known = this.bits_.get(`${id} ${mode}`);
    if (known) return known;
    const depends = this.parts.get(id)?.depends;
    const all = depends?.bits[mode];
    if (!depends || !all) return null;
    const patches = all.length / depends.rows;
    const sums = means(all, patches).map((mean) => mean * patches);
    const made = { all, sums, patches, words: depends.rows - Number(depends.padding) };
    this.bits_.set(`${id} ${mode}`, made);
    return made;
  }

  /** Which way of looking the map of a patch shows: signed shares are not kept for patches. */
  get byOfPatches(): "contribution" | "attention" {
    return this.store.get("by") === "attention" ? "attention" : "contribution";
  }

  scale(subject: Subject): Scale {
    if (this.store.get("tab") === "depends") return bitScale;
    return this.store.get("by") === "signed" && subject.kind !== "patch" ? signedShare : shareScale;
  }

  map(id: string, subject: Subject): PatchMap | null {
    if (subject.kind === "patch") return this.ofPatch(id, subject.patch);
    const key = [id, this.store.get("tab"), subject.kind === "word" ? subject.word : "all"].join();
    const known = this.images.get(key);
    if (known) return known;
    const values = this.store.get("tab") === "looks" ? this.sharesOf(id, subject) : this.bitsOf(id, subject);
    if (!values) return null;
    const { rows, columns } = this.store.get("geometry");
    const image = canvas(columns, rows);
    const made = { values, end: values.length, scale: this.scale(subject), image };
    paint(image, values, values.length, made.scale);
    this.images.set(key, made);
    return made;
  }

  private ofPatch(id: string, patch: number): PatchMap | null {
    const all = this.earlier(id);
    if (!all) return null;
    const values = all.subarray(start(patch), start(patch + 1));
    const { rows, columns } = this.store.get("geometry");
    if (!this.moving.has(id)) this.moving.set(id, canvas(columns, rows));
    const image = this.moving.get(id)!;
    paint(image, values, patch, shareScale);
    return { values, end: patch, scale: shareScale, image };
  }

  private earlier(id: string): Float32Array | null {
    const known = this.earlier_.get(id);
    if (known) return known;
    const held = this.parts.get(id)?.earlier;
    if (!held) return null;
    const { layers, rows, columns } = this.store.get("geometry");
    const made = combineEarlier(held, this.byOfPatches, this.store.get("picks"), layers, rows * columns);
    this.earlier_.set(id, made);
    return made;
  }

  private sharesOf(id: string, subject: Subject): Float32Array | null {
    const found = this.shares(id);
    if (!found) return null;
    const { all, words, patches } = found;
    if (subject.kind === "word") return all.subarray(subject.word * patches, (subject.word + 1) * patches);
    const out = new Float32Array(patches);
    for (let i = 0; i < words * patches; i++) out[i % patches] += all[i];
    return out;
  }

  /** Of all words: the one without which a patch loses most, as losses do not add up. */
  private bitsOf(id: string, subject: Subject): Float32Array | null {
    const found = this.bits(id);
    if (!found) return null;
    const { all, patches, words } = found;
    if (subject.kind === "word") return all.subarray(subject.word * patches, (subject.word + 1) * patches);
    const out = new Float32Array(patches).fill(NaN);
    for (let i = 0; i < words * patches; i++) if (!(all[i] <= out[i % patches]) && !Number.isNaN(all[i])) out[i % patches] = all[i];
    return out;
  }

  /** Have at hand what the pointer will ask for. */
  private ready(): void {
    for (const { id } of this.parts.shown()) {
      this.shares(id);
      this.earlier(id);
    }
  }

  private forget(id: string): void {
    this.shares_.delete(id);
    this.earlier_.delete(id);
    for (const key of [...this.bits_.keys()]) if (key.startsWith(`${id} `)) this.bits_.delete(key);
    for (const key of [...this.images.keys()]) if (key.startsWith(`${id},`)) this.images.delete(key);
  }
}

/** Paint one pixel a patch, as far as `end`; what is not a number stays clear. */
export function paint(image: HTMLCanvasElement, values: Float32Array, end: number, scale: Scale, alpha = VEIL): void {
  const context = pen(image);
  const pixels = context.createImageData(image.width, image.height);
  const { data } = pixels;
  const opaque = Math.round(255 * alpha);
  for (let patch = 0; patch < end; patch++) {
    if (Number.isNaN(values[patch])) continue;
    const from = 3 * index(scale, values[patch]);
    const to = 4 * patch;
    data[to] = scale.lut[from];
    data[to + 1] = scale.lut[from + 1];
    data[to + 2] = scale.lut[from + 2];
    data[to + 3] = opaque;
  }
  context.putImageData(pixels, 0, 0);
}

/** What is meant, in words, by the quantity of a map. */
export function nameOf(by: By): string {
  return by === "signed" ? "signed contribution" : by;
}
