/**
 * The cell in hand: one picture large, its place among all that were drawn, its facts, and beside
 * it all pictures of the cell, best first.
 */
import { assign, button, clear, h, text, unique } from "../shared/dom";
import { icon } from "../shared/icons";
import { NEEDS_KERNEL } from "../shared/kernel";
import type { Store } from "../shared/model";
import { opener } from "./opener";
import { nameOf, type Pictures } from "./pictures";
import { Rug } from "./rug";
import type { State } from "./types";
import { factsOf, ordinal, rankOf, stands, type Sample, type Shelf, type Values } from "./values";
import { Wall } from "./wall";

export class Hand {
  readonly element: HTMLElement;
  readonly plate: HTMLElement;
  private picture = h("img", { class: "dx-large", alt: "", draggable: "false" });
  private rank = h("h3", { class: "dx-place" });
  private which = h("p", { class: "dx-of-seed dx-number" });
  private facts = h("ul", { class: "dx-facts", "aria-label": "the facts that the sentence states" });
  private judged = h("p", { class: "dx-judged" });
  private favourite: HTMLButtonElement;
  private note: HTMLInputElement;
  private wall: Wall;
  private rug: Rug;
  private needs: (HTMLButtonElement | HTMLInputElement)[];
  private shown = "";

  constructor(private store: Store<State>, private shelf: Shelf, private pictures: Pictures) {
    this.wall = new Wall(store, shelf, pictures, (seed) => this.take(seed));
    this.rug = new Rug((seed) => this.take(seed));
    this.plate = h("figure", { class: "dx-hand-plate", tabindex: 0, role: "group" }, this.picture);
    this.favourite = button("favourite", () => this.like(), { icon: icon("heart"), bare: true });
    const note = unique("note");
    this.note = h("input", { type: "text", class: "dx-remark", id: note, maxlength: 500, placeholder: "a note", "aria-label": "note about this picture", autocomplete: "off" });
    this.note.addEventListener("change", () => this.mark({ note: this.note.value }));
    this.note.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.note.blur();
    });
    const open = opener(store, () => this.sample()?.[0] ?? null);
    this.needs = [this.favourite, this.note, ...open.buttons];
    const about = h("div", { class: "dx-hand-words" },
      h("div", { class: "dx-place-line" }, this.rank, this.favourite), this.which, this.facts, this.judged, this.note, open.element);
    this.element = h("section", { class: "dx-hand", "aria-label": "the cell in hand" },
      this.plate, about, h("div", { class: "dx-hand-rest" }, this.wall.element, this.rug.element));
    store.on(["chosen", "picture", "each", "marks", "axes", "cells", "about"], () => this.update());
    store.on(["alive"], () => this.able());
    shelf.on((cells) => {
      if (cells.includes(store.get("chosen"))) this.update();
    });
    pictures.on((names) => {
      if (names.includes(this.shown)) this.paint();
    });
    this.able();
    this.update();
  }

  /** The sample in hand, and its place among those of its cell. */
  sample(): [Sample, number] | null {
    const values = this.values();
    const place = stands(values, this.store.get("picture") || this.store.get("each"));
    return place < 0 ? null : [values.samples[place], place];
  }

  /** The next or an earlier picture of the cell. */
  step(by: number): void {
    const { samples } = this.values();
    const now = this.sample()?.[1] ?? -1;
    for (let place = now + by; place >= 0 && place < samples.length; place += by) {
      if (samples[place].there) return this.take(samples[place].seed);
    }
  }

  take(seed: string): void {
    this.store.set("picture", seed);
  }

  like(): void {
    const found = this.sample();
    if (found && this.store.get("alive")) this.mark({ favourite: !this.marked(found[0].seed).favourite });
  }

  /** Whole pixels of the picture, as large as there is room. */
  fit(room: number, narrow: boolean): void {
    const { width } = this.store.get("about");
    const most = narrow ? Math.min(room, 440) : Math.min(room > 1300 ? 512 : 384, 0.35 * room);
    const dots = Math.max(1, Math.floor((most * devicePixelRatio) / (width || most)));
    const side = width ? Math.min(most, (dots * width) / devicePixelRatio) : most;
    this.element.style.setProperty("--dx-hand", `${side < most * 0.6 ? most : side}px`);
  }

  focus(): void {
    this.plate.scrollIntoView({ block: "nearest" });
    this.plate.focus({ preventScroll: true });
  }

  private values(): Values {
    return this.shelf.of(this.store.get("chosen"));
  }

  private marked(seed: string): { favourite: boolean; note: string } {
    return this.store.get("marks")[nameOf(this.store.get("chosen"), seed)] ?? { favourite: false, note: "" };
  }

  private mark(change: { favourite?: boolean; note?: string }): void {
    const found = this.sample();
    if (found) this.store.send({ kind: "mark", cell: this.store.get("chosen"), seed: found[0].seed, ...change });
  }

  private update(): void {
    const values = this.values();
    const found = this.sample();
    const { scorer } = this.store.get("about");
    const place = found?.[1] ?? -1;
    text(this.rank, found ? rankOf(values, place, scorer) || (values.samples.length > 1 ? `${ordinal(place + 1)} of ${values.samples.length}, not ranked` : "one picture") : "not drawn yet");
    const score = found && !Number.isNaN(found[0].score) ? ` · cosine ${found[0].score.toFixed(3)}` : "";
    text(this.which, found ? `seed ${found[0].seed}${score}` : "");
    this.tell(found?.[0] ?? null, values.facts);
    const { favourite, note } = found ? this.marked(found[0].seed) : { favourite: false, note: "" };
    assign(this.favourite, { "aria-pressed": favourite, title: favourite ? "no favourite any more" : "make it a favourite" });
    this.favourite.setAttribute("aria-pressed", String(favourite));
    if (document.activeElement !== this.note) this.note.value = note;
    this.favourite.hidden = this.note.hidden = !found;
    this.wall.show(found?.[0].seed ?? "");
    this.rug.show(values, found?.[0].seed ?? "");
    this.paint();
  }

  private tell(sample: Sample | null, facts: string[]): void {
    const ticks = sample?.ticks ?? null;
    const lines = ticks ? facts.map((fact, i) => {
      const [mark, said] = ticks[i] === null ? ["?", "unclear"] : ticks[i] ? ["✓", "right"] : ["✗", "wrong"];
      return h("li", { class: `dx-fact dx-${said}` }, h("span", { "aria-hidden": "true", class: "dx-tick" }, mark), h("span", {}, fact), h("span", { class: "dx-unseen" }, `: ${said}`));
    }) : [];
    clear(this.facts, ...lines);
    this.facts.hidden = !lines.length;
    text(this.judged, sample && ticks && facts.length ? `${factsOf(sample, facts)}, read by the judge, which never ranks` : "");
  }

  private paint(): void {
    const cell = this.store.get("chosen");
    const found = this.sample();
    const { prompt } = this.store.get("cells")[cell] ?? { prompt: "" };
    const there = found?.[0].there ?? false;
    this.shown = found ? nameOf(cell, found[0].seed) : "";
    const url = found && there ? this.pictures.url(cell, found[0].seed) : null;
    if (url) this.picture.src = url;
    else this.picture.removeAttribute("src");
    this.picture.alt = found ? `A picture drawn from the text: ${prompt}` : "";
    this.picture.hidden = !url;
    const why = !found ? "" : !there ? "only its score was kept" : this.pictures.lacks(cell, found[0].seed) ? "not in this page" : "";
    assign(this.plate, { "data-why": why || null, "aria-label": `${prompt}: ${this.rank.textContent}, ${this.which.textContent}` });
  }

  private able(): void {
    const alive = this.store.get("alive");
    for (const element of this.needs) {
      element.disabled = !alive;
      if (!alive) element.title = NEEDS_KERNEL;
    }
  }
}
