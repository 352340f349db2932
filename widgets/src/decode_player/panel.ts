/**
 * The page beside the pictures: everything known about the patch in hand, and what-if sliders.
 *
 * Its space is always there, so that hovering never moves anything.
 */
import { button, h, text, unique } from "../shared/dom";
import { at, bits, count, percent } from "../shared/format";
import type { Store } from "../shared/model";
import { Alternatives } from "./alternatives";
import type { Film, Numbers } from "./film";
import type { Films } from "./films";
import { reshaped, shareOf, type Reshaped } from "./reshape";
import type { Reshape, State } from "./types";

const ROWS = ["probability", "rank", "surprise", "entropy"] as const;

export class Panel {
  readonly element: HTMLElement;
  private title = h("h3", { class: "dx-where" });
  private which = h("p", { class: "dx-which" });
  private spoken = h("p", { class: "dx-unseen", role: "status" });
  private cells = new Map<string, { raw: HTMLElement; shaped: HTMLElement }>();
  private table: HTMLElement;
  private alternatives: Alternatives;
  private sliders: Slider[];
  private reset: HTMLButtonElement;

  constructor(private store: Store<State>, private films: Films) {
    this.alternatives = new Alternatives(store, () => this.update());
    const head = h("tr", {}, h("td"), h("th", { scope: "col" }, "model"), h("th", { scope: "col" }, "what if"));
    this.table = h("table", { class: "dx-numbers" }, h("thead", {}, head), h("tbody", {}, ...ROWS.map((name) => this.line(name))));
    this.sliders = sliders(store);
    this.reset = button("as drawn", () => store.set("reshape", plain(store)), { quiet: true });
    this.reset.title = "back to the settings of the next Draw";
    const group = h("div", { class: "dx-sliders", role: "group", "aria-label": "what if" },
      h("div", { class: "dx-what-if" }, h("span", {}, "What if"), this.reset),
      ...this.sliders.map(({ element }) => element));
    this.element = h("section", { class: "dx-panel dx-unmet", "aria-label": "the patch in hand" },
      this.title, this.which, this.table, group, this.alternatives.element, this.spoken);
    store.on(["hover", "patch", "selected", "alive", "geometry"], () => this.update());
    store.on(["reshape", "geometry"], () => {
      for (const slider of this.sliders) slider.follow();
      this.update();
    });
    store.on(["patch", "selected", "alive"], () => this.ask());
    store.on(["step"], () => {
      const { id, patch } = this.hand();
      text(this.which, this.said(this.films.get(id)?.numbers ?? null, patch));
    });
    store.on(["patch", "selected"], () => text(this.spoken, this.aloud()));
    films.on((id, part) => {
      if (id === this.hand().id && part !== "live") this.update();
      if (id === this.hand().id && part === "numbers") this.ask();
    });
    this.update();
    this.ask();
  }

  /** The patch the panel speaks of: the one under the pointer, else the pinned one. */
  hand(): { id: string; patch: number } {
    const hover = this.store.get("hover");
    return hover ?? { id: this.store.get("selected"), patch: this.store.get("patch") };
  }

  update(): void {
    const { id, patch } = this.hand();
    const { columns } = this.store.get("geometry");
    const film = this.films.get(id) ?? null;
    const numbers = film?.numbers ?? null;
    const known = numbers !== null && patch >= 0 && patch < numbers.end;
    this.element.classList.toggle("dx-nothing", !known);
    text(this.title, patch < 0 ? "Any patch" : at(patch, columns));
    const asked = !neutral(this.store.get("reshape"));
    const shape = known && numbers.spread && asked ? reshaped(numbers.spread, patch * numbers.k, numbers.k, this.store.get("reshape")) : null;
    text(this.which, this.said(numbers, patch));
    if (known) this.element.classList.remove("dx-unmet");
    if (known) this.numbers(numbers, patch, shape);
    else for (const name of ROWS) this.put(name, "–", "");
    this.alternatives.show(known ? (film as Film) : null, patch, shape);
  }

  private said(numbers: Numbers | null, patch: number): string {
    if (patch < 0) return "Point at a picture to see what else could have stood there; a click keeps it.";
    if (!numbers) return "Its numbers are not here yet.";
    if (patch >= numbers.end) return "Not drawn.";
    const forced = numbers.forced[patch] ? " · forced: it was given, not drawn" : "";
    const pinned = this.store.get("patch") === patch ? " · pinned" : "";
    const later = patch >= this.store.get("step") ? " · drawn later" : "";
    return `code ${numbers.codes[patch]}${forced}${later}${pinned}`;
  }

  /** What a screen reader says of a patch that keys or a click took; of mere hovering it says nothing. */
  private aloud(): string {
    const patch = this.store.get("patch");
    const numbers = this.films.get(this.store.get("selected"))?.numbers;
    if (patch < 0) return "";
    const where = at(patch, this.store.get("geometry").columns);
    if (!numbers || patch >= numbers.end) return `${where}: not drawn`;
    const share = percent(Math.exp(numbers.logProbability[patch]));
    return `${where}: code ${numbers.codes[patch]}, ${share}, entropy ${bits(numbers.entropy[patch] / Math.LN2)}`;
  }

  private numbers(numbers: Numbers, patch: number, shape: Reshaped | null): void {
    const log = numbers.logProbability[patch];
    const rank = numbers.rank[patch];
    const how = this.store.get("reshape");
    const what = shape ? shareOf(shape, rank, log, how) : NaN;
    this.put("probability", percent(Math.exp(log)), shape ? percent(what) : "");
    this.put("surprise", bits(-log / Math.LN2), !shape ? "" : what > 0 ? bits(-Math.log2(what)) : "never drawn");
    this.put("entropy", bits(numbers.entropy[patch] / Math.LN2), shape ? bits(shape.entropy) : "");
    this.table.classList.toggle("dx-asked", shape !== null);
    this.put("rank", `${count(rank + 1)} of ${count(numbers.k)}`, shape ? left(rank, shape.kept, numbers.k) : "");
  }

  private line(name: string): HTMLElement {
    const cell = { raw: h("td", { class: "dx-number" }), shaped: h("td", { class: "dx-number dx-shaped" }) };
    this.cells.set(name, cell);
    return h("tr", {}, h("th", { scope: "row" }, name), cell.raw, cell.shaped);
  }

  private put(name: string, raw: string, shaped: string): void {
    const cell = this.cells.get(name)!;
    text(cell.raw, raw);
    text(cell.shaped, shaped);
  }

  private ask(): void {
    const patch = this.store.get("patch");
    const id = this.store.get("selected");
    const numbers = this.films.get(id)?.numbers;
    if (numbers && patch >= 0 && patch < numbers.end) this.alternatives.ask(id, patch);
  }
}

interface Slider {
  element: HTMLElement;
  follow: () => void;
}

/** Temperature straight, top-k by doubling, top-p straight; the right end of the last two is "all". */
function sliders(store: Store<State>): Slider[] {
  const codes = () => store.get("geometry").codes;
  const steps = 4; // top-k: stops for each doubling
  const most = () => Math.ceil(steps * Math.log2(codes()));
  return [
    slider(store, "temperature", () => [0, 2, 0.05], (r) => r.temperature, (v) => ({ temperature: Math.round(v * 100) / 100 }),
      (r) => r.temperature.toFixed(2)),
    slider(store, "top-k", () => [0, most(), 1],
      (r) => (r.top_k === null || r.top_k >= codes() ? most() : Math.round(steps * Math.log2(r.top_k))),
      (v) => ({ top_k: v >= most() ? null : Math.max(1, Math.round(2 ** (v / steps))) }),
      (r) => (r.top_k === null || r.top_k >= codes() ? "all" : count(r.top_k))),
    slider(store, "top-p", () => [0.05, 1, 0.01], (r) => r.top_p ?? 1, (v) => ({ top_p: v >= 1 ? null : Math.round(v * 100) / 100 }),
      (r) => (r.top_p === null || r.top_p >= 1 ? "all" : r.top_p.toFixed(2))),
  ];
}

function slider(
  store: Store<State>,
  name: string,
  range: () => [number, number, number],
  read: (how: Reshape) => number,
  write: (value: number) => Partial<Reshape>,
  say: (how: Reshape) => string,
): Slider {
  const id = unique("slider");
  const input = h("input", { type: "range", id, "aria-label": `what if: ${name}` });
  const output = h("output", { class: "dx-number", for: id });
  input.addEventListener("input", () => {
    store.set("reshape", { ...store.get("reshape"), ...write(Number(input.value)) });
  });
  const follow = () => {
    const [min, max, step] = range();
    input.min = String(min);
    input.max = String(max);
    input.step = String(step);
    const how = store.get("reshape");
    input.value = String(read(how));
    text(output, say(how));
    input.setAttribute("aria-valuetext", say(how));
  };
  follow();
  return { element: h("div", { class: "dx-slider" }, h("label", { for: id }, name), input, output), follow };
}

/** What filters make of a rank: it stays what it is, but of fewer codes, or is cut off itself. */
function left(rank: number, kept: number, k: number): string {
  if (kept === k) return "the same";
  return rank < kept ? `of ${count(kept)} left` : `cut: ${count(kept)} left`;
}

/** Whether the what-if settings leave the model's own distribution as it is. */
function neutral(how: Reshape): boolean {
  return how.temperature === 1 && how.top_k === null && (how.top_p === null || how.top_p >= 1);
}

function plain(store: Store<State>): Reshape {
  const { temperature, top_k, top_p } = store.get("settings");
  return { temperature, top_k, top_p };
}
