/**
 * The pictures side by side, each with its map: their layout, the pointer over them, what they say.
 */
import { difference, sentence, type Difference } from "../shared/difference";
import { arrange, h, text, unique } from "../shared/dom";
import { at, percent, signedBits, signedPercent } from "../shared/format";
import { between, corner, type Box, type Corner } from "../shared/grid";
import type { Store } from "../shared/model";
import { lookOf, magnify, type Look } from "../shared/plate";
import { pointer } from "../shared/pointer";
import { Tooltip } from "../shared/tooltip";
import { boxOf, type Hands, type Subject } from "./hand";
import { MapPlate, PicturePlate, type Marks } from "./map_plate";
import type { Parts } from "./parts";
import { choosePicture, type Sayings } from "./say";
import type { Picture, State } from "./types";
import type { Views } from "./views";

interface Row {
  element: HTMLElement;
  picture: PicturePlate;
  map: MapPlate;
  foot: HTMLElement;
  said: HTMLElement; // under the map
  last: string; // what the canvases show, to draw only what changed
}

const GAP = 14;
const SMALL_PATCH_PX = 14;
const PAGES_APART = 24;
const LEAST_PX = 200; // CSS pixels of a plate: where two of that size do not fit, there is one

export class Plates {
  readonly element = h("div", { class: "dx-rows" });
  readonly reference = h("canvas", { class: "dx-reference", "aria-hidden": "true" });
  readonly tooltip: Tooltip;
  readonly help = h("p", { class: "dx-unseen", id: unique("keys") },
    "Arrow keys move the patch in hand, with Shift they stretch a box, [ and ] go from word to word, 1 and 2 change the page, o the quantity, Escape lets go.");
  private rows = new Map<string, Row>();
  private look!: Look;
  private from: Corner | null = null;
  private revision = 0;
  private pending = 0;

  constructor(
    private root: HTMLElement, private store: Store<State>, private parts: Parts,
    private views: Views, private hands: Hands, private say: Sayings,
  ) {
    this.tooltip = new Tooltip(root, this.element);
    store.on(["geometry"], () => this.rows.clear());
    store.on(["pictures", "selected", "beside", "geometry"], () => this.rebuild());
    store.on(["over", "overWord", "patch", "word", "box", "boxing"], () => this.draw());
    store.on(["tab", "by", "mode", "picks"], () => this.redraw());
    parts.on((_, part) => {
      if (part === "picture") this.feet();
      this.redraw();
    });
    this.rebuild();
  }

  /** The theme changed: colours are read from the style sheet again. */
  restyle(): void {
    this.look = lookOf(this.root);
    this.resize();
  }

  /** Fit the plates into the space there is: picture and map, or the map alone. */
  resize(): void {
    const { rows, columns, patch } = this.store.get("geometry");
    const ratio = window.devicePixelRatio || 1;
    const room = this.room();
    if (!room || !this.rows.size || !this.look) return;
    const big = this.root.classList.contains("dx-projector");
    const most = ((big ? window.innerHeight - 220 : this.rows.size > 1 ? 640 : 420) / this.rows.size) * ratio;
    const zoom = (across: number, least: number) => {
      const wide = ((room - (across - 1) * GAP) / across) * ratio;
      return Math.max(least, Math.floor(Math.min(wide / (columns * patch), most / (rows * patch))));
    };
    const side = (z: number) => (columns * patch * z) / ratio;
    let found = zoom(2, 0);
    const single = side(found) < Math.min(LEAST_PX, side(zoom(1, 1)));
    if (single) found = zoom(1, 1);
    this.root.classList.toggle("dx-single", single);
    this.root.style.setProperty("--dx-side", `${side(found)}px`);
    this.root.style.setProperty("--dx-plates", `${single ? side(found) : 2 * side(found) + GAP}px`);
    for (const { picture, map } of this.rows.values()) {
      picture.resize(found, ratio, this.look);
      map.resize(found, ratio, this.look);
    }
    this.redraw();
  }

  private room(): number {
    const style = getComputedStyle(this.root);
    const inside = this.root.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    if (this.root.classList.contains("dx-narrow")) return inside;
    return inside - parseFloat(style.getPropertyValue("--dx-panel")) - PAGES_APART;
  }

  redraw(): void {
    this.revision++;
    this.draw();
  }

  focus(): void {
    this.rows.get(this.store.get("selected"))?.map.canvas.focus();
  }

  /** Draw every plate whose scene changed. */
  draw(): void {
    if (!this.look) return;
    for (const [id, row] of this.rows) {
      const subject = this.hands.subject(id);
      const marks = this.marks(id);
      const key = JSON.stringify([this.revision, subject, marks]);
      if (key === row.last) continue;
      row.last = key;
      const data = this.parts.get(id);
      const map = this.views.map(id, subject);
      row.map.print(data?.picture ?? null, map, subject.kind === "patch" ? subject.patch : -1, marks, this.look);
      row.picture.draw(data?.picture ?? null, this.difference(id), marks, this.look);
      const said = this.say.ofMap(id, subject, map !== null);
      text(row.said, said);
      row.map.canvas.setAttribute("aria-label", `${said}: map over ${this.parts.picture(id)?.alt || "the picture"}`);
    }
    if (!this.pending) this.pending = requestAnimationFrame(() => this.refer());
  }

  /** Where only maps have room, a small picture stands beside the numbers. */
  private refer(): void {
    this.pending = 0;
    const image = this.parts.get(this.hands.id)?.picture;
    if (!image) return;
    const { reference } = this;
    if (reference.width !== image.width) [reference.width, reference.height] = [image.width, image.height];
    reference.getContext("2d")!.drawImage(image, 0, 0);
  }

  private marks(id: string): Marks {
    const over = this.store.get("over");
    const mine = id === this.store.get("selected");
    return { patch: this.store.get("patch"), over: over?.patch ?? -1, here: over?.id === id, box: mine ? boxOf(this.store.get("box")) : null };
  }

  /** Where a picture drawn with the same noise differs from the first. */
  private difference(id: string): Difference | null {
    const [first] = this.parts.shown();
    if (!first || first.id === id || this.parts.picture(id)?.role === "first") return null;
    const [one, two] = [this.parts.get(first.id)?.codes, this.parts.get(id)?.codes];
    return one && two ? difference(one, two) : null;
  }

  private rebuild(): void {
    const shown = this.parts.shown();
    const before = [...this.rows.keys()].join();
    const kept = this.rows;
    this.rows = new Map(shown.map((one) => [one.id, kept.get(one.id) ?? this.make(one)]));
    arrange(this.element, [...this.rows.values()].map(({ element }) => element));
    this.feet();
    if (this.look && before !== [...this.rows.keys()].join()) this.resize();
    else this.redraw();
  }

  private make(one: Picture): Row {
    const geometry = this.store.get("geometry");
    const row: Row = {
      picture: new PicturePlate(geometry), map: new MapPlate(geometry), last: "", element: h("div", { class: "dx-row" }),
      foot: h("figcaption", { class: "dx-foot" }), said: h("figcaption", { class: "dx-foot" }),
    };
    for (const [plate, kind, foot] of [[row.picture, "picture", row.foot], [row.map, "map", row.said]] as const) {
      const { canvas } = plate;
      canvas.className = "dx-plate";
      canvas.tabIndex = kind === "map" ? 0 : -1;
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-describedby", this.help.id);
      canvas.dataset.picture = one.id;
      canvas.dataset.kind = kind;
      this.listen(one.id, plate);
      row.element.append(h("figure", { class: `dx-figure dx-of-${kind}` }, canvas, foot));
    }
    row.map.canvas.addEventListener("focus", () => choosePicture(this.store, this.parts, one.id), { signal: this.store.signal });
    return row;
  }

  private listen(id: string, plate: PicturePlate): void {
    const { columns } = this.store.get("geometry");
    pointer(plate.canvas, {
      hover: (x, y, event) => this.hover(id, plate, plate.patchAt(x, y), event),
      leave: () => {
        this.store.set("over", null);
        this.tooltip.hide();
      },
      tap: (x, y) => {
        const patch = plate.patchAt(x, y);
        if (patch < 0) return;
        const again = patch === this.store.get("patch") && id === this.store.get("selected");
        choosePicture(this.store, this.parts, id);
        this.store.set("patch", again ? -1 : patch);
      },
      grab: (x, y) => {
        const patch = plate.patchAt(x, y);
        if (!this.store.get("boxing") || patch < 0) return false;
        choosePicture(this.store, this.parts, id);
        this.from = corner(patch, columns);
        this.stretch(plate, x, y);
        return true;
      },
      drag: (x, y) => this.stretch(plate, x, y),
      drop: (x, y) => this.stretch(plate, x, y),
    }, this.store.signal);
  }

  private stretch(plate: PicturePlate, x: number, y: number): void {
    const patch = plate.patchNear(x, y);
    if (!this.from || patch < 0) return;
    const box: Box = between(this.from, corner(patch, this.store.get("geometry").columns));
    this.store.set("box", [box.top, box.left, box.bottom, box.right]);
  }

  private hover(id: string, plate: PicturePlate, patch: number, event: PointerEvent): void {
    if (patch < 0) return;
    const { columns } = this.store.get("geometry");
    const small = event.pointerType === "touch" || plate.canvas.clientWidth / columns < SMALL_PATCH_PX;
    const places = this.tooltip.measure();
    // Everything is read by now; what follows only writes.
    const now = this.store.get("over");
    if (now?.patch !== patch || now.id !== id) this.store.set("over", { id, patch });
    const loupe = (to: CanvasRenderingContext2D, side: number) => magnify(plate.canvas, patch, columns, to, side, this.look.paper);
    this.tooltip.show(places, event, this.note(id, patch), small ? loupe : null);
  }

  /** The number of the map where the pointer is. */
  private note(id: string, patch: number): string {
    const { columns } = this.store.get("geometry");
    const where = at(patch, columns);
    const subject: Subject = this.hands.subject(id);
    const map = this.views.map(id, subject);
    if (!map) return where;
    if (subject.kind === "patch" && subject.patch === patch) return `${where} · ${this.say.read(id, patch)}`;
    if (patch >= map.end) return `${where} · not chosen yet`;
    const value = map.values[patch];
    const depends = this.store.get("tab") === "depends";
    if (Number.isNaN(value)) return `${where} · not measured`;
    return `${where} · ${this.say.nameOf(id, subject)} ${depends ? signedBits(value) : this.store.get("by") === "signed" && subject.kind !== "patch" ? signedPercent(value) : percent(value)}`;
  }

  /** What stands under each picture, and what a screen reader says of it. */
  private feet(): void {
    for (const [id, { element, foot, picture }] of this.rows) {
      const one = this.parts.picture(id)!;
      element.classList.toggle("dx-selected", id === this.store.get("selected") && this.rows.size > 1);
      element.classList.toggle("dx-role-first", one.role === "first");
      const found = this.difference(id);
      const label = one.label || `seed ${one.seed}`;
      text(foot, one.state === "drawing" ? `${label} · being drawn` : found ? `${label} · ${sentence(found, this.store.get("geometry").columns)}` : label);
      foot.title = foot.textContent!;
      picture.canvas.setAttribute("aria-label", one.alt || label);
    }
  }
}
