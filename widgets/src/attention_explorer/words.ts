/**
 * The prompt as a line of print, each word a button that is lit by its number.
 */
import { clear, h, text } from "../shared/dom";
import { colour, contrast } from "../shared/colour";
import { percent, signedBits, signedPercent } from "../shared/format";
import type { Store } from "../shared/model";
import type { Hands } from "./hand";
import type { Parts } from "./parts";
import { bits as bitScale, bitsOf, share as shareScale, signedShare } from "./scales";
import { choosePicture } from "./say";
import type { Picture, State } from "./types";
import type { Views } from "./views";

interface Lit {
  button: HTMLButtonElement;
  number: HTMLElement;
}

export class Sentence {
  readonly element = h("div", { class: "dx-line", role: "group" });
  private words: Lit[] = [];
  private built = "";

  constructor(
    private id: () => string, private store: Store<State>, private parts: Parts, private views: Views, private hands: Hands,
  ) {}

  /** Light every word by its number: of the patch in hand, or of the whole picture. */
  update(): void {
    const one = this.parts.picture(this.id());
    const key = JSON.stringify([one?.prompt, one?.words]);
    if (key !== this.built) this.build(one);
    this.built = key;
    if (!one) return;
    const values = valuesOf(one.id, this.store, this.views, this.hands);
    const held = this.hands.word(one.id);
    const pinned = one.id === this.store.get("selected") ? this.store.get("word") : -1;
    this.words.forEach(({ button, number }, i) => {
      const value = values ? values.values[i] : NaN;
      const known = Number.isFinite(value);
      const rgb = known ? colour(values!.scale, value) : null;
      button.style.background = rgb ? `rgb(${rgb.join()})` : "";
      button.style.color = rgb ? contrast(rgb) : "";
      text(number, known ? values!.say(value) : "–");
      button.classList.toggle("dx-held", i === held);
      button.setAttribute("aria-pressed", String(i === pinned));
      button.setAttribute("aria-label", `${one.words[i].text}: ${known ? values!.aloud(value) : "not known yet"}`);
    });
  }

  /** Pin the next or the previous word. */
  step(by: number): void {
    const count = this.words.length;
    if (!count) return;
    const now = this.store.get("word");
    this.pin(now < 0 ? (by > 0 ? 0 : count - 1) : (now + by + count) % count);
  }

  /** Move the focus along the words. */
  move(from: Element, by: number): boolean {
    const now = this.words.findIndex(({ button }) => button === from);
    if (now < 0) return false;
    this.words[(now + by + this.words.length) % this.words.length].button.focus();
    return true;
  }

  private pin(word: number): void {
    const mine = this.id() === this.store.get("selected");
    const again = mine && this.store.get("word") === word && this.store.get("patch") < 0;
    choosePicture(this.store, this.parts, this.id());
    this.store.set("patch", -1);
    this.store.set("word", again ? -1 : word);
  }

  private build(one: Picture | undefined): void {
    this.element.setAttribute("aria-label", one ? `words of: ${one.prompt}` : "words");
    if (!one) return clear(this.element);
    this.words = [];
    const pieces: (HTMLElement | null)[] = [];
    let from = 0;
    one.words.forEach((word, i) => {
      pieces.push(between(one.prompt.slice(from, word.start)));
      from = word.end;
      const number = h("span", { class: "dx-word-number dx-number", "aria-hidden": "true" });
      const button = h("button", { type: "button", class: "dx-word" }, h("span", { class: "dx-word-text" }, word.text), number);
      this.listen(button, i);
      this.words.push({ button, number });
      pieces.push(button);
    });
    pieces.push(between(one.prompt.slice(from)));
    clear(this.element, ...pieces);
  }

  private listen(button: HTMLButtonElement, word: number): void {
    const { signal } = this.store;
    const over = () => this.store.set("overWord", { id: this.id(), word });
    const away = () => this.store.set("overWord", null);
    button.addEventListener("pointerenter", over, { signal });
    button.addEventListener("pointerleave", away, { signal });
    button.addEventListener("focus", () => {
      if (button.matches(":focus-visible")) over();
    }, { signal });
    button.addEventListener("blur", away, { signal });
    button.addEventListener("click", () => {
      this.pin(word);
      // What was let go shall not seem to be held still, because the pointer is over it.
      away();
    }, { signal });
  }
}

/** What stands between words: spaces are the gaps of the line, commas are print. */
function between(letters: string): HTMLElement | null {
  return letters.trim() ? h("span", { class: "dx-between" }, letters.trim()) : null;
}

/** The numbers of all words of a picture, for what is in hand. */
function valuesOf(id: string, store: Store<State>, views: Views, hands: Hands) {
  const patches = hands.patches(id);
  if (store.get("tab") === "looks") {
    const found = views.shares(id);
    if (!found) return null;
    const { all, words, means } = found;
    const values = patches ? summed(all, words, found.patches, patches).map((sum) => sum / patches.length) : means.subarray(0, words);
    const signed = store.get("by") === "signed";
    const say = signed ? signedPercent : percent;
    return { values, scale: signed ? signedShare : shareScale, say, aloud: (value: number) => `${say(value)} of what it looked at` };
  }
  const found = views.bits(id);
  if (!found) return null;
  const values = patches ? summed(found.all, found.words, found.patches, patches) : found.sums;
  const scale = patches?.length === 1 ? bitScale : bitsOf(found.patches);
  return { values, scale, say: (value: number) => signedBits(value).replace(" bits", ""), aloud: (value: number) => `${signedBits(value)} lost without it` };
}

/** The sums over some patches of the first rows of [c p]. */
function summed(all: Float32Array, rows: number, p: number, patches: number[]): Float32Array {
  return Float32Array.from({ length: rows }, (_, row) => patches.reduce((sum, patch) => sum + all[row * p + patch], 0));
}
