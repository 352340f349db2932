/**
 * The page beside the plates: what is in hand, what it looked at or depended on, and how far to
 * trust that. Its space is always there, so that hovering never moves anything.
 */
import { h, text } from "../shared/dom";
import { percent, signedBits } from "../shared/format";
import { icon } from "../shared/icons";
import type { Store } from "../shared/model";
import { Bars, type Lane } from "./bars";
import type { Agreement } from "./data";
import type { Hands } from "./hand";
import type { Parts } from "./parts";
import { MODE_NAMES, type Sayings } from "./say";
import { bits as bitScale, bitsOf, share as shareScale, signedShare } from "./scales";
import { four, SharesBar } from "./shares";
import type { State, Word } from "./types";
import type { Views } from "./views";

const PADDING = "(padding)"; // after the text; copies of words may stand there

export class Panel {
  readonly element: HTMLElement;
  readonly trust: HTMLElement; // how far to: it stands where there is room
  private title = h("h3", { class: "dx-where" });
  private which = h("p", { class: "dx-which dx-number" });
  private bar = new SharesBar();
  private bars: Bars;
  private note = h("p", { class: "dx-note" });
  private badge = h("p", { class: "dx-badge" });
  private print = h("p", { class: "dx-print" });
  private spoken = h("p", { class: "dx-unseen", role: "status" });

  constructor(
    private store: Store<State>, private parts: Parts, private views: Views, private hands: Hands,
    private say: Sayings, reference: HTMLElement, proof: HTMLButtonElement,
  ) {
    this.bars = new Bars({
      over: (word) => store.set("overWord", word === null ? null : { id: hands.id, word }),
      pick: (word) => {
        store.set("patch", -1);
        store.set("word", store.get("word") === word ? -1 : word);
      },
    });
    const head = h("div", { class: "dx-head" }, h("div", {}, this.title, this.which), reference);
    const looked = h("div", { class: "dx-looked" }, h("h4", {}, "looked at"), this.bar.element);
    this.trust = h("div", { class: "dx-trust" }, this.badge, h("div", { class: "dx-small" }, this.print, proof));
    this.element = h("section", { class: "dx-panel", "aria-label": "what is in hand" },
      head, looked, this.bars.element, this.note, this.spoken);
    store.on(["over", "overWord", "patch", "word", "box", "tab", "by", "mode", "picks", "selected", "beside", "pictures"], () => this.update());
    store.on(["patch", "word", "box", "tab", "selected"], () => text(this.spoken, this.aloud()));
    parts.on(() => this.update());
    this.update();
  }

  update(): void {
    const { id, word } = this.hands.hand();
    const one = this.parts.picture(id);
    text(this.title, this.say.heading());
    text(this.which, this.say.which());
    this.bar.show(this.four(), this.store.get("by") === "signed");
    this.bars.show(this.names(), one?.words.length ?? 0, one ? this.lanes() : [], word);
    text(this.note, this.noted());
    this.trusted();
  }

  /** The words; where it is known what the padding after them gave, that too. */
  private names(): string[] {
    const { id } = this.hands.hand();
    const words = this.parts.picture(id)?.words.map(({ text }) => text) ?? [];
    const padded = this.parts.get(id)?.depends?.padding && (!this.say.looks || this.say.boxed);
    return padded ? [...words, PADDING] : words;
  }

  private four() {
    const found = this.views.shares(this.hands.id);
    return found && four((column) => this.meanOf(column), found.words);
  }

  /** The mean share of a column over the patches in hand. */
  private meanOf(column: number): number {
    const found = this.views.shares(this.hands.id)!;
    const patches = this.hands.patches(this.hands.id);
    if (!patches) return found.means[column];
    let sum = 0;
    for (const patch of patches) sum += found.all[column * found.patches + patch];
    return sum / patches.length;
  }

  private lanes(): Lane[] {
    const { boxed, looks } = this.say;
    const lanes: Lane[] = [];
    if (looks || boxed) lanes.push(this.shareLane());
    if (!looks || boxed) lanes.push(this.bitsLane());
    return lanes;
  }

  private shareLane(): Lane {
    const found = this.views.shares(this.hands.id);
    const words = found?.words ?? 0;
    const kind = this.store.get("by") === "signed" ? "signed" : "share";
    return { kind, values: this.withPadding(words), scale: kind === "signed" ? signedShare : shareScale };
  }

  private withPadding(words: number): number[] {
    return Array.from({ length: words + (words ? 1 : 0) }, (_, i) => this.meanOf(i < words ? i : words + 1));
  }

  private bitsLane(): Lane {
    const found = this.views.bits(this.hands.id);
    if (!found) return { kind: "bits", values: [], scale: bitScale };
    const patches = this.hands.patches(this.hands.id);
    if (!patches) return { kind: "bits", values: found.sums, scale: bitsOf(found.patches) };
    const values = Array.from(found.sums, (_, word) => patches.reduce((sum, patch) => sum + found.all[word * found.patches + patch], 0));
    return { kind: "bits", values, scale: patches.length === 1 ? bitScale : bitsOf(found.patches) };
  }

  private noted(): string {
    if (this.say.boxed) return "Two answers to two questions: where it looked, and what it depended on.";
    const { patch, word } = this.hands.hand();
    if (this.store.get("picks").length && this.say.looks) return `${this.say.heads(false)}.`;
    if (patch < 0 && word < 0) return "Point at a patch or at a word; a click keeps it.";
    if (this.say.looks) return `${this.say.heads(false)}.`;
    return "Measured by taking each word away; losses of single words do not add up.";
  }

  /** How far to trust what is shown: the same question put in two ways, and the replay. */
  private trusted(): void {
    const { id } = this.hands.hand();
    const one = this.parts.picture(id);
    const agreement = this.parts.get(id)?.agreement ?? null;
    const said = agreement ? firstWords(agreement, one?.words ?? []) : this.parts.get(id)?.refused.agreement ?? "";
    if (this.badge.textContent !== said) {
      const sign = agreement ? [icon(agreement.disagree ? "differ" : "same")] : [];
      this.badge.replaceChildren(...sign, ...(said ? [h("span", {}, said)] : []));
    }
    this.badge.classList.toggle("dx-disagree", agreement?.disagree ?? false);
    text(this.print, one ? replayed(one.replay) : "");
  }

  /** What a screen reader says of what keys or a click took; of mere hovering it says nothing. */
  private aloud(): string {
    const { id, patch, word } = this.hands.hand();
    const shares = this.four();
    const bits = this.views.bits(id);
    if (patch >= 0 && this.say.looks && shares) return `${this.say.which()}: looked at text ${percent(shares.text)}, earlier patches ${percent(shares.earlier)}`;
    if (word >= 0 && !this.say.looks && bits) return `${this.say.which()}: ${signedBits(bits.sums[word])} lost without it`;
    if (word >= 0 && this.say.looks && shares) return `${this.say.which()}: ${percent(this.meanOf(word))} of what it looked at`;
    return patch >= 0 || word >= 0 || this.say.boxed ? this.say.which() : "";
  }
}

/** Whether looking and depending name the same first word. */
export function firstWords({ top, disagree }: Agreement, words: Word[]): string {
  const looked = words[top.contribution ?? top.attention]?.text;
  const depended = words[top.knockout]?.text;
  if (looked === undefined || depended === undefined) return "";
  const name = top.contribution !== undefined ? "Contribution" : "Attention";
  const how = `(${MODE_NAMES.all})`;
  if (!disagree) return `${name} and knock-out ${how} agree on the first word: ${depended}.`;
  if (looked === depended) return `${name} and knock-out ${how} name ${depended} first, and disagree on the words after it.`;
  return `${name}’s first word: ${looked}. Knock-out’s first word ${how}: ${depended}. They disagree.`;
}

export function replayed(error: number | null): string {
  if (error === null) return "Not compared with what was recorded.";
  const [digits, power] = error.toExponential(1).split("e");
  const size = error === 0 ? "0" : error >= 0.01 ? error.toFixed(2) : `${digits} × 10${raised(power)}`;
  return `Replay error ${size} nats.`;
}

function raised(power: string): string {
  const signs: Record<string, string> = { "-": "⁻", "+": "" };
  return [...String(Number(power))].map((sign) => signs[sign] ?? "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(sign)]).join("");
}
