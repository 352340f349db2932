/**
 * The pictures: asked for in batches when they are about to be seen, and forgotten when they are
 * long out of sight.
 */
import { bytes } from "../shared/buffers";
import type { Store } from "../shared/model";
import type { State } from "./types";

const KEPT = 1_600; // addresses of pictures that are held
const BATCH = 24; // pictures that are asked for together
const ASK_AFTER_MS = 40;
const ASK_AGAIN_MS = 15_000;

export function nameOf(cell: number, seed: string): string {
  return `${cell} ${seed}`;
}

export class Pictures {
  private urls = new Map<string, string>(); // in the order of their last use
  private asked = new Map<string, number>(); // when
  private wanted = new Map<string, { place: [number, string]; passing: boolean }>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private listeners: ((names: string[]) => void)[] = [];
  private refused = new Set<string>();

  constructor(private store: Store<State>) {
    store.signal.addEventListener("abort", () => this.clear());
  }

  on(listener: (names: string[]) => void): void {
    this.listeners.push(listener);
  }

  /** The address of a picture, or null while it is not there; then it is asked for. `passing`: only while it is in sight. */
  url(cell: number, seed: string, passing = false): string | null {
    const name = nameOf(cell, seed);
    const found = this.urls.get(name);
    if (found !== undefined) {
      this.urls.delete(name);
      this.urls.set(name, found);
      return found;
    }
    this.want(name, cell, seed, passing);
    return null;
  }

  /** Whether there will never be such a picture here. */
  lacks(cell: number, seed: string): boolean {
    const name = nameOf(cell, seed);
    return !this.urls.has(name) && (!this.store.get("alive") || this.refused.has(name));
  }

  /** Take pictures of the Python half. A buffer without bytes: this one cannot be made. */
  put(names: [number, string][], buffers: DataView[]): void {
    const told = names.map(([cell, seed], i) => {
      const name = nameOf(cell, seed);
      this.asked.delete(name);
      const old = this.urls.get(name);
      if (old !== undefined) URL.revokeObjectURL(old);
      if (!buffers[i].byteLength) this.refused.add(name);
      else this.urls.set(name, address(buffers[i]));
      return name;
    });
    for (const [name, url] of this.urls) {
      if (this.urls.size <= KEPT) break;
      this.urls.delete(name);
      URL.revokeObjectURL(url);
    }
    for (const listener of this.listeners) listener(told);
  }

  clear(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (const url of this.urls.values()) URL.revokeObjectURL(url);
    for (const map of [this.urls, this.asked, this.wanted]) map.clear();
    this.refused.clear();
  }

  /** What is not in sight any more need not come. */
  forget(): void {
    for (const [name, { passing }] of this.wanted) if (passing) this.wanted.delete(name);
  }

  private want(name: string, cell: number, seed: string, passing: boolean): void {
    if (this.lacks(cell, seed)) return;
    const asked = this.asked.get(name);
    if (asked !== undefined && performance.now() - asked < ASK_AGAIN_MS) return;
    this.wanted.set(name, { place: [cell, seed], passing: passing && (this.wanted.get(name)?.passing ?? true) });
    this.timer ??= setTimeout(() => this.ask(), ASK_AFTER_MS);
  }

  private ask(): void {
    this.timer = undefined;
    const now = performance.now();
    const all = [...this.wanted.entries()];
    this.wanted.clear();
    for (let first = 0; first < all.length; first += BATCH) {
      const some = all.slice(first, first + BATCH);
      for (const [name] of some) this.asked.set(name, now);
      this.store.send({ kind: "pictures", wanted: some.map(([, { place }]) => place) });
    }
  }
}

function address(view: DataView): string {
  const kind = view.getUint8(0) === 0x89 ? "image/png" : "image/webp";
  return URL.createObjectURL(new Blob([bytes(view)], { type: kind }));
}
