/**
 * The overlay of every picture, made once and kept until something it depends on changes.
 */
import type { Scale } from "../shared/colour";
import type { Store } from "../shared/model";
import { difference, type Difference } from "../shared/difference";
import type { Films } from "./films";
import { paintMap, scaleOf, values } from "./overlays";
import type { State } from "./types";

export interface PatchMap {
  values: Float32Array;
  image: HTMLCanvasElement;
}

export class Maps {
  private made = new Map<string, PatchMap | null>();
  private compared: { key: string; found: Difference | null } | null = null;

  constructor(private store: Store<State>, private films: Films) {
    // First of all listeners, so that those who draw afterwards find nothing stale.
    store.on(["overlay", "geometry"], () => this.made.clear());
    store.on(["reshape"], () => {
      if (store.get("overlay") === "filtered") this.made.clear();
    });
    films.on((id, part) => {
      if (part === "numbers") this.made.delete(id);
      if (part === "numbers") this.compared = null;
    });
  }

  get scale(): Scale | null {
    return scaleOf(this.store.get("overlay"), this.store.get("geometry").codes);
  }

  of(id: string): PatchMap | null {
    const known = this.made.get(id);
    if (known !== undefined) return known;
    const made = this.make(id);
    this.made.set(id, made);
    return made;
  }

  /** Where the two compared pictures differ; null: there are no two, or one is not here yet. */
  difference(): Difference | null {
    const [a, b] = [this.store.get("selected"), this.store.get("compared")];
    const key = `${a} ${b}`;
    if (this.compared?.key !== key) {
      const [one, two] = [this.films.get(a)?.numbers, this.films.get(b)?.numbers];
      const found = one && two && a !== b ? difference(one.codes, two.codes) : null;
      this.compared = { key, found };
    }
    return this.compared!.found;
  }

  private make(id: string): PatchMap | null {
    const numbers = this.films.get(id)?.numbers;
    const scale = this.scale;
    if (!numbers || !scale) return null;
    const geometry = this.store.get("geometry");
    const found = values(this.store.get("overlay"), numbers, geometry, this.store.get("reshape"));
    return found && { values: found, image: paintMap(found, scale, geometry) };
  }
}
