/**
 * Says so when the kernel does not answer: a notebook that was reopened shows views whose kernel
 * is gone, and a button that does nothing is worse than one that says why.
 */
import { NEEDS_KERNEL } from "./kernel";
import type { Store } from "./model";

const WAIT_MS = 4_000;
const LATE = `No answer came. ${NEEDS_KERNEL}`;

export class Patience<T extends { notice: string }> {
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `asks` are the messages that somebody waits for; a change of `news` is an answer, too. */
  constructor(private store: Store<T>, asks: readonly string[], news: (keyof T & string)[]) {
    store.onSend((kind) => {
      if (!asks.includes(kind)) return;
      clearTimeout(this.timer);
      this.say("");
      this.timer = setTimeout(() => this.say(LATE), WAIT_MS);
    });
    store.onLost(() => this.say(NEEDS_KERNEL));
    const answered = () => {
      clearTimeout(this.timer);
      this.timer = undefined;
      // It came after all: the kernel was busy with something else.
      if (store.get("notice") === LATE) this.say("");
    };
    store.onMessage(answered);
    store.on(news, answered);
    store.signal.addEventListener("abort", answered);
  }

  private say(sentence: string): void {
    this.store.set("notice", sentence as T["notice"]);
  }
}
