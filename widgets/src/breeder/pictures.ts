/**
 * The pictures of a family: asked for once, kept as bitmaps; and those that are growing.
 */
import { picture } from "../shared/buffers";
import type { Store } from "../shared/model";
import { LiveReel, strips } from "../decode_player/live";
import type { State } from "./types";

export class Pictures {
  private there = new Map<string, ImageBitmap>();
  private reels = new Map<string, LiveReel>();
  private asked = new Set<string>();
  private listeners: ((id: string) => void)[] = [];

  constructor(private store: Store<State>) {
    store.onMessage((message, buffers) => {
      if (message.kind === "pictures") message.ids.forEach((id: string, i: number) => void this.take(id, buffers[i]));
      if (message.kind === "live") void this.live(message, buffers[0]);
    });
    store.on(["kin"], () => this.ask());
    for (const [id, view] of Object.entries(store.get("embedded"))) void this.take(id, view);
  }

  /** Ask for what is finished and not here yet. */
  ask(): void {
    const kin = this.store.get("kin");
    const lacking = kin.filter(({ id, state }) => state === "whole" && !this.there.has(id) && !this.asked.has(id));
    if (!lacking.length || !this.store.get("alive")) return;
    for (const { id } of lacking) this.asked.add(id);
    this.store.send({ kind: "pictures", ids: lacking.map(({ id }) => id) });
  }

  get(id: string): ImageBitmap | undefined {
    return this.there.get(id);
  }

  reel(id: string): LiveReel | undefined {
    return this.reels.get(id);
  }

  /** Be told whenever a picture has changed. */
  on(listener: (id: string) => void): void {
    this.listeners.push(listener);
  }

  private async take(id: string, view: DataView | undefined): Promise<void> {
    if (!view || !view.byteLength) return;
    this.there.set(id, await picture(view));
    this.reels.delete(id);
    this.tell(id);
  }

  private async live(message: any, buffer: DataView): Promise<void> {
    const geometry = this.store.get("geometry");
    const found = await strips(message, buffer, geometry.columns * geometry.patch);
    for (const [id, strip] of found) {
      if (this.there.has(id)) continue;
      const reel = this.reels.get(id) ?? new LiveReel(geometry);
      this.reels.set(id, reel);
      reel.add(strip);
      reel.paint(strip.step);
      this.tell(id);
    }
  }

  private tell(id: string): void {
    for (const listener of this.listeners) listener(id);
  }
}
