/**
 * "Show": the picture or one of the numbers of its patches, with the legend that belongs to it.
 */
import { sentence } from "../shared/difference";
import { h, unique } from "../shared/dom";
import { Legend } from "../shared/legend";
import type { Store } from "../shared/model";
import type { Maps } from "./maps";
import type { Films } from "./films";
import { MEANINGS, NAMES } from "./overlays";
import { OVERLAYS, type Overlay, type State } from "./types";

export class Choose {
  readonly element: HTMLElement;
  readonly legend = new Legend();
  private select: HTMLSelectElement;

  constructor(private store: Store<State>, private maps: Maps, private films: Films) {
    const id = unique("show");
    this.select = h("select", { id });
    this.element = h("div", { class: "dx-show" }, h("label", { for: id }, "Show"), this.select);
    this.select.addEventListener("change", () => store.set("overlay", this.select.value as Overlay));
    store.on(["geometry"], () => this.fill());
    store.on(["overlay", "geometry", "selected", "compared", "branches"], () => this.follow());
    store.on(["hover", "patch", "reshape"], () => this.point());
    films.on((_, part) => {
      if (part === "numbers") this.follow();
    });
    this.fill();
    this.follow();
  }

  /** The next overlay that has something to say. */
  next(): void {
    const able = [...this.select.options].map(({ value }) => value as Overlay);
    this.store.set("overlay", able[(able.indexOf(this.store.get("overlay")) + 1) % able.length]);
  }

  private fill(): void {
    const able = OVERLAYS.filter((name) => name !== "average" || this.store.get("geometry").average);
    this.select.replaceChildren(...able.map((name) => h("option", { value: name }, NAMES[name])));
    this.select.value = this.store.get("overlay");
  }

  private follow(): void {
    const overlay = this.store.get("overlay");
    this.select.value = overlay;
    this.legend.show(this.maps.scale, this.meaning(overlay));
    this.point();
  }

  private meaning(overlay: Overlay): string {
    if (overlay === "difference") return this.difference();
    const numbers = this.films.get(this.store.get("selected"))?.numbers;
    if (overlay === "filtered" && numbers && !numbers.spread) return "All probabilities would be needed: they were left out here.";
    return MEANINGS[overlay];
  }

  private difference(): string {
    const { columns } = this.store.get("geometry");
    const found = this.maps.difference();
    if (found) return sentence(found, columns);
    const [one, two] = [this.store.get("selected"), this.store.get("compared")];
    return two && one !== two ? "The numbers of both pictures are not here yet." : "Choose a second picture: press compare beside one below.";
  }

  private point(): void {
    if (!this.maps.scale) return;
    const hand = this.store.get("hover") ?? { id: this.store.get("selected"), patch: this.store.get("patch") };
    const known = hand.patch >= 0 ? this.maps.of(hand.id)?.values : undefined;
    this.legend.point(known && hand.patch < known.length ? known[hand.patch] : null);
  }
}
