/**
 * Says so when the kernel does not answer: a notebook that was reopened shows views whose kernel
 * is gone, and a button that does nothing is worse than one that says why.
 */
import type { Store } from "../shared/model";
import { NEEDS_KERNEL, type State } from "./types";

const WAIT_MS = 4_000;
const LATE = `No answer came. ${NEEDS_KERNEL}`;
const ASKS = ["draw", "dice", "surprise", "fork", "redraw", "below", "upload", "python", "keep", "stop"];

export class Patience {
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(store: Store<State>) {
    store.onSend((kind) => {
      if (!ASKS.includes(kind)) return;
      clearTimeout(this.timer);
      store.set("notice", "");
      this.timer = setTimeout(() => store.set("notice", LATE), WAIT_MS);
    });
    store.onLost(() => store.set("notice", NEEDS_KERNEL));
    const answered = () => {
      clearTimeout(this.timer);
      this.timer = undefined;
      // It came after all: the kernel was busy with something else.
      if (store.get("notice") === LATE) store.set("notice", "");
    };
    store.onMessage(answered);
    store.on(["status", "branches"], answered);
    store.signal.addEventListener("abort", answered);
  }
}
