/**
 * The scores of all samples of a cell on one line, losers too: how far the best stands out.
 */
import { clear, h, svg, text } from "../shared/dom";
import { ordinal, type Values } from "./values";

const WIDE = 1000;
const HIGH = 26;
const MARGIN = 12;
const NEAR = 24; // of WIDE: how near a pointer has to come to a line

export class Rug {
  readonly element: HTMLElement;
  private plot = svg("svg", { class: "dx-rug", viewBox: `0 0 ${WIDE} ${HIGH}`, preserveAspectRatio: "none", role: "img" });
  private ends = h("div", { class: "dx-rug-ends dx-number" });
  private title = h("p", { class: "dx-rug-title" });
  private places: { x: number; seed: string; there: boolean }[] = [];

  constructor(private take: (seed: string) => void) {
    this.element = h("div", { class: "dx-scores-line" }, this.title, this.plot as unknown as HTMLElement, this.ends);
    this.plot.addEventListener("click", (event) => this.pick(event as MouseEvent));
  }

  show(values: Values, seed: string): void {
    const scored = values.samples.filter((one) => !Number.isNaN(one.score));
    this.element.hidden = scored.length < 2;
    if (scored.length < 2) return;
    const all = scored.map((one) => one.score);
    const [low, high] = [Math.min(...all), Math.max(...all)];
    const x = (score: number) => MARGIN + ((score - low) / (high - low || 1)) * (WIDE - 2 * MARGIN);
    this.places = scored.map((one) => ({ x: x(one.score), seed: one.seed, there: one.there }));
    const line = (place: (typeof this.places)[number]) => svg("line", {
      x1: place.x, x2: place.x, y1: place.seed === seed ? 0 : 6, y2: HIGH - 2, "vector-effect": "non-scaling-stroke",
      class: place.seed === seed ? "dx-in-hand" : place.there ? "dx-there" : "dx-loser",
    });
    const base = svg("line", { x1: 0, x2: WIDE, y1: HIGH - 1, y2: HIGH - 1, class: "dx-base", "vector-effect": "non-scaling-stroke" });
    // The one in hand last: nothing covers it.
    const order = [...this.places].sort((a, b) => Number(a.seed === seed) - Number(b.seed === seed));
    clear(this.plot, base as unknown as Node, ...order.map((one) => line(one) as unknown as Node));
    const said = (score: number) => score.toFixed(high - low < 0.005 ? 4 : 3);
    const place = scored.findIndex((one) => one.seed === seed);
    const losers = scored.filter((one) => !one.there).length;
    this.plot.setAttribute("aria-label", `scores of ${scored.length} pictures, from ${said(low)} to ${said(high)}${place < 0 ? "" : `; the one in hand is the ${ordinal(place + 1)}`}`);
    text(this.title, losers ? `Scores of all ${scored.length} that were drawn; of ${losers} (pale) only the score was kept.` : `Scores of all ${scored.length} that were drawn.`);
    clear(this.ends, h("span", {}, said(low)), h("span", {}, said(high)));
  }

  private pick(event: MouseEvent): void {
    const box = this.plot.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * WIDE;
    const near = this.places.filter(({ there }) => there).sort((a, b) => Math.abs(a.x - x) - Math.abs(b.x - x))[0];
    if (near && Math.abs(near.x - x) < NEAR) this.take(near.seed);
  }
}
