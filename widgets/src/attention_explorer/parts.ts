/**
 * All parts of all pictures: asks the kernel for those that are lacking, takes them in as they come.
 */
import type { Message, Store } from "../shared/model";
import { Data } from "./data";
import { PARTS, type Part, type Picture, type State } from "./types";

type Listener = (id: string, part: Part) => void;

const AT_ONCE: Part[] = ["picture", "looks", "earlier", "depends", "agreement"];
const FOR_PROOF: Part[] = ["twin", "deletion"];
const FOR_MORE: Part[] = ["heads", "lens"];

export class Parts {
  private held = new Map<string, Data>();
  private asked = new Set<string>();
  private listeners: Listener[] = [];
  private queue: Promise<void> = Promise.resolve();

  constructor(private store: Store<State>, private fail: (sentence: string) => void) {
    store.onMessage((message, buffers) => {
      if (message.kind === "part") this.later(message, buffers);
    });
    store.on(["pictures"], () => this.prune());
    store.on(["pictures", "selected", "beside", "alive", "more", "proving"], () => this.ask());
    store.on(["geometry"], () => this.reset());
    store.on(["embedded"], () => this.unpack());
    this.unpack();
    this.ask();
  }

  on(listener: Listener): void {
    this.listeners.push(listener);
  }

  get(id: string): Data | null {
    return this.held.get(id) ?? null;
  }

  picture(id: string): Picture | undefined {
    return this.store.get("pictures").find((one) => one.id === id);
  }

  /** The pictures side by side, in the order in which they came. */
  shown(): Picture[] {
    const ids = [this.store.get("selected"), this.store.get("beside")];
    return this.store.get("pictures").filter(({ id }) => ids.includes(id));
  }

  private later(message: Message, buffers: DataView[]): void {
    this.queue = this.queue.then(() => this.take(message, buffers)).catch((error) => {
      this.fail(`A part of the picture could not be read: ${error.message}`);
    });
  }

  private async take({ id, part, header }: Message, buffers: DataView[]): Promise<void> {
    if (!PARTS.includes(part)) return;
    if (!this.held.has(id)) this.held.set(id, new Data());
    await this.held.get(id)!.take(part, header ?? {}, buffers);
    for (const listener of this.listeners) listener(id, part);
  }

  private prune(): void {
    for (const id of this.held.keys()) if (!this.picture(id)) this.held.delete(id);
  }

  /** Everything of pictures on show that can be seen now; of others the picture alone. */
  private ask(): void {
    if (!this.store.get("alive")) return;
    const shown = new Set(this.shown().map(({ id }) => id));
    for (const { id, state } of this.store.get("pictures")) {
      if (state !== "whole") continue;
      const wanted: Part[] = shown.has(id) ? [...AT_ONCE] : ["picture"];
      if (shown.has(id) && this.store.get("proving")) wanted.push(...FOR_PROOF);
      if (shown.has(id) && this.store.get("more")) wanted.push(...FOR_MORE);
      for (const part of wanted) {
        if (this.asked.has(`${id} ${part}`)) continue;
        this.asked.add(`${id} ${part}`);
        this.store.send({ kind: "part", id, part });
      }
    }
  }

  private unpack(): void {
    for (const [id, parts] of Object.entries(this.store.get("embedded") ?? {})) {
      for (const part of PARTS) {
        const held = parts[part];
        if (held) this.later({ kind: "part", id, part, header: held.header }, held.buffers);
      }
    }
  }

  private reset(): void {
    this.held.clear();
    this.asked.clear();
    this.unpack();
    this.ask();
  }
}
