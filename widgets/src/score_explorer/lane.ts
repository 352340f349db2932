/**
 * The scores of one prompt on a line: drag to brush some, tap to take the picture nearest, arrow
 * keys to go from picture to picture by score.
 */
import { assign, clear, h, svg } from "../shared/dom";
import type { Store } from "../shared/model";
import { pointer } from "../shared/pointer";
import { draw, type Drawn, type Place } from "./clouds";
import { score } from "./said";
import { placed } from "./tile";
import type { Shape, State } from "./types";
import { inHand, inside, nearest, type Picture } from "./values";

const STILL_PX = 4; // a drag that is shorter is a tap
const EDGE_PX = 7; // of a brush, that can be pulled
const PART = 40; // of the axis: how far a key moves a brush

export class Lane {
  readonly plot: HTMLElement;
  private canvas = svg("svg", { class: "dx-lane-canvas", "aria-hidden": "true" });
  private brush = h("div", { class: "dx-brush", hidden: true });
  private ring = svg("circle", { class: "dx-ring", r: 7 });
  private drawn: Drawn = { elements: [], marks: [], anchors: [] };
  private place: Place | null = null;
  private shape: Shape = "ridges";
  private from = 0; // where a drag began, in pixels
  private held: { low: number; high: number; kind: "new" | "move" | "low" | "high" } | null = null;

  constructor(private store: Store<State>, readonly number: number, private take: (prompt: number, picture: Picture) => void) {
    this.plot = h("div", { class: "dx-lane-plot", tabindex: 0, role: "slider", "aria-valuemin": 1 }, this.canvas as unknown as HTMLElement, this.brush);
    this.plot.setAttribute("aria-label", `pictures of “${store.get("prompts")[number].prompt}” by score`);
    const leave = () => undefined;
    pointer(this.plot, {
      hover: (x) => this.point(x),
      leave,
      tap: leave,
      grab: (x) => this.grab(x),
      drag: (x) => this.drag(x),
      drop: (x) => this.drop(x),
    }, store.signal);
  }

  show(shape: Shape, given: Omit<Place, "mine">): void {
    const place = { ...given, mine: this.store.get("prompt") === this.number };
    this.place = place;
    this.shape = shape;
    this.drawn = draw(shape, place);
    assign(this.canvas, { width: place.wide, height: place.high, viewBox: `0 0 ${place.wide} ${place.high}` });
    this.plot.style.height = `${place.high}px`;
    clear(this.canvas, ...(this.drawn.elements as unknown as Node[]), this.ring as unknown as Node);
    this.follow();
  }

  /** Show what is brushed and which picture is in hand, if they are this prompt's. */
  follow(): void {
    if (!this.place) return;
    const mine = this.store.get("prompt") === this.number;
    if (this.shape === "ridges" && mine !== this.place.mine) return this.show(this.shape, this.place);
    const span = mine ? this.store.get("span") : [];
    const prompt = this.place.prompts[this.number];
    const { scale } = this.place;
    this.plot.classList.toggle("dx-mine", mine);
    this.plot.classList.toggle("dx-brushed", span.length === 2);
    this.brush.hidden = span.length !== 2;
    if (span.length === 2) {
      const [left, right] = span.map((value) => scale.at(value));
      this.brush.style.left = `${left}px`;
      this.brush.style.width = `${Math.max(2, right - left)}px`;
    }
    this.drawn.marks.forEach((mark, i) => {
      const { score: at } = prompt.pictures[i];
      mark.classList.toggle("dx-out", span.length === 2 && (at < span[0] || at > span[1]));
    });
    const one = inHand(prompt, mine ? this.store.get("picture") : "");
    const [x, y] = this.drawn.anchors[prompt.pictures.indexOf(one)];
    assign(this.ring, { cx: x.toFixed(1), cy: y.toFixed(1) });
    this.ring.style.visibility = mine ? "visible" : "hidden";
    const count = prompt.pictures.length;
    const brushed = span.length === 2 ? `; brushed: ${inside(prompt, span).length} from ${score(span[0])} to ${score(span[1])}` : "";
    assign(this.plot, {
      "aria-valuemax": count, "aria-valuenow": count + 1 - one.place,
      "aria-valuetext": `${placed(one, count)}, score ${score(one.score)}${brushed}`,
    });
  }

  /** The next picture by score, or an earlier one. */
  step(by: number): void {
    const prompt = this.place!.prompts[this.number];
    const mine = this.store.get("prompt") === this.number;
    const at = inHand(prompt, mine ? this.store.get("picture") : "").place - 1;
    const to = Math.min(Math.max(at - by, 0), prompt.ranked.length - 1);
    this.take(this.number, prompt.ranked[to]);
  }

  /** Move the brush along, or make it wider; where there is none, put one around the picture in hand. */
  nudge(by: number, wider = 0): void {
    const { scale, prompts } = this.place!;
    const part = (scale.high - scale.low) / PART;
    let span = this.store.get("prompt") === this.number ? this.store.get("span") : [];
    if (span.length !== 2) {
      const { score: middle } = inHand(prompts[this.number], this.store.get("prompt") === this.number ? this.store.get("picture") : "");
      span = [middle - 2 * part, middle + 2 * part];
      by = wider = 0;
    }
    const low = span[0] + (by - wider) * part;
    this.span(low, Math.max(low, span[1] + (by + wider) * part));
  }

  private span(low: number, high: number): void {
    const { scale } = this.place!;
    const limit = (value: number) => Math.min(Math.max(value, scale.low), scale.high);
    if (this.store.get("prompt") !== this.number) {
      this.store.set("picture", "");
      this.store.set("prompt", this.number);
    }
    this.store.set("span", [limit(low), limit(high)]);
  }

  /** The part of the brush under a place. */
  private part(x: number): "new" | "move" | "low" | "high" {
    const span = this.store.get("prompt") === this.number ? this.store.get("span") : [];
    if (span.length !== 2) return "new";
    const [left, right] = span.map((value) => this.place!.scale.at(value));
    if (Math.abs(x - left) <= EDGE_PX) return "low";
    if (Math.abs(x - right) <= EDGE_PX) return "high";
    return x > left && x < right ? "move" : "new";
  }

  private point(x: number): void {
    this.plot.dataset.part = this.part(x);
  }

  private grab(x: number): boolean {
    const kind = this.part(x);
    const [low, high] = this.store.get("span");
    this.from = x;
    this.held = { low, high, kind };
    return true;
  }

  private drag(x: number): void {
    if (!this.held || Math.abs(x - this.from) < STILL_PX) return;
    const { scale } = this.place!;
    const { low, high, kind } = this.held;
    const [a, b] = [scale.value(this.from), scale.value(x)];
    if (kind === "new") return this.span(Math.min(a, b), Math.max(a, b));
    if (kind === "low") return this.span(Math.min(b, high), Math.max(b, high));
    if (kind === "high") return this.span(Math.min(low, b), Math.max(low, b));
    const by = Math.min(Math.max(b - a, scale.low - low), scale.high - high);
    this.span(low + by, high + by);
  }

  /** A tap takes the picture that is nearest in score; outside the brush it takes the brush away. */
  private drop(x: number): void {
    const { scale, prompts } = this.place!;
    if (Math.abs(x - this.from) < STILL_PX) {
      if (this.held?.kind === "new") this.store.set("span", []);
      this.take(this.number, nearest(prompts[this.number], scale.value(x)));
    }
    this.held = null;
  }
}
