/**
 * All that is known of the codebook: asks the kernel for what is lacking, takes it in as it comes.
 * The byte layout is written by dalle_explore/widgets/codebook_parts.py; little-endian.
 */
import { bytes, picture, typed } from "../shared/buffers";
import { canvas, pen, rgbImage } from "../shared/canvas";
import type { Message, Store } from "../shared/model";
import { ordered, ranksOf } from "./order";
import type { State } from "./types";

export interface Crop {
  index: number; // of the training example
  caption: string;
  patch: [number, number];
  at: [number, number]; // of the patch within the crop
  image: ImageBitmap;
  x: number; // where it begins in the image
}

export interface Near {
  code: number;
  distance: number;
  crop: Crop | null;
}

export interface Entry {
  code: number;
  typical: number;
  side: number; // pixels of a crop
  crops: Crop[];
  near: Near[];
  whole: boolean; // false: only what all codes of a page have
}

type News = "usage" | "tiles" | "order" | "entry" | "pixels" | "start";

const ENTRY_AFTER_MS = 90; // arrows held down pass over codes that nobody reads

export class Book {
  counts: Uint32Array | null = null;
  ranks: Uint32Array | null = null;
  tiles: HTMLCanvasElement; // all, in rows of `across`, where they are made
  readonly across: number;
  now: HTMLCanvasElement | null = null; // the picture that is painted on
  start: HTMLCanvasElement | null = null;
  answered = 0; // the last message of a stroke whose pixels are here
  private made: Uint8Array;
  private colours: Uint16Array | null = null;
  private near: { n: number; most: number; codes: Uint16Array; away: Uint16Array; typical: Uint16Array } | null = null;
  private entries = new Map<number, Entry>();
  private listeners: ((news: News) => void)[] = [];
  private queue: Promise<void> = Promise.resolve();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private order: { key: string; codes: number[]; places: Map<number, number> } | null = null;

  constructor(private store: Store<State>) {
    const { codes, patch } = store.get("geometry");
    this.across = Math.ceil(Math.sqrt(codes));
    this.tiles = canvas(this.across * patch, Math.ceil(codes / this.across) * patch);
    this.made = new Uint8Array(codes);
    store.onMessage((message, buffers) => {
      if (message.kind === "part") this.later(message, buffers);
    });
    store.on(["selected"], () => this.want());
    this.unpack();
    for (const part of ["usage", "tiles", "picture", "start"]) this.ask(part);
    this.want();
    store.signal.addEventListener("abort", () => clearTimeout(this.timer));
  }

  on(listener: (news: News) => void): void {
    this.listeners.push(listener);
  }

  has(code: number): boolean {
    return this.made[code] === 1;
  }

  /** Whether some tiles are here: the others are being made, or that was stopped. */
  get begun(): boolean {
    return this.made.includes(1);
  }

  /** Whether a code never occurs where codes were counted. */
  dead(code: number): boolean {
    return this.counts !== null && this.counts[code] === 0;
  }

  /** Where the tile of a code begins, in pixels of `tiles`. */
  corner(code: number): [number, number] {
    const { patch } = this.store.get("geometry");
    return [(code % this.across) * patch, Math.floor(code / this.across) * patch];
  }

  /** What is known of a code; of those that do not travel with a page, which codes are like it. */
  entry(code: number): Entry | null {
    const found = this.entries.get(code);
    if (found || !this.near || code < 0) return found ?? null;
    const { n, most, codes, away, typical } = this.near;
    const near = Array.from({ length: n }, (_, i) => ({ code: codes[code * n + i], distance: (away[code * n + i] / 65535) * most, crop: null }));
    return { code, typical: (typical[code] / 65535) * most, side: 0, crops: [], near, whole: false };
  }

  /** The codes of the sheet, in their order. */
  sheet(): number[] {
    return this.sorted().codes;
  }

  /** Where a code stands in that order; -1: nowhere. */
  place(code: number): number {
    return this.sorted().places.get(code) ?? -1;
  }

  /** Whether the sheet stands in the order that was asked for. */
  get settled(): boolean {
    const sort = this.store.get("sort");
    return sort === "number" || (sort === "usage" ? this.counts : this.colours) !== null;
  }

  /** Ask for tiles once more: the making of them can be stopped. */
  goOn(): void {
    this.ask("tiles");
  }

  private sorted() {
    const sort = this.store.get("sort");
    const key = `${sort} ${this.settled}`;
    if (this.order?.key !== key) {
      const only = this.store.get("about").only;
      const codes = ordered(this.store.get("geometry").codes, sort, this.counts, this.colours, only);
      this.order = { key, codes, places: new Map(codes.map((code, place) => [code, place])) };
    }
    return this.order;
  }

  private ask(part: string, more: object = {}): void {
    if (this.store.get("alive")) this.store.send({ kind: "part", part, ...more });
  }

  private want(): void {
    clearTimeout(this.timer);
    const code = this.store.get("selected");
    if (code < 0 || this.entries.has(code) || !this.store.get("alive")) return;
    this.timer = setTimeout(() => this.ask("entry", { code }), ENTRY_AFTER_MS);
  }

  private unpack(): void {
    for (const [name, part] of Object.entries(this.store.get("embedded") ?? {})) {
      this.later({ kind: "part", part: name.split(" ")[0], header: part.header }, part.buffers);
    }
  }

  private later(message: Message, buffers: DataView[]): void {
    this.queue = this.queue.then(() => this.take(message, buffers)).catch((error) => {
      this.store.set("notice", `A part of the codebook could not be read: ${error.message}`);
    });
  }

  private async take({ part, header }: Message, buffers: DataView[]): Promise<void> {
    if (part === "usage") this.takeUsage(buffers);
    else if (part === "tiles") await this.takeTiles(header, buffers);
    else if (part === "order") this.colours = typed(buffers[0], Uint16Array);
    else if (part === "near") this.takeNear(header, buffers);
    else if (part === "entry") await this.takeEntry(header, buffers);
    else if (part === "picture") this.now = await asCanvas(buffers[0]);
    else if (part === "start") this.start = await asCanvas(buffers[0]);
    else if (part === "pixels") this.takePixels(header, buffers);
    else return;
    const news = part === "picture" ? "pixels" : part === "near" ? "entry" : part;
    for (const listener of this.listeners) listener(news as News);
  }

  private takeUsage(buffers: DataView[]): void {
    this.counts = typed(buffers[0], Uint32Array);
    this.ranks = ranksOf(this.counts);
  }

  private async takeTiles({ across, side }: any, buffers: DataView[]): Promise<void> {
    const codes = typed(buffers[0], Uint16Array);
    const image = await picture(buffers[1]);
    const paint = pen(this.tiles);
    codes.forEach((code, i) => {
      const [x, y] = this.corner(code);
      paint.drawImage(image, (i % across) * side, Math.floor(i / across) * side, side, side, x, y, side, side);
      this.made[code] = 1;
    });
  }

  private takeNear({ n, most }: any, buffers: DataView[]): void {
    const [codes, away, typical] = buffers.map((one) => typed(one, Uint16Array));
    this.near = { n, most, codes, away, typical };
  }

  private async takeEntry(header: any, buffers: DataView[]): Promise<void> {
    const image = buffers.length ? await picture(buffers[0]) : null;
    let x = 0;
    const crop = (about: any): Crop => ({ ...about, image, x: (x += header.side) - header.side });
    const crops = header.crops.map(crop);
    const near = header.near.map(({ code, distance, at }: any) => ({ code, distance, crop: at ? crop({ at }) : null }));
    const { code, typical, side } = header;
    this.entries.set(code, { code, typical, side, crops, near, whole: true });
  }

  private takePixels({ top, left, width, height, number }: any, buffers: DataView[]): void {
    this.answered = Math.max(this.answered, number);
    if (this.now && width && height) pen(this.now).putImageData(rgbImage(bytes(buffers[0]), width, height), left, top);
  }
}

async function asCanvas(view: DataView): Promise<HTMLCanvasElement> {
  const image = await picture(view);
  const made = canvas(image.width, image.height);
  pen(made, true).drawImage(image, 0, 0);
  return made;
}
