/**
 * One picture as it was drawn: every step of it, and the numbers of every patch.
 *
 * A frame is the blank picture with a small crop painted for each patch, in the order in which they
 * were drawn. A copy is kept after every row of patches, so that any step is at most one row of
 * crops away, whichever way one scrubs.
 */
import { inflate, picture, typed } from "../shared/buffers";
import { canvas, pen } from "../shared/canvas";
import type { Grouped } from "./grouped";
import { decodeSpread } from "./spread";
import type { Geometry, Part } from "./types";
import { inAtlas, layout, windowAt, type Layout } from "./windows";

export interface Numbers {
  end: number;
  a: number;
  k: number;
  codes: Uint16Array;
  rank: Uint16Array;
  forced: Uint8Array;
  logProbability: Float32Array;
  entropy: Float32Array; // nats
  topCodes: Uint16Array;
  topLogProbability: Float32Array;
  spread: Float32Array | null; // [end, k]; null: it was left out
  grouped: Grouped | null; // the same, made when first needed
}

export interface Atlas extends Layout {
  image: ImageBitmap;
  first: number;
  steps: number; // how many crops (frames), or how many of one patch (choices)
  reach: number;
}

export class Film {
  readonly width: number;
  readonly height: number;
  readonly canvas: HTMLCanvasElement;
  picture: ImageBitmap | null = null;
  blank: ImageBitmap | null = null;
  numbers: Numbers | null = null;
  frames: Atlas | null = null;
  choices: Atlas | null = null;
  private pen: CanvasRenderingContext2D;
  private at = -1; // the step the canvas shows
  private kept = new Map<number, HTMLCanvasElement>();

  constructor(readonly id: string, readonly geometry: Geometry) {
    this.width = geometry.columns * geometry.patch;
    this.height = geometry.rows * geometry.patch;
    this.canvas = canvas(this.width, this.height);
    this.pen = pen(this.canvas);
  }

  get patches(): number {
    return this.geometry.rows * this.geometry.columns;
  }

  /** How many patches are drawn, as far as this film knows; null: nothing has come yet. */
  get end(): number | null {
    return this.numbers?.end ?? null;
  }

  async take(part: Part, header: any, buffers: DataView[]): Promise<void> {
    if (part === "picture") {
      [this.picture, this.blank] = await Promise.all([picture(buffers[0]), picture(buffers[1])]);
    } else if (part === "numbers") {
      this.numbers = await readNumbers(header, buffers);
    } else if (part === "frames") {
      const image = await picture(buffers[0]);
      this.frames = { image, ...layout(header), first: 0, steps: header.steps, reach: header.reach };
    } else if (part === "choices") {
      const image = await picture(buffers[0]);
      const { first = 0, top, margin } = header;
      this.choices = { image, ...layout(header), first, steps: top, reach: margin };
    }
    this.forget();
  }

  /** Paint the picture after `step` patches on `canvas`, if its crops are here. */
  paint(step: number): boolean {
    if (step === this.at) return true;
    const last = this.numbers?.end ?? this.frames?.steps ?? this.patches;
    if (this.picture && step >= last) this.restore(this.picture);
    else if (this.frames && this.blank) this.play(Math.min(step, this.frames.steps));
    else return this.coarse(step);
    this.at = step;
    return true;
  }

  /** Without crops there is only the beginning and the end. */
  private coarse(step: number): boolean {
    const image = step > 0 ? this.picture : this.blank;
    if (!image) return false;
    this.restore(image);
    this.at = step;
    return true;
  }

  private play(step: number): void {
    const row = this.geometry.columns;
    let from = this.at;
    const whole = step - (step % row);
    if (from < 0 || from > step || from < whole || this.atEnd(from)) {
      from = whole;
      while (from > 0 && !this.kept.has(from)) from -= row;
      this.restore(from > 0 ? this.kept.get(from)! : this.blank!);
    }
    for (let patch = from; patch < step; patch++) {
      this.crop(patch);
      if ((patch + 1) % row === 0) this.keep(patch + 1);
    }
  }

  /** At the end the canvas holds the final picture, from which nothing can be painted on. */
  private atEnd(step: number): boolean {
    return this.picture !== null && step >= (this.numbers?.end ?? this.frames!.steps);
  }

  private crop(patch: number): void {
    const { rows, columns, patch: side } = this.geometry;
    const atlas = this.frames!;
    const window = windowAt(patch, atlas.reach, rows, columns);
    const { x, y } = inAtlas(patch, atlas);
    const wide = window.columns * side;
    const high = window.rows * side;
    this.pen.drawImage(atlas.image, x, y, wide, high, window.column * side, window.row * side, wide, high);
  }

  private keep(step: number): void {
    if (this.kept.has(step)) return;
    const copy = canvas(this.width, this.height);
    pen(copy).drawImage(this.canvas, 0, 0);
    this.kept.set(step, copy);
  }

  private restore(image: CanvasImageSource): void {
    this.pen.drawImage(image, 0, 0, this.width, this.height);
  }

  private forget(): void {
    this.at = -1;
    this.kept.clear();
  }
}

async function readNumbers(header: any, buffers: DataView[]): Promise<Numbers> {
  const { end, a, k } = header;
  const stats = typed(buffers[3], Float32Array);
  return {
    end, a, k,
    grouped: null,
    codes: typed(buffers[0], Uint16Array),
    rank: typed(buffers[1], Uint16Array),
    forced: typed(buffers[2], Uint8Array),
    logProbability: stats.subarray(0, end),
    entropy: stats.subarray(end, 2 * end),
    topCodes: typed(buffers[4], Uint16Array),
    topLogProbability: typed(buffers[5], Float32Array),
    spread: header.spread === false || !buffers[6]?.byteLength
      ? null
      : decodeSpread(await inflate(buffers[6]), end, k),
  };
}
