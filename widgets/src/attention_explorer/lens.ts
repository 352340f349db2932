/**
 * What each layer would have drawn: the logit lens as a strip of pictures.
 */
import { canvas, pen } from "../shared/canvas";
import { clear, h, text } from "../shared/dom";
import { bits as inBits } from "../shared/format";
import type { Store } from "../shared/model";
import type { Parts } from "./parts";
import type { State } from "./types";

const CAVEAT = "At every patch, each layer is asked for the likeliest code right away. The earlier patches are always those that were " +
  "drawn in the end, so no layer draws a picture of its own; and early layers may hold what this reading cannot see.";

export class LensStrip {
  readonly element: HTMLElement;
  private strip = h("div", { class: "dx-lens" });
  private said = h("p", { class: "dx-hint" }, CAVEAT);

  constructor(private store: Store<State>, private parts: Parts) {
    this.element = h("section", { class: "dx-section" }, h("h3", {}, "What each layer would have said"), this.said, this.strip);
    store.on(["selected"], () => this.update());
    parts.on((_, part) => {
      if (part === "lens") this.update();
    });
    this.update();
  }

  private update(): void {
    const lens = this.parts.get(this.store.get("selected"))?.lens ?? null;
    text(this.said, lens ? CAVEAT : `${CAVEAT} ${this.parts.get(this.store.get("selected"))?.refused.lens ?? "Not here yet."}`);
    const most = Math.max(...(lens?.kl ?? [0]), 1e-9);
    clear(this.strip, ...(lens?.images ?? []).map((image, i) => {
      const made = canvas(image.width, image.height);
      pen(made).drawImage(image, 0, 0);
      const last = i === lens!.images.length - 1;
      const name = last ? "in the end" : lens!.names[i] ?? `layer ${i}`;
      const kl = lens!.kl[i] ?? 0;
      const bar = h("span", { class: "dx-kl", "aria-hidden": "true" });
      bar.style.transform = `scaleX(${Math.sqrt(kl / most).toFixed(3)})`;
      made.setAttribute("role", "img");
      made.setAttribute("aria-label", `the likeliest codes after ${name}`);
      return h("figure", { class: "dx-figure" }, made, bar,
        h("figcaption", { class: "dx-lens-foot" }, h("span", {}, name), h("span", { class: "dx-number" }, `KL ${inBits(kl)}`)));
    }));
  }
}
