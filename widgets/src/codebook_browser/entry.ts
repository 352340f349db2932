/**
 * The page about one code, in the order in which it is to be read: how often it occurs, where it
 * really stands, what is like it, and last the artificial tile of it alone.
 */
import { button, clear, h, text } from "../shared/dom";
import { count, percent } from "../shared/format";
import { icon } from "../shared/icons";
import { NEEDS_KERNEL } from "../shared/kernel";
import type { Store } from "../shared/model";
import type { Book, Crop, Entry, Near } from "./book";
import { Curve } from "./curve";
import { byCount, ordinal } from "./order";
import { drawCrop, drawTile, sideOf, small } from "./tile";
import type { State } from "./types";

const CROP_PX = 72;
const NEAR_PX = 48;
const TILE_PX = 64;
const PLACES = 8;

export class EntryPage {
  readonly element: HTMLElement;
  private head: HTMLElement;
  private number = h("span", { class: "dx-headword" });
  private usage = h("p", { class: "dx-which dx-number" });
  private curve: Curve;
  private brush: HTMLButtonElement;
  private intro = h("p", {});
  private begin = h("div", { class: "dx-begin" });
  private opening: HTMLElement;
  private real = h("section", { class: "dx-real" });
  private realSaid = h("p", { class: "dx-hint" });
  private citations = h("ol", { class: "dx-citations" });
  private likeSection = h("section", { class: "dx-like" });
  private like = h("ol", { class: "dx-near" });
  private likeSaid = h("p", { class: "dx-hint" });
  private alone = h("section", { class: "dx-alone" });
  private tile = small("dx-tile");
  private shown = "";
  private scale = 1;

  constructor(private store: Store<State>, private book: Book, private take: (code: number) => void) {
    this.curve = new Curve(book);
    this.brush = button("Paint with it", () => store.set("tab", "paint"), { icon: icon("brush"), quiet: true });
    this.head = h("div", { class: "dx-entry-head" }, h("h3", { class: "dx-word-of-code" }, h("span", { class: "dx-code-word" }, "code"), this.number), this.brush);
    this.real.append(h("h4", {}, "In training pictures"), this.realSaid, this.citations);
    this.likeSection.append(h("h4", {}, "Nearest codes"), this.like, this.likeSaid);
    this.alone.append(h("h4", {}, "By itself: artificial"), h("div", { class: "dx-alone-row" }, this.tile,
      h("p", { class: "dx-hint" }, "The middle of a whole picture of this one code; the decoder never learned from such pictures.")));
    this.opening = h("div", { class: "dx-intro" }, this.intro, this.begin);
    this.element = h("section", { class: "dx-panel dx-entry", "aria-label": "the code in hand" },
      this.head, this.usage, this.curve.element, this.opening, this.real, h("div", { class: "dx-kin" }, this.likeSection, this.alone));
    store.on(["selected", "painting", "about"], () => this.update());
    book.on((news) => {
      if (news === "usage" || news === "entry") this.update();
      if (news === "tiles") this.tiles();
    });
    this.update();
  }

  /** Pixels of another size, or colours of another theme; larger on a projector. */
  restyle(big: boolean): void {
    this.shown = "";
    this.scale = big ? 4 / 3 : 1;
    this.element.style.setProperty("--dx-crop", `${sideOf(3 * this.store.get("geometry").patch, CROP_PX * this.scale)}px`);
    this.update();
  }

  update(): void {
    const code = this.store.get("selected");
    const none = code < 0;
    this.element.classList.toggle("dx-none", none);
    this.head.hidden = none;
    text(this.number, String(code));
    this.curve.mark(code);
    text(this.usage, this.used(code));
    this.opening.hidden = !none;
    this.real.hidden = this.likeSection.hidden = this.alone.hidden = none;
    if (!none) return this.fill(code);
    this.shown = "";
    text(this.intro, this.introduction());
    clear(this.begin, ...this.places().map(([code, said]) => this.place(code, said)));
    this.tiles();
  }

  private introduction(): string {
    const { rows, columns, codes } = this.store.get("geometry");
    return `Every picture of this model is ${rows} × ${columns} codes out of ${count(codes)}; the decoder turns them into pixels. ` +
      "A code means something among its neighbours: choose one, and see where it stands in pictures that the model learned from.";
  }

  /** Codes to begin with: the commonest, one in the middle, the rarest, and one that never occurs. */
  private places(): [number, string][] {
    const { counts, ranks } = this.book;
    if (!counts || !ranks) return [];
    const order = byCount(counts);
    const { used } = this.store.get("about");
    const found: [number, string][] = [[order[0], "the commonest"], [order[used >> 1], "one in the middle"], [order[used - 1], "the rarest"]];
    if (used < order.length) found.push([order[used], "one that never occurs"]);
    return found.filter(([code], i) => found.findIndex(([one]) => one === code) === i);
  }

  private place(code: number, said: string): HTMLElement {
    const made = small("dx-tile");
    made.dataset.tile = String(code);
    const act = h("button", { type: "button", class: "dx-begin-one" }, made, h("span", {}, said), h("span", { class: "dx-number dx-hint" }, `code ${code}`));
    act.addEventListener("click", () => this.take(code));
    return act;
  }

  private used(code: number): string {
    const { pictures, patches, world, refused } = this.store.get("about");
    if (refused) return `How often codes occur is not known. ${refused}`;
    if (code < 0) return `Counted in the first ${count(pictures)} training pictures of world ${world}.`;
    const { counts, ranks } = this.book;
    if (!counts || !ranks) return "";
    const here = this.here(code);
    if (!counts[code]) return `Never occurs in the ${count(pictures)} training pictures that were counted (world ${world}): a dead code.${here}`;
    return `${ordinal(ranks[code])} of ${count(this.store.get("geometry").codes)} codes: ${count(counts[code])} of the ${count(patches)} patches of ${count(pictures)} training pictures (world ${world}), ${percent(counts[code] / patches).replace(" ", "\u00a0")}.${here}`;
  }

  private here(code: number): string {
    if (!this.store.get("about").canvas) return "";
    const found = this.store.get("painting").grid.filter((one) => one === code).length;
    return found ? ` In the picture at hand: ${found} ${found === 1 ? "patch" : "patches"}.` : " Not in the picture at hand.";
  }

  private fill(code: number): void {
    const entry = this.book.entry(code);
    const key = `${code} ${entry ? entry.whole : "none"} ${this.store.get("alive")} ${this.book.counts !== null}`;
    this.tiles();
    if (key === this.shown) return;
    this.shown = key;
    this.realPlaces(code, entry);
    this.alike(entry);
  }

  private tiles(): void {
    const code = this.store.get("selected");
    const { patch } = this.store.get("geometry");
    drawTile(this.tile, this.book, code, patch, TILE_PX * this.scale);
    for (const canvas of this.element.querySelectorAll<HTMLCanvasElement>("canvas[data-tile]")) {
      drawTile(canvas, this.book, Number(canvas.dataset.tile), patch, NEAR_PX * this.scale);
    }
  }

  private realPlaces(code: number, entry: Entry | null): void {
    const { refused } = this.store.get("about");
    const said = () => {
      if (refused) return "Where it stands is not known, as codes were not counted.";
      if (this.book.dead(code)) return "There is none: no training picture that was counted has it.";
      if (entry?.whole) return "Where the encoder chose it (framed), in pictures as the world draws them.";
      return this.store.get("alive") ? "Looking its places up, and drawing these pictures anew." : `The crops of this code did not travel with the page. ${NEEDS_KERNEL}`;
    };
    text(this.realSaid, said());
    // The places keep their space while they are looked up: nothing below them moves.
    const waiting = !entry && this.store.get("alive") && !refused && !this.book.dead(code);
    const places = waiting ? Math.min(PLACES, this.book.counts?.[code] ?? PLACES) : 0;
    const items = entry ? entry.crops.map((crop) => this.citation(crop, entry.side)) : Array.from({ length: places }, () => h("li", { class: "dx-citation dx-awaited" }, h("span", { class: "dx-small-plate" })));
    clear(this.citations, ...items);
  }

  private citation(crop: Crop, side: number): HTMLElement {
    const made = small("dx-crop-of-code");
    drawCrop(made, crop, side, this.store.get("geometry").patch, CROP_PX * this.scale);
    const [row, column] = crop.patch;
    return h("li", { class: "dx-citation" }, made,
      h("div", {}, h("p", { class: "dx-quote" }, crop.caption), h("p", { class: "dx-source dx-number" }, `no. ${count(crop.index)} · row ${row}, column ${column}`)));
  }

  private alike(entry: Entry | null): void {
    clear(this.like, ...(entry?.near ?? []).map((near) => this.alikeOne(near, entry!)));
    text(this.likeSaid, entry ? `By the vectors that the decoder reads; half of all codes are farther than ${entry.typical.toFixed(2)}.` : "");
  }

  private alikeOne(near: Near, entry: Entry): HTMLElement {
    const { patch } = this.store.get("geometry");
    const made = small("dx-crop-of-code");
    if (near.crop) drawCrop(made, near.crop, entry.side, patch, NEAR_PX * this.scale);
    else {
      made.dataset.tile = String(near.code);
      drawTile(made, this.book, near.code, patch, NEAR_PX * this.scale);
    }
    const bar = h("span", { class: "dx-away" });
    bar.style.transform = `scaleX(${Math.min(1, entry.typical > 0 ? near.distance / entry.typical : 0)})`;
    const kind = near.crop ? "" : ", its tile, artificial";
    const act = h("button", { type: "button", class: "dx-near-one", "aria-label": `code ${near.code}, distance ${near.distance.toFixed(2)}${kind}` }, made,
      h("span", { class: "dx-near-code dx-number" }, String(near.code)), h("span", { class: "dx-near-far dx-number" }, near.distance.toFixed(2)), h("span", { class: "dx-away-rail" }, bar));
    if (!near.crop) act.title = "its tile: artificial";
    act.addEventListener("click", () => this.take(near.code));
    return h("li", {}, act);
  }
}
