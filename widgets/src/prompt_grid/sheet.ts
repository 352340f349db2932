/**
 * The whole grid: only what is in sight is in the page, so that 400 cells scroll like four.
 *
 * Every place is an element of its own, with its words for those who cannot see it. Elements are
 * made as they come into sight and dropped as they leave; headings stick to the edges.
 */
import { assign, h, text } from "../shared/dom";
import { ARROWS } from "../shared/grid";
import type { Store } from "../shared/model";
import { calm } from "../shared/theme";
import { Tooltip } from "../shared/tooltip";
import { arranged, placed, seen, type Layout, type Spot } from "./layout";
import { nameOf, type Pictures } from "./pictures";
import { SEED, type State } from "./types";
import { factsOf, ordinal, rankOf, stands, type Shelf } from "./values";

const GAP = 6; // CSS pixels between pictures
const TOP = 34; // of the headings above
const PAD = 4; // around all pictures, for the frame of the one in hand
const BESIDE = 1; // rows and columns out of sight that are there already
const LEAST = 72;
const MOST = 192; // CSS pixels of a picture that has room

interface Tile {
  element: HTMLElement;
  picture: HTMLImageElement;
  bar: HTMLElement;
}

export class Sheet {
  readonly element: HTMLElement;
  readonly tooltip: Tooltip;
  private scroller = h("div", { class: "dx-scroller" });
  private space = h("div", { class: "dx-space", role: "grid", "aria-label": "the whole grid" });
  private heads = h("div", { class: "dx-grid-heads", role: "row", "aria-rowindex": 1 });
  private corner = h("div", { class: "dx-corner", "aria-hidden": "true" });
  private rows = new Map<number, HTMLElement>();
  private tiles = new Map<string, Tile>(); // by "row column"
  private headings = new Map<number, HTMLElement>();
  private layout!: Layout;
  private side = LEAST;
  private wide = 96; // CSS pixels of the headings on the left
  private room = 0;
  private high = 640;
  private frame = 0;
  private active: [number, number] = [0, 0];

  constructor(private root: HTMLElement, private store: Store<State>, private shelf: Shelf, private pictures: Pictures, private open: () => void) {
    this.heads.append(this.corner);
    this.space.append(this.heads);
    this.scroller.append(this.space);
    this.tooltip = new Tooltip(root, root);
    this.element = h("div", { class: "dx-whole" }, this.scroller);
    this.listen();
    store.on(["rows", "columns", "axes", "cells", "template"], () => this.arrange());
    store.on(["chosen", "picture", "each"], () => this.follow());
    store.on(["marks", "only", "about"], () => this.repaint());
    store.on(["side"], () => this.fit(this.room, this.high));
    shelf.on(() => this.soon());
    pictures.on((names) => this.arrived(names));
    this.arrange();
  }

  /** Lay everything out in so many CSS pixels. */
  fit(room: number, high: number): void {
    [this.room, this.high] = [room, high];
    if (!(room > 0)) return;
    const narrow = room < 560;
    const { rows, columns } = this.layout;
    this.wide = rows.length > 1 || rows[0] ? Math.round(Math.min(narrow ? 80 : 132, room * 0.26)) : 0;
    const wanted = this.store.get("side");
    const fits = Math.floor((room - this.wide - 2 * PAD) / columns.length) - GAP;
    this.side = wanted || Math.min(MOST, Math.max(fits, narrow ? 84 : LEAST));
    const { width, height } = this.store.get("about");
    // Whole pixels of the picture where it is enlarged; it is made smaller smoothly.
    const dots = width ? Math.floor((this.side * devicePixelRatio) / width) : 0;
    if (dots) this.side = (dots * width) / devicePixelRatio;
    this.space.classList.toggle("dx-pixelated", dots > 0);
    const down = this.down(height, width);
    this.root.style.setProperty("--dx-side", `${this.side}px`);
    this.root.style.setProperty("--dx-down", `${down}px`);
    this.root.style.setProperty("--dx-left", `${this.wide}px`);
    const across = this.wide + columns.length * (this.side + GAP) - GAP + 2 * PAD;
    const whole = this.top() + rows.length * (down + GAP) - GAP + PAD;
    // One by one: the policy of an exported page allows no style attributes.
    this.space.style.width = `${across}px`;
    this.space.style.height = `${whole}px`;
    assign(this.space, { "aria-rowcount": rows.length + 1, "aria-colcount": columns.length + 1 });
    this.scroller.style.maxHeight = `${high}px`;
    this.renew();
    this.window();
  }

  /** Move the focus and the cell in hand; whether there was a place to go to. */
  move(key: string): boolean {
    const [r, c] = this.active;
    const { rows, columns } = this.layout;
    const page = Math.max(1, Math.floor(this.scroller.clientHeight / (this.step()[0] || 1)) - 1);
    const to = key in ARROWS ? [r + ARROWS[key][0], c + ARROWS[key][1]]
      : key === "Home" ? [r, 0] : key === "End" ? [r, columns.length - 1]
      : key === "PageUp" ? [r - page, c] : [r + page, c];
    const row = Math.min(Math.max(to[0], 0), rows.length - 1);
    const column = Math.min(Math.max(to[1], 0), columns.length - 1);
    this.go(row, column);
    return true;
  }

  /** Put the focus on the place of the cell in hand. */
  focus(): void {
    this.go(...this.active, false);
  }

  private go(row: number, column: number, take = true): void {
    this.active = [row, column];
    this.show(row, column);
    this.window();
    this.tiles.get(`${row} ${column}`)?.element.focus({ preventScroll: true });
    if (take) this.take(row, column);
    this.roving();
  }

  private take(row: number, column: number): void {
    const spot = this.layout.spots[row]?.[column];
    if (!spot || spot.cell < 0) return;
    const place = this.place(spot);
    const { samples } = this.shelf.of(spot.cell);
    const plain = spot.rank < 0 && !spot.seed;
    this.store.set("picture", plain || place < 0 ? "" : samples[place].seed);
    this.store.set("chosen", spot.cell);
  }

  /** Which sample stands at a place; -1: none yet. */
  private place(spot: Spot): number {
    const values = this.shelf.of(spot.cell);
    if (spot.rank >= 0) return spot.rank < values.samples.length ? spot.rank : -1;
    return stands(values, spot.seed || this.store.get("each"));
  }

  private listen(): void {
    this.scroller.addEventListener("scroll", () => {
      this.tooltip.hide();
      this.frame ||= requestAnimationFrame(() => this.window());
    }, { passive: true, signal: this.store.signal });
    const at = (event: Event): [number, number] | null => {
      const tile = (event.target as Element).closest<HTMLElement>("[data-row]");
      return tile ? [Number(tile.dataset.row), Number(tile.dataset.column)] : null;
    };
    this.space.addEventListener("click", (event) => {
      const found = at(event);
      if (!found) return;
      this.go(...found);
      this.open();
    });
    this.space.addEventListener("pointermove", (event) => {
      const found = at(event);
      if (!found || event.pointerType === "touch") return this.tooltip.hide();
      this.tooltip.show(this.tooltip.measure(), event, this.words(...found), null);
    });
    this.space.addEventListener("pointerleave", () => this.tooltip.hide());
    this.store.signal.addEventListener("abort", () => cancelAnimationFrame(this.frame));
  }

  private words(row: number, column: number): string {
    const spot = this.layout.spots[row][column];
    if (spot.cell < 0) return "no such cell";
    const values = this.shelf.of(spot.cell);
    const place = this.place(spot);
    if (place < 0) return values.samples.length ? "not drawn with this seed" : "not drawn yet";
    const one = values.samples[place];
    const { scorer } = this.store.get("about");
    const note = this.store.get("marks")[nameOf(spot.cell, one.seed)]?.note;
    return [rankOf(values, place, scorer), `seed ${one.seed}`, factsOf(one, values.facts), one.there ? "" : "only its score was kept", note ? `“${note}”` : ""].filter(Boolean).join(" · ");
  }

  private arrange(): void {
    const { store, shelf } = this;
    this.layout = arranged({
      axes: store.get("axes"), cells: store.get("cells"), linked: store.get("template").linked, rows: store.get("rows"),
      columns: store.get("columns"), chosen: store.get("chosen"), seeds: shelf.seeds(), most: Math.max(shelf.most(), store.get("plan").n),
    });
    const name = (axis: number) => (axis < 0 ? "" : store.get("axes")[axis].name);
    const [down, across] = [name(this.layout.rowAxis), name(this.layout.columnAxis) || (store.get("columns") === SEED ? "seed" : "")];
    text(this.corner, [down && `${down} ↓`, across && `${across} →`].filter(Boolean).join("  "));
    this.active = this.here() ?? [0, 0];
    this.fit(this.room, this.high);
  }

  /** The place of the cell in hand. */
  private here(): [number, number] | null {
    const { samples } = this.shelf.of(this.store.get("chosen"));
    const place = stands(this.shelf.of(this.store.get("chosen")), this.store.get("picture") || this.store.get("each"));
    return placed(this.layout, this.store.get("chosen"), { rank: place, seed: samples[place]?.seed ?? "" });
  }

  /** The cell in hand has changed: another page of the grid, perhaps, or only the frame around it. */
  private follow(): void {
    const chosen = this.store.get("chosen");
    const inside = this.layout.spots.some((row) => row.some((spot) => spot.cell === chosen));
    if (!inside) return this.arrange();
    const here = this.here();
    if (here) {
      this.active = here;
      if (!this.space.contains(document.activeElement)) this.show(...here, true);
    }
    this.repaint();
  }

  /** Scroll so far that a place is in sight. */
  private show(row: number, column: number, smooth = false): void {
    const [down, across] = this.step();
    const { scrollTop, scrollLeft, clientWidth, clientHeight } = this.scroller;
    const top = this.top() + row * down;
    const left = this.wide + PAD + column * across;
    const y = top - this.top() < scrollTop ? top - this.top() : top + down > scrollTop + clientHeight ? top + down - clientHeight : scrollTop;
    const x = left - this.wide < scrollLeft ? left - this.wide : left + across > scrollLeft + clientWidth ? left + across - clientWidth : scrollLeft;
    if (x === scrollLeft && y === scrollTop) return;
    this.scroller.scrollTo({ left: x, top: y, behavior: smooth && !calm() ? "smooth" : "instant" });
  }

  private down(height: number, width: number): number {
    return Math.round((this.side * (height || 1)) / (width || 1));
  }

  private step(): [number, number] {
    const { width, height } = this.store.get("about");
    return [this.down(height, width) + GAP, this.side + GAP];
  }

  private top(): number {
    return this.headed() ? TOP : PAD;
  }

  /** Whether columns have names. */
  private headed(): boolean {
    return this.layout.columns.length > 1 || this.layout.columns[0] !== "";
  }

  /** Drop everything: another layout has other elements. */
  private renew(): void {
    for (const row of this.rows.values()) row.remove();
    for (const heading of this.headings.values()) heading.remove();
    for (const map of [this.rows, this.tiles, this.headings]) map.clear();
    this.heads.hidden = !this.headed();
  }

  private soon(): void {
    this.frame ||= requestAnimationFrame(() => {
      const seeds = this.store.get("columns").startsWith("#");
      if (seeds) this.arrange();
      else this.repaint();
      this.window();
    });
  }

  /** Have those places in the page that are in sight. */
  private window(): void {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    const [down, across] = this.step();
    const { scrollTop, scrollLeft, clientWidth, clientHeight } = this.scroller;
    const { rows, columns } = this.layout;
    const [first, last] = seen(scrollTop, clientHeight - this.top(), down, rows.length, BESIDE);
    const [left, right] = seen(scrollLeft, clientWidth - this.wide, across, columns.length, BESIDE);
    const focused = document.activeElement;
    const stays = (row: number, column: number) => row >= first && row < last && column >= left && column < right;
    this.pictures.forget();
    for (const [name, { element }] of this.tiles) {
      const [row, column] = name.split(" ").map(Number);
      // What has the focus stays: it would be lost, and with it the place of whoever uses keys.
      if (stays(row, column) || element === focused) continue;
      element.remove();
      this.tiles.delete(name);
    }
    for (const [row, element] of this.rows) {
      if ((row >= first && row < last) || element.contains(focused)) continue;
      element.remove();
      this.rows.delete(row);
    }
    for (const [column, element] of this.headings) {
      if (column >= left && column < right) continue;
      element.remove();
      this.headings.delete(column);
    }
    for (let column = left; column < right; column++) this.heading(column, across);
    for (let row = first; row < last; row++) {
      const line = this.rows.get(row) ?? this.row(row, down);
      for (let column = left; column < right; column++) {
        const name = `${row} ${column}`;
        const old = this.tiles.get(name);
        if (old) this.ask(row, column);
        else {
          const tile = this.tile(row, column, across);
          this.tiles.set(name, tile);
          this.paint(name, tile);
          line.append(tile.element);
        }
      }
    }
    this.roving();
  }

  private heading(column: number, across: number): void {
    if (this.headings.has(column) || !this.headed()) return;
    const label = this.columnName(column);
    const made = h("div", { class: "dx-heading", role: "columnheader", "aria-colindex": column + 2, title: label }, h("span", {}, label));
    made.style.left = `${this.wide + PAD + column * across}px`;
    this.headings.set(column, made);
    this.heads.append(made);
  }

  private columnName(column: number): string {
    const columns = this.store.get("columns");
    if (columns === SEED) return `seed ${this.layout.columns[column]}`;
    return columns.startsWith("#") ? ordinal(column + 1) : this.layout.columns[column];
  }

  private row(row: number, down: number): HTMLElement {
    const label = this.layout.rows[row];
    const heading = h("div", { class: "dx-row-heading", role: "rowheader", title: label }, h("span", {}, label));
    const made = h("div", { class: "dx-line-of-tiles", role: "row", "aria-rowindex": row + 2 }, this.wide ? heading : null);
    made.style.top = `${this.top() + row * down}px`;
    this.rows.set(row, made);
    this.space.append(made);
    return made;
  }

  private tile(row: number, column: number, across: number): Tile {
    const picture = h("img", { alt: "", draggable: "false", hidden: true });
    const bar = h("span", { class: "dx-done", hidden: true });
    const element = h("div", { class: "dx-tile", role: "gridcell", tabindex: -1, "aria-colindex": column + 2, "data-row": row, "data-column": column }, picture, bar);
    element.style.left = `${this.wide + PAD + column * across}px`;
    return { element, picture, bar };
  }

  private ask(row: number, column: number): void {
    const spot = this.layout.spots[row][column];
    const place = spot.cell < 0 ? -1 : this.place(spot);
    const one = place < 0 ? null : this.shelf.of(spot.cell).samples[place];
    if (one?.there) this.pictures.url(spot.cell, one.seed, true);
  }

  private repaint(): void {
    for (const [name, tile] of this.tiles) this.paint(name, tile);
    this.roving();
  }

  private arrived(names: string[]): void {
    const fresh = new Set(names);
    for (const [name, tile] of this.tiles) {
      const wants = tile.element.dataset.picture;
      if (!wants || !fresh.has(wants)) continue;
      // What comes while somebody looks fades in; what is scrolled into sight is simply there.
      tile.picture.classList.add("dx-fresh");
      this.paint(name, tile);
    }
  }

  private paint(name: string, { element, picture, bar }: Tile): void {
    const [row, column] = name.split(" ").map(Number);
    const spot = this.layout.spots[row]?.[column];
    if (!spot) return;
    const values = this.shelf.of(spot.cell);
    const place = spot.cell < 0 ? -1 : this.place(spot);
    const one = place < 0 ? null : values.samples[place];
    const mark = one ? this.store.get("marks")[nameOf(spot.cell, one.seed)] : undefined;
    const url = one?.there ? this.pictures.url(spot.cell, one.seed, true) : null;
    if (url && picture.getAttribute("src") !== url) picture.src = url;
    picture.hidden = !url;
    const { n } = this.store.get("plan");
    const done = values.samples.length;
    const growing = spot.cell >= 0 && done < n && !this.layoutOfSamples();
    bar.hidden = !growing || !done;
    bar.style.width = `${(100 * done) / n}%`;
    const state = spot.cell < 0 ? "none" : !one ? "empty" : !one.there ? "loser" : url ? "there" : this.pictures.lacks(spot.cell, one.seed) ? "lacks" : "coming";
    const hand = spot.cell === this.store.get("chosen") && (this.layoutOfSamples() ? row === this.active[0] && column === this.active[1] : true);
    assign(element, {
      "data-state": state,
      "data-picture": one?.there ? nameOf(spot.cell, one.seed) : null,
      "aria-selected": String(hand && spot.cell >= 0),
      "aria-label": this.said(row, column),
    });
    element.classList.toggle("dx-favourite", mark?.favourite ?? false);
    element.classList.toggle("dx-noted", Boolean(mark?.note));
    element.classList.toggle("dx-faint", this.store.get("only") && !mark?.favourite);
  }

  private layoutOfSamples(): boolean {
    return this.store.get("columns").startsWith("#");
  }

  private said(row: number, column: number): string {
    const names = [this.layout.rows[row], this.columnName(column)].filter(Boolean).join(", ");
    return `${names}: ${this.words(row, column)}`;
  }

  /** One place of the grid can be reached with Tab; arrows do the rest. */
  private roving(): void {
    for (const [name, { element }] of this.tiles) element.tabIndex = name === `${this.active[0]} ${this.active[1]}` ? 0 : -1;
  }
}
