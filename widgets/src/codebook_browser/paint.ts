/**
 * The page on which codes are painted: the picture, its tools, and what a stroke did to the pixels.
 */
import { canvas, pen } from "../shared/canvas";
import { amount, type Scale } from "../shared/colour";
import { button, h, text, unique } from "../shared/dom";
import { at, count } from "../shared/format";
import { ARROWS, corner, moved } from "../shared/grid";
import { icon } from "../shared/icons";
import { NEEDS_KERNEL } from "../shared/kernel";
import { Legend } from "../shared/legend";
import type { Store } from "../shared/model";
import { lookOf, magnify, type Look } from "../shared/plate";
import { pointer } from "../shared/pointer";
import { Tooltip } from "../shared/tooltip";
import type { Book } from "./book";
import { CanvasPlate } from "./canvas_plate";
import { Hand } from "./hand";
import { change, changed, coloured, footprint, line, type Change } from "./stroke";
import { PAINTING_NEEDS_KERNEL, type State, type Tool } from "./types";

const CHANGE: Scale = {
  low: 0, high: 255, log: false, power: 1 / 2, lut: amount, unit: "levels",
  ticks: [{ at: 0, label: "0" }, { at: 16, label: "16" }, { at: 64, label: "64" }, { at: 128, label: "128" }, { at: 255, label: "255" }],
};
const SMALL_PATCH_PX = 14;

export class Paint {
  readonly element: HTMLElement;
  readonly plate: CanvasPlate;
  private tooltip: Tooltip;
  private legend = new Legend();
  private hand: Hand;
  private look!: Look;
  private last = -1; // the patch of a stroke that was painted last
  private pending = 0;
  private map: { picture: HTMLCanvasElement; found: Change } | null = null;
  private tools = new Map<Tool, HTMLButtonElement>();
  private undo: HTMLButtonElement;
  private redo: HTMLButtonElement;
  private reset: HTMLButtonElement;
  private what: HTMLButtonElement;
  private foot = h("figcaption", { class: "dx-foot dx-number" });
  private said = h("p", { class: "dx-did dx-number", "aria-live": "polite" });
  private help = h("p", { class: "dx-unseen", id: unique("keys") },
    "Arrow keys move over the picture, Enter paints, e picks the code of a patch, z undoes, y does again, Escape lets go.");

  constructor(root: HTMLElement, private store: Store<State>, private book: Book, private take: (code: number) => void) {
    this.plate = new CanvasPlate(store.get("geometry"));
    this.tooltip = new Tooltip(root, root);
    this.hand = new Hand(store, book, () => this.draw());
    const send = (kind: string) => () => store.send({ kind });
    this.undo = button("undo", send("undo"), { icon: icon("undo"), bare: true });
    this.redo = button("redo", send("redo"), { icon: icon("redo"), bare: true });
    this.reset = button("Reset", send("reset"), { quiet: true });
    this.what = button("What changed", () => this.toggle(), { icon: icon("differ"), quiet: true });
    const radio = (tool: Tool, label: string, name: "brush" | "pick") => {
      const made = button(label, () => store.set("tool", tool), { icon: icon(name), quiet: true });
      this.tools.set(tool, made);
      return made;
    };
    const group = h("div", { class: "dx-tool-group", role: "group", "aria-label": "tool" }, radio("brush", "Brush", "brush"), radio("pick", "Pick", "pick"));
    const { canvas: face } = this.plate;
    face.className = "dx-plate dx-canvas-plate";
    face.tabIndex = 0;
    face.setAttribute("role", "img");
    face.setAttribute("aria-describedby", this.help.id);
    this.element = h("div", { class: "dx-paint" },
      h("figure", { class: "dx-figure" }, face, this.foot),
      h("div", { class: "dx-actions dx-strokes" }, group, this.undo, this.redo, this.reset, this.what),
      this.said, h("div", { class: "dx-changes" }, this.legend.element, this.legend.words), this.help, this.tooltip.element);
    store.on(["painting", "patch", "selected", "show", "tool"], () => this.draw());
    store.on(["painting", "about", "tool", "patch", "alive", "show"], () => this.follow());
    book.on((news) => {
      if (news === "pixels" || news === "start") this.renew();
      if (news === "tiles") this.draw();
    });
    this.listen();
    this.follow();
  }

  /** Fit the picture into a room, in CSS pixels, and take the colours of the theme. */
  fit(root: HTMLElement, wide: number, high: number): void {
    this.look = lookOf(root);
    const { rows, columns, patch } = this.store.get("geometry");
    const ratio = window.devicePixelRatio || 1;
    const zoom = Math.max(1, Math.floor(Math.min((wide * ratio) / (columns * patch), (high * ratio) / (rows * patch))));
    this.plate.resize(zoom, ratio, this.look);
    this.element.style.setProperty("--dx-side", `${(columns * patch * zoom) / ratio}px`);
    this.draw();
  }

  /** The patch in hand goes one step with an arrow key. */
  move(key: string): void {
    const grid = this.store.get("geometry");
    const now = this.store.get("patch");
    const to = now < 0 || !(key in ARROWS) ? corner(Math.max(0, now), grid.columns) : moved(corner(now, grid.columns), key, grid);
    this.store.set("patch", to.row * grid.columns + to.column);
  }

  /** Paint the patch in hand, or pick its code, as the tool is. */
  use(): void {
    const patch = Math.max(0, this.store.get("patch"));
    this.store.set("patch", patch);
    if (this.store.get("tool") === "pick") return this.pick(patch);
    this.hand.begin();
    this.brushOn([patch]);
  }

  /** Take the code of a patch into the hand; the brush is next. */
  pick(patch: number): void {
    if (patch < 0) return;
    this.take(this.store.get("painting").grid[patch]);
    if (this.store.get("alive")) this.store.set("tool", "brush");
  }

  step(kind: "undo" | "redo"): void {
    const made = kind === "undo" ? this.undo : this.redo;
    if (!made.disabled) made.click();
  }

  private toggle(): void {
    this.store.set("show", this.store.get("show") === "change" ? "picture" : "change");
  }

  private get brushing(): boolean {
    return this.store.get("tool") === "brush" && this.store.get("alive");
  }

  private brushOn(patches: number[]): void {
    if (this.store.get("selected") < 0) return this.store.set("notice", "There is no brush yet: choose a code on the sheet, or pick one from the picture.");
    this.hand.paint(patches);
  }

  private listen(): void {
    const { columns } = this.store.get("geometry");
    pointer(this.plate.canvas, {
      hover: (x, y, event) => this.hover(this.plate.patchAt(x, y), event),
      leave: () => {
        this.store.set("patch", -1);
        this.tooltip.hide();
      },
      tap: (x, y) => this.pick(this.plate.patchAt(x, y)),
      grab: (x, y) => {
        const patch = this.plate.patchAt(x, y);
        if (!this.brushing || patch < 0) return false;
        this.hand.begin();
        this.tooltip.hide();
        this.stroke(patch, patch);
        return true;
      },
      drag: (x, y) => {
        const patch = this.plate.patchAt(x, y);
        // Outside the picture the stroke pauses; it goes on where it comes back.
        if (patch >= 0) this.stroke(this.last >= 0 ? this.last : patch, patch, columns);
        else this.last = -1;
      },
      drop: () => (this.last = -1),
    }, this.store.signal);
  }

  private stroke(from: number, to: number, columns = 1): void {
    this.store.set("patch", to);
    if (from !== to || this.last !== to) this.brushOn(from === to ? [to] : line(from, to, columns));
    this.last = to;
  }

  private hover(patch: number, event: PointerEvent): void {
    if (patch < 0) return;
    const { columns } = this.store.get("geometry");
    const face = this.plate.canvas;
    const small = event.pointerType === "touch" || face.clientWidth / columns < SMALL_PATCH_PX;
    const places = this.tooltip.measure();
    this.store.set("patch", patch);
    if (this.store.get("tool") === "brush" && this.store.get("alive") && event.pointerType !== "mouse") return;
    this.tooltip.show(places, event, this.note(patch), small ? (to, side) => magnify(face, patch, columns, to, side, this.look.paper) : null);
  }

  private note(patch: number): string {
    const { columns } = this.store.get("geometry");
    const { grid, start } = this.store.get("painting");
    const before = grid[patch] === start[patch] ? "" : ` · was ${start[patch]}`;
    return `${at(patch, columns)} · code ${grid[patch]}${before}`;
  }

  private renew(): void {
    this.map = null;
    this.draw();
    this.follow();
  }

  /** By how much every pixel differs from the start; made when it is asked for. */
  private difference(): { picture: HTMLCanvasElement; found: Change } | null {
    const { now, start } = this.book;
    if (!now || !start) return null;
    if (!this.map) {
      const { width, height } = now;
      const found = change(pen(now, true).getImageData(0, 0, width, height).data, pen(start, true).getImageData(0, 0, width, height).data);
      const picture = canvas(width, height);
      pen(picture).putImageData(new ImageData(coloured(found.levels, CHANGE), width, height), 0, 0);
      this.map = { picture, found };
    }
    return this.map;
  }

  private follow(): void {
    const { undo, redo, grid, start } = this.store.get("painting");
    const alive = this.store.get("alive");
    const tool = alive ? this.store.get("tool") : "pick";
    for (const [name, made] of this.tools) made.setAttribute("aria-pressed", String(name === tool));
    const painted = changed(grid, start);
    for (const [made, able, says] of [[this.undo, undo > 0, "undo"], [this.redo, redo > 0, "redo"], [this.reset, painted.length > 0, "as it was at the start"], [this.tools.get("brush")!, true, ""]] as const) {
      made.disabled = !alive || !able;
      made.title = alive ? says : NEEDS_KERNEL;
    }
    const showing = this.store.get("show") === "change";
    this.what.setAttribute("aria-pressed", String(showing));
    this.plate.canvas.classList.toggle("dx-painting", tool === "brush");
    this.legend.show(showing ? CHANGE : null, showing ? "The largest difference of a pixel’s three channels to the picture before; of 255 levels." : "");
    this.legend.point(null);
    text(this.foot, this.onWhat());
    text(this.said, this.did(painted));
    this.plate.canvas.setAttribute("aria-label", `the picture that is painted on: ${this.onWhat()}. ${this.did(painted)}`);
  }

  private onWhat(): string {
    const { canvas: name, ground } = this.store.get("about");
    if (name) return name;
    return ground >= 0 ? `an empty sheet: every patch was code ${ground}` : "a grid of codes that was given";
  }

  private did(painted: number[]): string {
    const { rows, columns, patch, reach } = this.store.get("geometry");
    if (!painted.length) {
      if (!this.store.get("alive")) return PAINTING_NEEDS_KERNEL;
      return "Nothing is painted yet. Inside the dashed line pixels can change with the patch under the pointer: as far as the decoder looks around.";
    }
    const found = this.difference()?.found;
    const patches = `${painted.length} ${painted.length === 1 ? "patch" : "patches"} painted`;
    if (!found) return `${patches}.`;
    const needs = this.store.get("alive") ? "" : ` ${PAINTING_NEEDS_KERNEL}`;
    const inside = footprint(painted, { rows, columns, patch }, reach).reduce((sum, one) => sum + one, 0);
    return `${patches}, ${count(painted.length * patch * patch)} pixels; another colour: ${count(found.pixels)} pixels, by up to ${found.most} of 255 levels, in the ${count(inside)} patches that these codes reach.${needs}`;
  }

  private draw(): void {
    if (this.pending || !this.look) return;
    this.pending = requestAnimationFrame(() => {
      this.pending = 0;
      this.paint();
    });
  }

  private paint(): void {
    const geometry = this.store.get("geometry");
    const { grid, start } = this.store.get("painting");
    const painted = changed(grid, start);
    const mask = new Uint8Array(grid.length);
    for (const patch of painted) mask[patch] = 1;
    const showing = this.store.get("show") === "change";
    const over = this.store.get("patch");
    const code = this.store.get("selected");
    // What is under the pointer reaches so far; in the map, what was painted did.
    const hands = over >= 0 && this.brushing ? [over] : showing ? painted : [];
    this.plate.draw({
      picture: showing ? this.difference()?.picture ?? null : this.book.now,
      tile: (one, x, y, side) => this.tile(one, x, y, side),
      pending: [...this.hand.pending].map(([patch, { code: one }]) => [patch, one]),
      painted: mask,
      reach: hands.length ? footprint(hands, geometry, geometry.reach) : null,
      same: this.store.get("tool") === "pick" && code >= 0 ? grid.flatMap((one, patch) => (one === code ? [patch] : [])) : [],
      over,
      grid: over >= 0 || showing,
    }, this.look);
  }

  private tile(code: number, x: number, y: number, side: number): void {
    const { patch } = this.store.get("geometry");
    if (this.book.has(code)) pen(this.plate.canvas).drawImage(this.book.tiles, ...this.book.corner(code), patch, patch, x, y, side, side);
  }
}
