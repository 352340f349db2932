/**
 * The legend of an overlay: its colours, its fixed ends, its unit, and where the patch in hand lies.
 */
import { canvas, pen } from "./canvas";
import { place, type Scale } from "./colour";
import { h, text } from "./dom";

export class Legend {
  readonly words = h("p", { class: "dx-meaning" });
  private bar = canvas(256, 1);
  private ticks = h("div", { class: "dx-ticks", "aria-hidden": "true" });
  private mark = h("span", { class: "dx-mark", "aria-hidden": "true" });
  readonly element = h("div", { class: "dx-scale", role: "img" });
  private current: Scale | null = null;

  constructor() {
    this.bar.className = "dx-colours";
    // The mark is as wide as the scale, so that it moves by shares of it; the rail cuts it off.
    this.element.append(this.bar, h("div", { class: "dx-rail", "aria-hidden": "true" }, this.mark), this.ticks);
  }

  show(scale: Scale | null, meaning: string): void {
    text(this.words, meaning);
    // It keeps its place: nothing moves when the overlay changes.
    this.element.classList.toggle("dx-off", scale === null);
    if (scale === this.current) return;
    this.current = scale;
    if (!scale) return;
    const ends = [scale.ticks[0].label, scale.ticks[scale.ticks.length - 1].label];
    this.element.setAttribute("aria-label", `scale from ${ends[0]} to ${ends[1]} ${scale.unit}`.trim());
    const image = new ImageData(256, 1);
    for (let i = 0; i < 256; i++) image.data.set([...scale.lut.subarray(3 * i, 3 * i + 3), 255], 4 * i);
    pen(this.bar).putImageData(image, 0, 0);
    const last = scale.ticks.length - 1;
    this.ticks.replaceChildren(...scale.ticks.map(({ at, label }, i) => {
      const tick = h("span", {}, i === last ? `${label} ${scale.unit}`.trim() : label);
      tick.style.left = `${100 * place(scale, at)}%`;
      return tick;
    }));
    this.point(null);
  }

  /** Mark a value on the scale; null: none. Only a transform changes: nothing is laid out anew. */
  point(value: number | null): void {
    const shown = this.current !== null && value !== null;
    this.mark.style.visibility = shown ? "visible" : "hidden";
    if (shown) this.mark.style.transform = `translateX(${100 * place(this.current!, value!)}%)`;
  }
}
