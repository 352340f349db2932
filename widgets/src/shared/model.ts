/**
 * The state of a view: synced traits of the Python half, and values that stay in the browser.
 *
 * A view reads and sets values here and is told of changes, whoever made them. Setting a synced
 * value is answered at once in the browser and saved to Python a moment later, so that a slider
 * under the finger does not send sixty messages a second.
 */

/** What Jupyter (or the host of an exported page) hands to a view. */
export interface RawModel {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  save_changes(): void;
  send(content: unknown, callbacks?: unknown, buffers?: ArrayBuffer[] | ArrayBufferView[]): void;
  on(event: string, handler: (...args: any[]) => void): void;
  off(event: string, handler: (...args: any[]) => void): void;
}

export interface RenderArguments {
  model: RawModel;
  el: HTMLElement;
  signal?: AbortSignal;
}

export type Message = { kind: string; [key: string]: any };

const SAVE_AFTER_MS = 150;

export class Store<T extends object> {
  private values = new Map<string, unknown>();
  private listeners = new Map<string, Set<() => void>>();
  private sendListeners: ((kind: string) => void)[] = [];
  private lostListeners: (() => void)[] = [];
  private unsaved = new Set<string>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private synced: Set<string>;

  constructor(
    private model: RawModel,
    synced: readonly (keyof T & string)[],
    local: Partial<T>,
    readonly signal: AbortSignal,
  ) {
    this.synced = new Set(synced);
    for (const [name, value] of Object.entries(local)) this.values.set(name, value);
    for (const name of synced) {
      this.values.set(name, model.get(name));
      this.hear(`change:${name}`, () => this.receive(name, model.get(name)));
    }
    signal.addEventListener("abort", () => this.save());
  }

  get<K extends keyof T & string>(name: K): T[K] {
    return this.values.get(name) as T[K];
  }

  /** Set a value; `keep: true` keeps it from Python (a clock that follows a drawing). */
  set<K extends keyof T & string>(name: K, value: T[K], keep = false): void {
    if (same(this.values.get(name), value)) return;
    this.values.set(name, value);
    if (this.synced.has(name) && !keep) {
      this.unsaved.add(name);
      this.timer ??= setTimeout(() => this.save(), SAVE_AFTER_MS);
    }
    this.tell(name);
  }

  on(names: (keyof T & string)[], listener: () => void): void {
    for (const name of names) {
      if (!this.listeners.has(name)) this.listeners.set(name, new Set());
      this.listeners.get(name)!.add(listener);
    }
  }

  /** Custom messages of the Python half. */
  onMessage(listener: (message: Message, buffers: DataView[]) => void): void {
    this.hear("msg:custom", (message: Message, buffers: DataView[]) => {
      if (message && typeof message.kind === "string") listener(message, buffers ?? []);
    });
  }

  /** What was set is saved first: an answer to the message may depend on it. */
  send(message: Message, buffers: ArrayBuffer[] = []): void {
    if (this.signal.aborted) return;
    this.save();
    this.dare(() => this.model.send(message, undefined, buffers));
    for (const listener of this.sendListeners) listener(message.kind);
  }

  /** The kernel is gone for good: Jupyter refuses to send anything. */
  onLost(listener: () => void): void {
    this.lostListeners.push(listener);
  }

  private dare(act: () => void): void {
    try {
      act();
    } catch {
      // After the listeners of the act itself, whose news would cover this.
      setTimeout(() => this.lostListeners.forEach((listener) => listener()));
    }
  }

  onSend(listener: (kind: string) => void): void {
    this.sendListeners.push(listener);
  }

  save(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (!this.unsaved.size) return;
    for (const name of this.unsaved) this.model.set(name, this.values.get(name));
    this.unsaved.clear();
    this.dare(() => this.model.save_changes());
  }

  private receive(name: string, value: unknown): void {
    // While a newer value of our own waits to be saved, an older one is an echo.
    if (this.unsaved.has(name) || same(this.values.get(name), value)) return;
    this.values.set(name, value);
    this.tell(name);
  }

  private tell(name: string): void {
    for (const listener of this.listeners.get(name) ?? []) listener();
  }

  private hear(event: string, handler: (...args: any[]) => void): void {
    const guarded = (...args: any[]) => {
      if (!this.signal.aborted) handler(...args);
    };
    this.model.on(event, guarded);
    this.signal.addEventListener("abort", () => this.model.off(event, guarded));
  }
}

function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || !a || !b) return false;
  let bytes = false;
  const text = (value: unknown) => JSON.stringify(value, (_, inner) => {
    bytes ||= inner instanceof DataView;
    return inner;
  });
  // Bytes are not compared: they would be equal to a reader of JSON, whatever they hold.
  return text(a) === text(b) && !bytes;
}
