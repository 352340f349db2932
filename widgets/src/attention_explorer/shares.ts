/**
 * What a patch, or the whole picture, read: text, earlier patches, start and pad, as one bar.
 *
 * The four are always there. What nobody asked for (start, pad) takes most of the attention of
 * many heads, and a map without it would look like more than it is.
 */
import { h, text } from "../shared/dom";
import { percent, signedPercent } from "../shared/format";

export const KINDS = ["text", "earlier", "start", "pad"] as const;
const NAMES: Record<(typeof KINDS)[number], string> = {
  text: "text", earlier: "earlier patches", start: "start", pad: "padding",
};

export type Four = Record<(typeof KINDS)[number], number>;

/** The four of a column of shares: of every word, start, pad, earlier patches. */
export function four(of: (column: number) => number, words: number): Four {
  let total = 0;
  for (let word = 0; word < words; word++) total += of(word);
  return { text: total, start: of(words), pad: of(words + 1), earlier: of(words + 2) };
}

export class SharesBar {
  readonly element: HTMLElement;
  private bar = h("div", { class: "dx-stack", role: "img" });
  private parts = new Map<string, HTMLElement>();
  private numbers = new Map<string, HTMLElement>();

  constructor() {
    const key = h("dl", { class: "dx-stack-key" });
    for (const kind of KINDS) {
      const part = h("span", { class: `dx-part dx-part-${kind}` });
      const number = h("dd", { class: "dx-number" });
      this.parts.set(kind, part);
      this.numbers.set(kind, number);
      this.bar.append(part);
      key.append(h("div", {}, h("dt", {}, h("span", { class: `dx-swatch dx-part-${kind}`, "aria-hidden": "true" }), NAMES[kind]), number));
    }
    this.element = h("div", { class: "dx-shares" }, this.bar, key);
  }

  /** Null: not known yet; the bar keeps its place. */
  show(shares: Four | null, signed: boolean): void {
    const say = signed ? signedPercent : percent;
    const total = shares ? KINDS.reduce((sum, kind) => sum + Math.abs(shares[kind]), 0) || 1 : 1;
    for (const kind of KINDS) {
      const share = shares ? shares[kind] : 0;
      this.parts.get(kind)!.style.flexGrow = String(Math.abs(share) / total);
      this.parts.get(kind)!.classList.toggle("dx-minus", share < 0);
      text(this.numbers.get(kind)!, shares ? say(share) : "–");
    }
    const said = shares ? KINDS.map((kind) => `${NAMES[kind]} ${say(shares[kind])}`).join(", ") : "not known yet";
    this.bar.setAttribute("aria-label", `looked at: ${said}`);
  }
}
