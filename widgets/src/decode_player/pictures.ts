/**
 * The pictures side by side on one clock: their layout, the pointer over them, what they say.
 */
import { arrange, h, text, unique } from "../shared/dom";
import { fit } from "../shared/fit";
import { at, bits } from "../shared/format";
import { corner, type Corner } from "../shared/grid";
import type { Store } from "../shared/model";
import { lookOf, magnify } from "../shared/plate";
import { pointer } from "../shared/pointer";
import { Tooltip } from "../shared/tooltip";
import type { Films } from "./films";
import type { Maps } from "./maps";
import { Plate, type Look, type Scene } from "./plate";
import { stretched } from "./region";
import { select } from "./select";
import type { Branch, State } from "./types";

interface Shown {
  plate: Plate;
  figure: HTMLElement;
  foot: HTMLElement;
  last: string; // what the canvas shows, to draw only what changed
}

const EMPTY = "Nothing is drawn yet: write what you want to see, and press Draw.";
const GAP = 14;
const FOOT = 26;
const LEAST = 420; // CSS pixels of the page of plates
const PAGES_APART = 28;
const SMALL_PATCH_PX = 14;

export class Pictures {
  readonly element = h("div", { class: "dx-pictures" });
  readonly help = h("p", { class: "dx-unseen", id: unique("keys") },
    "Arrow keys move the patch in hand, Enter pins it, Escape lets go, Space plays.");
  readonly tooltip: Tooltip;
  private empty = h("p", { class: "dx-empty" }, h("span", {}, EMPTY));
  private before = ""; // the picture that was selected when a pointer came down
  private shown = new Map<string, Shown>();
  private look!: Look;
  private from: { id: string; corner: Corner } | null = null;
  private revision = 0;

  constructor(
    private root: HTMLElement,
    private store: Store<State>,
    private films: Films,
    private maps: Maps,
  ) {
    this.tooltip = new Tooltip(root, this.element);
    store.on(["geometry"], () => this.shown.clear());
    store.on(["shown", "branches", "geometry"], () => this.rebuild());
    store.on(["selected", "compared"], () => this.feet());
    store.on(["step", "hover", "patch", "region", "regionMode", "selected", "compared", "overlay"], () => this.draw());
    store.on(["reshape"], () => {
      if (store.get("overlay") === "filtered") this.redraw();
    });
    films.on((id) => {
      const shown = this.shown.get(id);
      if (shown) shown.last = "";
      this.draw();
    });
    this.rebuild();
  }

  /** The theme changed: colours are read from the style sheet again. */
  restyle(): void {
    this.look = lookOf(this.root);
    this.resize();
  }

  /** Fit the pictures into the space there is. */
  resize(): void {
    const { rows, columns, patch } = this.store.get("geometry");
    const ratio = window.devicePixelRatio || 1;
    const big = this.root.classList.contains("dx-projector");
    const room = this.room();
    if (!room || !this.shown.size) return;
    const found = fit({
      count: this.shown.size, width: columns * patch, height: rows * patch, room, ratio,
      most: big ? window.innerHeight - 170 : Math.max(420, Math.min(600, room * 1.05)), gap: GAP, foot: FOOT,
    });
    const side = (columns * patch * found.zoom) / ratio;
    this.root.style.setProperty("--dx-plates", `${Math.max(Math.min(LEAST, room), found.across * (side + GAP) - GAP)}px`);
    this.element.style.gridTemplateColumns = `repeat(${found.across}, ${side}px)`;
    for (const { plate } of this.shown.values()) plate.resize(found.zoom, ratio, this.look);
    this.redraw();
  }

  /** The space across: what the page about the patch does not need. */
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

  /** Draw every plate whose scene changed. */
  draw(): void {
    if (!this.look) return;
    for (const [id, shown] of this.shown) {
      const key = this.key(id);
      if (key === shown.last) continue;
      shown.last = key;
      shown.plate.draw(this.scene(id), this.look);
    }
  }

  focus(id: string): void {
    this.shown.get(id)?.plate.canvas.focus();
  }

  private key(id: string): string {
    const s = this.store;
    const hover = s.get("hover");
    const region = s.get("region");
    const end = Math.min(s.get("step"), this.films.end(id));
    const marks = [hover?.patch ?? -1, hover?.id === id, s.get("patch"), s.get("regionMode") && id === s.get("selected")];
    const two = s.get("overlay") === "difference" ? `${s.get("selected")} ${s.get("compared")}` : "";
    return [this.revision, end, s.get("overlay"), two, ...marks, region?.id === id ? Object.values(region) : ""].join();
  }

  private scene(id: string): Scene {
    const s = this.store;
    const hover = s.get("hover");
    const region = s.get("region");
    const pair = id === s.get("selected") || id === s.get("compared");
    const map = this.maps.of(id);
    const step = Math.min(s.get("step"), this.films.end(id));
    const marking = s.get("regionMode") && id === s.get("selected");
    return {
      frame: map ? null : this.films.frame(id, step),
      map: map?.image ?? null,
      mapped: map?.values.length ?? 0,
      step,
      difference: s.get("overlay") === "difference" && pair ? this.maps.difference() : null,
      hover: hover?.patch ?? -1,
      here: hover?.id === id,
      pinned: s.get("patch"),
      region: region?.id === id ? region : null,
      grid: hover?.id === id || marking,
    };
  }

  private rebuild(): void {
    const ids = this.store.get("shown").filter((id) => this.films.branch(id));
    const kept = this.shown;
    const before = [...kept.keys()].join();
    this.shown = new Map(ids.map((id) => [id, kept.get(id) ?? this.make(id)]));
    const figures = [...this.shown.values()].map(({ figure }) => figure);
    arrange(this.element, ids.length ? figures : [this.empty]);
    this.feet();
    if (this.look && before !== ids.join()) this.resize();
    else this.draw();
  }

  private make(id: string): Shown {
    const plate = new Plate(this.store.get("geometry"));
    const foot = h("figcaption", { class: "dx-foot" });
    const figure = h("figure", { class: "dx-figure" }, plate.canvas, foot);
    plate.canvas.className = "dx-plate";
    plate.canvas.tabIndex = 0;
    plate.canvas.setAttribute("role", "img");
    plate.canvas.setAttribute("aria-describedby", this.help.id);
    plate.canvas.dataset.branch = id;
    // A pointer comes down before it moves the focus here.
    plate.canvas.addEventListener("pointerdown", () => (this.before = this.store.get("selected")), { signal: this.store.signal });
    plate.canvas.addEventListener("focus", () => select(this.store, id), { signal: this.store.signal });
    this.listen(id, plate);
    return { plate, figure, foot, last: "" };
  }

  private listen(id: string, plate: Plate): void {
    const { columns } = this.store.get("geometry");
    const marking = () => this.store.get("regionMode");
    pointer(plate.canvas, {
      hover: (x, y, event) => this.hover(id, plate.patchAt(x, y), event),
      leave: () => {
        this.store.set("hover", null);
        this.tooltip.hide();
      },
      tap: (x, y) => {
        const patch = plate.patchAt(x, y);
        select(this.store, id);
        // A second click lets go; on another picture it takes the same patch there.
        const again = patch === this.store.get("patch") && this.before === id;
        this.store.set("patch", again ? -1 : patch);
      },
      grab: (x, y) => {
        if (!marking() || plate.patchAt(x, y) < 0) return false;
        select(this.store, id);
        this.from = { id, corner: corner(plate.patchAt(x, y), columns) };
        return true;
      },
      drag: (x, y) => this.stretch(plate, x, y),
      drop: (x, y) => this.stretch(plate, x, y),
    }, this.store.signal);
  }

  private stretch(plate: Plate, x: number, y: number): void {
    if (!this.from) return;
    const patch = plate.patchNear(x, y);
    if (patch < 0) return;
    const { columns } = this.store.get("geometry");
    this.store.set("region", stretched(this.from.id, this.from.corner, corner(patch, columns)));
  }

  private hover(id: string, patch: number, event: PointerEvent): void {
    const now = this.store.get("hover");
    if (patch < 0) return;
    const canvas = event.target as HTMLCanvasElement;
    const { columns } = this.store.get("geometry");
    const small = event.pointerType === "touch" || canvas.clientWidth / columns < SMALL_PATCH_PX;
    const places = this.tooltip.measure();
    // Everything is read by now; what follows only writes.
    if (now?.patch !== patch || now.id !== id) this.store.set("hover", { id, patch });
    this.tooltip.show(places, event, this.note(id, patch), small ? (pen, side) => this.loupe(id, patch, pen, side) : null);
  }

  private note(id: string, patch: number): string {
    const { columns } = this.store.get("geometry");
    const numbers = this.films.get(id)?.numbers;
    const where = at(patch, columns);
    if (patch >= Math.min(this.store.get("step"), this.films.end(id))) return `${where} · not drawn yet`;
    if (!numbers || patch >= numbers.end) return where;
    return `${where} · code ${numbers.codes[patch]} · ${bits(numbers.entropy[patch] / Math.LN2)}`;
  }

  /** Five by five patches around the one in hand, from the canvas as it is. */
  private loupe(id: string, patch: number, pen: CanvasRenderingContext2D, side: number): void {
    const plate = this.shown.get(id)?.plate;
    if (!plate) return;
    magnify(plate.canvas, patch, this.store.get("geometry").columns, pen, side, this.look.paper);
  }

  /** What stands under each picture, and what a screen reader says of it. */
  private feet(): void {
    const [selected, compared] = [this.store.get("selected"), this.store.get("compared")];
    for (const [id, { figure, foot, plate }] of this.shown) {
      const branch = this.films.branch(id)!;
      figure.classList.toggle("dx-selected", id === selected);
      figure.classList.toggle("dx-compared", id === compared && compared !== selected);
      text(foot, footOf(branch, id === compared && compared !== selected));
      foot.title = foot.textContent!;
      plate.canvas.setAttribute("aria-label", branch.alt || branch.label || this.store.get("alt"));
    }
  }
}

function footOf(branch: Branch, compared: boolean): string {
  const parts = [branch.how === "drawn" ? `seed ${branch.seed}` : branch.label];
  if (branch.rank !== null) parts.push(`CLIP ${branch.rank}${ordinal(branch.rank)} of ${branch.drawn}`);
  if (branch.state === "unfinished") parts.push("unfinished");
  if (compared) parts.push("compared");
  return parts.join(" · ");
}

function ordinal(n: number): string {
  if (n % 100 >= 11 && n % 100 <= 13) return "th";
  return ["th", "st", "nd", "rd"][n % 10] ?? "th";
}
