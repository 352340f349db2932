/**
 * The hand that paints: sends strokes to the kernel, one message at a time, and shows where they
 * went until the pixels come.
 */
import type { Store } from "../shared/model";
import type { Book } from "./book";
import type { State } from "./types";

const LOST_MS = 4_000; // after that a message is taken for lost, and the next one is sent

export class Hand {
  /** Patches whose pixels are not here yet: patch -> code. */
  readonly pending = new Map<number, { code: number; number: number }>();
  private waiting: { code: number; stroke: string; patches: number[] }[] = [];
  private number = 0;
  private stroke = 0;
  private sent = 0; // when the message that is under way was sent; 0: none is
  private readonly name = Math.random().toString(36).slice(2); // of this view: strokes of two are two
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private store: Store<State>, private book: Book, private changed: () => void) {
    book.on((news) => {
      if (news === "pixels") this.answered();
    });
    store.on(["status"], () => {
      if (store.get("status").state === "failed") this.forget();
    });
    store.signal.addEventListener("abort", () => clearTimeout(this.timer));
  }

  /** A movement begins: what it paints is undone together. */
  begin(): void {
    this.stroke++;
    const code = this.store.get("selected");
    this.store.set("late", [code, ...this.store.get("late").filter((one) => one !== code)].slice(0, 8));
  }

  paint(patches: number[]): void {
    const code = this.store.get("selected");
    const { grid } = this.store.get("painting");
    const fresh = patches.filter((patch) => (this.pending.get(patch)?.code ?? grid[patch]) !== code);
    if (!fresh.length || code < 0) return;
    const stroke = `${this.name} ${this.stroke}`;
    const last = this.waiting[this.waiting.length - 1];
    if (last?.code === code && last.stroke === stroke) last.patches.push(...fresh);
    else this.waiting.push({ code, stroke, patches: fresh });
    for (const patch of fresh) this.pending.set(patch, { code, number: Infinity });
    this.flush();
    this.changed();
  }

  private flush(): void {
    if (!this.waiting.length || this.sent) return;
    const next = this.waiting.shift()!;
    const number = ++this.number;
    for (const patch of next.patches) {
      if (this.pending.get(patch)?.code === next.code) this.pending.set(patch, { code: next.code, number });
    }
    this.sent = number;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.lost(), LOST_MS);
    this.store.send({ kind: "paint", ...next, number });
  }

  private answered(): void {
    for (const [patch, { number }] of this.pending) if (number <= this.book.answered) this.pending.delete(patch);
    if (this.sent && this.book.answered >= this.sent) this.sent = 0;
    this.flush();
    this.changed();
  }

  private lost(): void {
    this.sent = 0;
    for (const [patch, { number }] of this.pending) if (number <= this.number) this.pending.delete(patch);
    this.flush();
    this.changed();
  }

  private forget(): void {
    this.waiting = [];
    this.pending.clear();
    this.sent = 0;
    this.changed();
  }
}
