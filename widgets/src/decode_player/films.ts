/**
 * All films of a view: asks the kernel for the parts that are lacking, takes them in as they come.
 */
import type { Message, Store } from "../shared/model";
import { Film } from "./film";
import { LiveReel, strips } from "./live";
import { PARTS, type Branch, type Part, type State } from "./types";

type Listener = (id: string, part: Part | "live") => void;

export class Films {
  private films = new Map<string, Film>();
  private reels = new Map<string, LiveReel>();
  private asked = new Map<string, Set<Part>>();
  private listeners: Listener[] = [];
  /** Messages are unpacked one after another: strips that overtake each other paint nonsense. */
  private queue: Promise<void> = Promise.resolve();

  constructor(private store: Store<State>, private fail: (sentence: string) => void) {
    store.onMessage((message, buffers) => {
      if (message.kind === "film") this.later(() => this.film(message, buffers));
      if (message.kind === "live") this.later(() => this.live(message, buffers[0]));
    });
    store.on(["branches"], () => this.prune());
    store.on(["branches", "shown", "selected", "compared", "alive"], () => this.ask());
    store.on(["geometry"], () => this.reset());
    store.on(["embedded"], () => this.unpack());
    this.unpack();
    this.ask();
  }

  on(listener: Listener): void {
    this.listeners.push(listener);
  }

  get(id: string): Film | undefined {
    return this.films.get(id);
  }

  reel(id: string): LiveReel | undefined {
    return this.reels.get(id);
  }

  branch(id: string): Branch | undefined {
    return this.store.get("branches").find((branch) => branch.id === id);
  }

  /** The picture after `step` patches: of the film, else as it grew; null: nothing is here yet. */
  frame(id: string, step: number): HTMLCanvasElement | null {
    const film = this.films.get(id);
    if (film?.paint(step)) return film.canvas;
    const reel = this.reels.get(id);
    return reel?.paint(step) ? reel.canvas : null;
  }

  /** How many patches of a picture are drawn. */
  end(id: string): number {
    const branch = this.branch(id);
    if (branch?.state === "drawing") return Math.max(branch.end, this.reels.get(id)?.step ?? 0);
    return this.films.get(id)?.end ?? branch?.end ?? 0;
  }

  private later(work: () => Promise<void>): void {
    this.queue = this.queue.then(work).catch((error) => this.fail(`A part of the film could not be read: ${error.message}`));
  }

  private async film(message: Message, buffers: DataView[]): Promise<void> {
    const { id, part, header } = message;
    let film = this.films.get(id);
    if (!film) this.films.set(id, (film = new Film(id, this.store.get("geometry"))));
    await film.take(part, header ?? {}, buffers);
    if (part === "frames" || part === "numbers") this.tidy(id);
    this.tell(id, part);
  }

  private async live(message: Message, buffer: DataView): Promise<void> {
    const { columns, patch } = this.store.get("geometry");
    for (const [id, strip] of await strips(message, buffer, columns * patch)) {
      let reel = this.reels.get(id);
      if (!reel) this.reels.set(id, (reel = new LiveReel(this.store.get("geometry"))));
      reel.add(strip);
      this.tell(id, "live");
    }
  }

  /** The coarse frames go when the fine ones are here. */
  private tidy(id: string): void {
    const film = this.films.get(id);
    if (film?.frames && film.numbers) this.reels.delete(id);
  }

  /** A picture that is gone takes its film with it. */
  private prune(): void {
    for (const all of [this.films, this.reels]) {
      for (const id of all.keys()) if (!this.branch(id)) all.delete(id);
    }
  }

  private tell(id: string, part: Part | "live"): void {
    for (const listener of this.listeners) listener(id, part);
  }

  /** Ask for what is lacking: everything of pictures on show, the picture alone of others. */
  private ask(): void {
    if (!this.store.get("alive")) return;
    const near = new Set([...this.store.get("shown"), this.store.get("selected"), this.store.get("compared")]);
    for (const branch of this.store.get("branches")) {
      if (branch.state === "drawing") continue;
      const key = `${branch.id} ${branch.end}`; // one that was drawn further is asked for again
      const asked = this.asked.get(key) ?? new Set<Part>();
      const wanted = near.has(branch.id) ? PARTS : (["picture"] as Part[]);
      const parts = wanted.filter((part) => !asked.has(part));
      if (!parts.length) continue;
      this.asked.set(key, new Set([...asked, ...parts]));
      this.store.send({ kind: "film", id: branch.id, parts });
    }
  }

  private unpack(): void {
    for (const [id, parts] of Object.entries(this.store.get("embedded") ?? {})) {
      for (const part of PARTS) {
        const held = parts[part];
        if (held) this.later(() => this.film({ kind: "film", id, part, header: held.header }, held.buffers));
      }
    }
  }

  private reset(): void {
    this.films.clear();
    this.reels.clear();
    this.asked.clear();
    this.unpack();
    this.ask();
  }
}
