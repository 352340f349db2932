/**
 * All heads as small multiples: the map of the word in hand, or the text share at the patch in
 * hand, in one scale; pressing some averages these alone.
 */
import { canvas, pen } from "../shared/canvas";
import { colour, type Scale } from "../shared/colour";
import { clear, h, text, unique, button } from "../shared/dom";
import { percent, signedBits } from "../shared/format";
import { NEEDS_KERNEL } from "../shared/kernel";
import type { Store } from "../shared/model";
import { ofHead, ofHeadAt } from "./combine";
import type { Heads } from "./data";
import type { Hands, Subject } from "./hand";
import type { Parts } from "./parts";
import { share as shareScale, signedShare } from "./scales";
import type { Head, State } from "./types";
import { paint } from "./views";

const ORDERS = {
  layer: "layer and head", text: "text share", distance: "locality: nearest first", entropy: "entropy: most certain first", effect: "effect",
} as const;
type Order = keyof typeof ORDERS;

const BELOW: Record<Exclude<Order, "layer">, string> = {
  text: "text share", distance: "patches to where it looks", entropy: "entropy in bits", effect: "bits lost without it",
};

const KINDS = { mean: "its mean", zero: "nothing", start: "a look at the start" } as const;

interface Cell {
  button: HTMLButtonElement;
  image: HTMLCanvasElement;
  number: HTMLElement;
}

export class HeadSheet {
  readonly element: HTMLElement;
  private cells: Cell[] = [];
  private grid = h("div", { class: "dx-heads", role: "group", "aria-label": "heads" });
  private order: HTMLSelectElement;
  private kind: HTMLSelectElement;
  private measure: HTMLButtonElement;
  private said = h("p", { class: "dx-hint" });
  private all: HTMLButtonElement;
  private waiting = 0;

  constructor(private store: Store<State>, private parts: Parts, private hands: Hands) {
    const [sort, kind] = [unique("sort"), unique("kind")];
    this.order = h("select", { id: sort }, ...Object.entries(ORDERS).map(([value, name]) => h("option", { value }, name)));
    this.kind = h("select", { id: kind }, ...Object.entries(KINDS).map(([value, name]) => h("option", { value }, name)));
    this.measure = button("Measure effects", () => store.send({ kind: "ablate", id: store.get("selected"), what: this.kind.value }), { quiet: true });
    this.all = button("All heads", () => store.set("picks", []), { quiet: true });
    this.element = h("section", { class: "dx-section" },
      h("h3", {}, "Heads"), this.said,
      h("div", { class: "dx-actions" },
        h("label", { class: "dx-inline", for: sort }, "sorted by"), this.order, this.all,
        h("label", { class: "dx-inline", for: kind }, "effect: replace a head by"), this.kind, this.measure),
      this.grid);
    this.order.addEventListener("change", () => this.arrange());
    store.on(["geometry"], () => this.build());
    store.on(["picks"], () => this.mark());
    store.on(["alive", "status"], () => this.able());
    store.on(["over", "overWord", "patch", "word", "by", "tab", "selected", "more"], () => this.later());
    parts.on((_, part) => {
      if (part === "heads") this.arrange();
      if (part === "looks" || part === "heads") this.later();
    });
    this.build();
    this.able();
  }

  private build(): void {
    const { rows, columns, layers, heads } = this.store.get("geometry");
    this.cells = Array.from({ length: layers * heads }, (_, i) => {
      const image = canvas(columns, rows);
      const number = h("span", { class: "dx-head-number dx-number" });
      const [layer, head] = [Math.floor(i / heads), i % heads];
      const made = h("button", { type: "button", class: "dx-head-cell" }, image, h("span", { class: "dx-head-name" }, `${layer}.${head}`), number);
      made.addEventListener("click", () => this.toggle([layer, head]));
      return { button: made, image, number };
    });
    this.grid.style.setProperty("--dx-heads", String(heads));
    this.grid.style.setProperty("--dx-heads-count", String(heads));
    this.arrange();
    this.mark();
    this.later();
  }

  /** Press a head: it is averaged with the others that are pressed; the last one let go means all. */
  private toggle([layer, head]: Head): void {
    const picks = this.store.get("picks");
    const others = picks.filter(([l, h_]) => l !== layer || h_ !== head);
    const next = others.length < picks.length ? others : [...picks, [layer, head] as Head];
    this.store.set("picks", next.sort((a, b) => a[0] - b[0] || a[1] - b[1]));
  }

  private later(): void {
    if (this.waiting || !this.store.get("more")) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = 0;
      this.draw();
    });
  }

  private subject(): Subject {
    const { patch, word } = this.hands.hand();
    if (this.store.get("overWord") === null && patch >= 0) return { kind: "patch", patch };
    return word >= 0 ? { kind: "word", word } : { kind: "all" };
  }

  private draw(): void {
    const { id } = this.hands;
    const looks = this.parts.get(id)?.looks;
    if (!looks) return;
    const by = this.store.get("by");
    const scale = by === "signed" ? signedShare : shareScale;
    const subject = this.subject();
    const words = Array.from({ length: looks.columns - 3 }, (_, i) => i);
    const columns = subject.kind === "word" ? [subject.word] : words;
    this.cells.forEach(({ image }, head) => {
      if (subject.kind === "patch") return this.fill(image, scale, ofHeadAt(looks, by, head, columns, subject.patch));
      const values = ofHead(looks, by, head, columns);
      paint(image, values, values.length, scale, 1);
    });
    text(this.said, this.meaning(subject));
    this.numbers();
  }

  /** One colour for the whole of a head: its number at the patch in hand. */
  private fill(image: HTMLCanvasElement, scale: Scale, value: number): void {
    const context = pen(image);
    context.fillStyle = `rgb(${colour(scale, value).join()})`;
    context.fillRect(0, 0, image.width, image.height);
  }

  private meaning(subject: Subject): string {
    const { id } = this.hands;
    const picks = this.store.get("picks").length;
    const what = subject.kind === "word"
      ? `How much each head looked at ‘${this.parts.picture(id)?.words[subject.word]?.text}’`
      : subject.kind === "patch" ? "How much of each head’s look went to the text, at the patch in hand" : "How much each head looked at the text";
    return `${what}. Below each: ${BELOW[this.shownBy()]}. Press heads to put these alone together${picks ? `; ${picks} pressed.` : "; now all are."}`;
  }

  /** Which number stands below each head: that of the order; the effect, as soon as it is known. */
  private shownBy(): Exclude<Order, "layer"> {
    const order = this.order.value as Order;
    if (order !== "layer") return order;
    return this.parts.get(this.store.get("selected"))?.heads?.effect ? "effect" : "text";
  }

  /** The number by which the heads are sorted, below each. */
  private numbers(): void {
    const held = this.parts.get(this.store.get("selected"))?.heads;
    const order = this.shownBy();
    const { heads } = this.store.get("geometry");
    this.cells.forEach(({ number, button }, i) => {
      const name = `layer ${Math.floor(i / heads)}, head ${i % heads}`;
      const found = held ? numberOf(held, order, i) : "";
      text(number, found);
      button.setAttribute("aria-label", found ? `${name}: ${BELOW[order]} ${found}` : name);
      button.title = name;
    });
  }

  private arrange(): void {
    const held = this.parts.get(this.store.get("selected"))?.heads ?? null;
    const effect = held?.effect ?? null;
    const options = [...this.order.options];
    options[options.length - 1].disabled = effect === null;
    if (effect === null && this.order.value === "effect") this.order.value = "layer";
    const order = this.order.value as Order;
    const places = this.cells.map((_, i) => i);
    if (held && order !== "layer") {
      const key = valuesOf(held, order).map((value) => (value === null ? Infinity : order === "effect" || order === "text" ? -value : value));
      places.sort((a, b) => key[a] - key[b] || a - b);
    }
    this.grid.classList.toggle("dx-sorted", order !== "layer");
    const buttons = places.map((i) => this.cells[i].button);
    clear(this.grid, ...(order === "layer" ? this.byLayer(buttons) : buttons));
    this.numbers();
  }

  private byLayer(buttons: HTMLElement[]): HTMLElement[] {
    const { layers, heads } = this.store.get("geometry");
    return Array.from({ length: layers }, (_, layer) => h("div", { class: "dx-layer" },
      h("span", { class: "dx-layer-name" }, `layer ${layer}`), ...buttons.slice(layer * heads, (layer + 1) * heads)));
  }

  private mark(): void {
    const { heads } = this.store.get("geometry");
    const pressed = new Set(this.store.get("picks").map(([layer, head]) => layer * heads + head));
    this.cells.forEach(({ button }, i) => button.setAttribute("aria-pressed", String(pressed.has(i))));
    this.all.disabled = !pressed.size;
    this.later();
  }

  private able(): void {
    const alive = this.store.get("alive");
    const busy = ["working", "drawing"].includes(this.store.get("status").state);
    this.measure.disabled = this.kind.disabled = !alive || busy;
    this.measure.title = alive ? "take every head away in turn, and count the bits that are lost" : NEEDS_KERNEL;
  }
}

function valuesOf(held: Heads, order: Exclude<Order, "layer">): (number | null)[] {
  return order === "effect" ? held.effect?.bits ?? [] : held[order];
}

function numberOf(held: Heads, order: Exclude<Order, "layer">, i: number): string {
  const value = valuesOf(held, order)[i] ?? null;
  if (value === null) return "–";
  if (order === "effect") return signedBits(value).replace(" bits", "");
  return order === "distance" || order === "entropy" ? value.toFixed(1) : percent(value);
}
