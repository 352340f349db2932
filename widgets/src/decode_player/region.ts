/**
 * A rectangle of patches on a picture: these, or everything from its top row on, are drawn anew.
 */
import { button, h, text } from "../shared/dom";
import { between, patchesOf, type Corner } from "../shared/grid";
import { icon } from "../shared/icons";
import { NEEDS_KERNEL } from "../shared/kernel";
import type { Store } from "../shared/model";
import type { Region, State } from "./types";

export function stretched(id: string, a: Corner, b: Corner): Region {
  return { id, ...between(a, b) };
}

/** The buttons that begin, finish or leave redrawing; they stand where the meaning of the overlay stood. */
export class RegionBar {
  readonly toggle: HTMLButtonElement;
  readonly element: HTMLElement;
  private words = h("span", { class: "dx-hint", role: "status" });
  private these: HTMLButtonElement;
  private below: HTMLButtonElement;

  constructor(private store: Store<State>) {
    this.toggle = button("Redraw a region", () => this.switch(!store.get("regionMode")), {
      icon: icon("region"), quiet: true,
    });
    this.these = button("Redraw this", () => this.send("redraw"));
    this.below = button("Redraw below its top row", () => this.send("below"), { quiet: true });
    const leave = button("leave", () => this.switch(false), { icon: icon("close"), bare: true });
    this.element = h("div", { class: "dx-region", role: "group", "aria-label": "redraw a region" },
      this.words, this.these, this.below, leave);
    store.on(["region", "regionMode", "alive", "geometry"], () => this.update());
    store.on(["selected"], () => {
      const region = store.get("region");
      if (region && region.id !== store.get("selected")) store.set("region", null);
    });
    this.update();
  }

  switch(on: boolean): void {
    this.store.set("regionMode", on);
    if (!on) this.store.set("region", null);
  }

  private send(kind: "redraw" | "below"): void {
    const region = this.store.get("region");
    if (!region) return;
    const { columns } = this.store.get("geometry");
    if (kind === "below") this.store.send({ kind, id: region.id, row: region.top });
    else this.store.send({ kind, id: region.id, patches: patchesOf(region, columns) });
    this.switch(false);
  }

  private update(): void {
    const on = this.store.get("regionMode");
    const region = this.store.get("region");
    const alive = this.store.get("alive");
    this.element.hidden = !on;
    this.toggle.setAttribute("aria-pressed", String(on));
    this.toggle.disabled = !alive;
    this.toggle.title = alive ? "" : NEEDS_KERNEL;
    this.these.hidden = this.below.hidden = !region;
    if (!region) return text(this.words, "Drag over the patches to draw anew (keys: Shift and arrows).");
    const count = patchesOf(region, this.store.get("geometry").columns).length;
    text(this.words, `${count} ${count === 1 ? "patch" : "patches"}, from row ${region.top + 1}`);
  }
}
