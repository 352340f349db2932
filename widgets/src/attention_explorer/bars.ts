/**
 * The words, each with a bar and a number: shares of what was read, or bits lost without it; for a
 * box both, side by side, each under its own name.
 *
 * A bar is as long as its value lies along the scale of the legend, from 0; what is negative goes to
 * the left.
 */
import { place, type Scale } from "../shared/colour";
import { clear, h, text } from "../shared/dom";
import { percent, signedBits, signedPercent } from "../shared/format";

export interface Lane {
  kind: "share" | "signed" | "bits";
  values: ArrayLike<number>;
  scale: Scale;
}

interface Line {
  element: HTMLElement;
  lanes: { bar: HTMLElement; number: HTMLElement }[];
}

const HEADS = { share: "looked at", signed: "looked at", bits: "bits lost without it" };
const SHORT = { ...HEADS, bits: "bits lost" };
const LEFT = -1 / 3; // there is a third of the room to the left of 0, as little lies there

export class Bars {
  readonly element = h("div", { class: "dx-bars-of-words" });
  private body = h("tbody");
  private head = h("tr");
  private widths = h("colgroup");
  private lines: Line[] = [];
  private key = "";

  constructor(private use: { over(word: number | null): void; pick(word: number): void }) {
    this.element.append(h("table", { class: "dx-lanes" }, this.widths, h("thead", {}, this.head), this.body));
  }

  /** Words beyond `count` are no words (the padding): they cannot be pressed. */
  show(words: string[], count: number, lanes: Lane[], held: number): void {
    const key = JSON.stringify([words, count, lanes.map(({ kind }) => kind)]);
    if (key !== this.key) this.build(words, count, lanes);
    this.key = key;
    this.lines.forEach((line, i) => {
      line.element.classList.toggle("dx-held", i === held);
      lanes.forEach((lane, j) => this.fill(line.lanes[j], lane, lane.values[i]));
    });
  }

  private fill({ bar, number }: Line["lanes"][0], { kind, scale }: Lane, value: number): void {
    const known = Number.isFinite(value);
    const say = kind === "share" ? percent : kind === "signed" ? signedPercent : signedBits;
    text(number, known ? say(value).replace(" bits", "") : "–");
    const along = known ? place(scale, value) : 0;
    const length = !known ? 0 : kind === "share" ? along : Math.max(LEFT, 2 * along - 1);
    bar.style.transform = `scaleX(${length.toFixed(4)})`;
    bar.classList.toggle("dx-minus", length < 0);
  }

  private build(words: string[], count: number, lanes: Lane[]): void {
    clear(this.head, h("th", { scope: "col" }, "word"), ...lanes.map(({ kind }) => h("th", { scope: "col", colspan: 2 }, (lanes.length > 1 ? SHORT : HEADS)[kind])));
    clear(this.widths, h("col", { class: "dx-col-word" }), ...lanes.flatMap(() => [h("col"), h("col", { class: "dx-col-number" })]));
    this.element.classList.toggle("dx-two", lanes.length > 1);
    this.lines = words.map((word, i) => {
      const made = lanes.map(() => ({ bar: h("span", { class: "dx-lane-bar" }), number: h("td", { class: "dx-number" }) }));
      const cells = made.flatMap(({ bar, number }, j) => {
        const side = lanes[j].kind === "share" ? "dx-lane" : "dx-lane dx-both-ways";
        return [h("td", { class: side }, h("span", { class: "dx-lane-rail" }, bar)), number];
      });
      const element = h("tr", {}, h("th", { scope: "row" }, word), ...cells);
      if (i < count) this.listen(element, i);
      else element.className = "dx-no-word";
      return { element, lanes: made };
    });
    clear(this.body, ...this.lines.map(({ element }) => element));
  }

  private listen(element: HTMLElement, word: number): void {
    element.addEventListener("pointerenter", () => this.use.over(word));
    element.addEventListener("pointerleave", () => this.use.over(null));
    element.addEventListener("click", () => this.use.pick(word));
  }
}
