/**
 * How often every code occurs, the commonest first, both on logarithmic scales; and where the one
 * in hand stands among them.
 */
import { h, svg, text } from "../shared/dom";
import { count } from "../shared/format";
import type { Book } from "./book";

const WIDE = 300;
const HIGH = 44;

/** Points of the curve, in shares of its width and height from the lower left. */
export function curveOf(sorted: number[]): [number, number][] {
  const used = sorted.filter((one) => one > 0);
  if (used.length < 2) return [];
  const out: [number, number][] = [];
  let last = -1;
  for (let i = 0; i < used.length; i++) {
    const x = along(i + 1, used.length);
    // A point where the eye can tell it from the one before.
    if (i < used.length - 1 && x - last < 0.004) continue;
    last = x;
    out.push([x, upwards(used[i], used[0])]);
  }
  return out;
}

export function along(rank: number, used: number): number {
  return used > 1 ? Math.log(rank) / Math.log(used) : 0;
}

export function upwards(value: number, most: number): number {
  return most > 1 ? Math.log(value) / Math.log(most) : 1;
}

export class Curve {
  readonly element: HTMLElement;
  private line = svg("path", { class: "dx-usage-line" });
  private drop = svg("path", { class: "dx-usage-drop" });
  private dot = svg("circle", { class: "dx-usage-dot", r: 3.5 });
  private ends = [h("span", {}), h("span", {}, "every code, the commonest first; both scales logarithmic"), h("span", {})];
  private picture: SVGElement;
  private used = 0;
  private most = 0;

  constructor(private book: Book) {
    this.picture = svg("svg", { viewBox: `-4 -4 ${WIDE + 8} ${HIGH + 8}`, class: "dx-usage-curve", role: "img", preserveAspectRatio: "none" }, this.line, this.drop);
    // The dot lies over the curve, which is stretched to the width there is.
    const over = svg("svg", { class: "dx-usage-over", "aria-hidden": "true" }, this.dot);
    this.element = h("div", { class: "dx-usage" });
    const frame = h("div", { class: "dx-usage-frame" });
    frame.append(this.picture, over);
    this.element.append(frame, h("div", { class: "dx-usage-ends dx-number" }, ...this.ends));
    book.on((news) => {
      if (news === "usage") this.take();
    });
    this.take();
  }

  /** Mark a code; -1: none. */
  mark(code: number): void {
    const rank = code >= 0 && this.book.ranks ? this.book.ranks[code] : 0;
    this.dot.style.visibility = this.drop.style.visibility = rank ? "visible" : "hidden";
    if (!rank || !this.book.counts) return;
    const x = along(rank, this.used);
    const y = upwards(this.book.counts[code], this.most);
    this.dot.setAttribute("cx", `${(100 * (4 + x * WIDE)) / (WIDE + 8)}%`);
    this.dot.setAttribute("cy", `${(100 * (4 + (1 - y) * HIGH)) / (HIGH + 8)}%`);
    this.drop.setAttribute("d", `M${(x * WIDE).toFixed(1)} ${((1 - y) * HIGH).toFixed(1)}V${HIGH}`);
  }

  private take(): void {
    const { counts } = this.book;
    this.element.hidden = !counts;
    if (!counts) return;
    const sorted = Array.from(counts).sort((a, b) => b - a);
    this.used = sorted.filter((one) => one > 0).length;
    this.most = sorted[0] ?? 0;
    const points = curveOf(sorted);
    this.line.setAttribute("d", points.map(([x, y], i) => `${i ? "L" : "M"}${(x * WIDE).toFixed(1)} ${((1 - y) * HIGH).toFixed(1)}`).join(""));
    text(this.ends[0], `${count(this.most)} patches`);
    text(this.ends[2], count(sorted[this.used - 1] ?? 0));
    this.picture.setAttribute("aria-label", `how often codes occur, from ${count(this.most)} patches for the commonest to ${count(sorted[this.used - 1] ?? 0)}`);
  }
}
