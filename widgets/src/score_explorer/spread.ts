/**
 * How the scores of every prompt are spread: a lane each, all on one axis.
 */
import { assign, clear, h, svg, text } from "../shared/dom";
import type { Store } from "../shared/model";
import { Scale, ticks } from "./axis";
import { BELOW } from "./clouds";
import { Lane } from "./lane";
import { percent, score, tick } from "./said";
import type { Shape, State } from "./types";
import type { Picture, Prompt } from "./values";

export interface Room {
  wide: number; // CSS pixels
  narrow: boolean;
  big: boolean; // on a projector
}

const PAD = 10; // pixels at both ends of an axis
const LABEL = { raincloud: 196, ecdf: 0, ridges: 230 };
const TOLD = { raincloud: 104, ecdf: 0, ridges: 96 };
const GUTTER = 40; // for the shares beside steps
const MOST_HIGH = 560;

export class SpreadView {
  readonly element = h("div", { class: "dx-spread-view", role: "group" });
  private lanes: Lane[];
  private rows: HTMLElement[] = [];
  private shown = false;
  private key = h("p", { class: "dx-key dx-hint" });
  private list = h("div", { class: "dx-lanes" });

  constructor(private store: Store<State>, private prompts: Prompt[], take: (prompt: number, picture: Picture) => void) {
    this.lanes = prompts.map((_, number) => new Lane(store, number, take));
    this.element.append(this.key, this.list);
    store.on(["span", "picture", "prompt"], () => this.follow());
  }

  shape(): Shape {
    return this.store.get("shape") || this.store.get("spread").kind;
  }

  /** Draw everything into the space there is. */
  fit(room: Room): void {
    const shape = this.shape();
    const spread = this.store.get("spread");
    this.element.dataset.shape = shape;
    this.element.setAttribute("aria-label", spread.alt.split(". ").slice(0, 2).join(". "));
    this.list.classList.toggle("dx-judged", this.store.get("about").judged);
    this.explain(shape);
    if (shape === "ecdf") this.panels(room);
    else this.stacked(room, shape);
    this.follow();
  }

  /** What the marks mean. */
  private explain(shape: Shape): void {
    const mark = (look: string, words: string) => h("span", {}, h("i", { class: look, "aria-hidden": "true" }), words);
    const judged = this.store.get("about").judged;
    const rain = shape === "raincloud" ? "dx-key-drop" : "dx-key-rug";
    clear(this.key,
      ...(judged ? [mark(`${rain} dx-right`, "all facts right"), mark(`${rain} dx-wrong`, "not all")] : [mark(`${rain} dx-unread`, "a picture")]),
      ...(shape === "raincloud" ? [mark("dx-key-box", "middle half and median")] : shape === "ridges" ? [mark("dx-key-median", "median")] : [mark("dx-key-band", "95 % band")]),
      h("span", { class: "dx-key-drag" }, "drag to see those pictures"));
  }

  lane(number: number): Lane {
    return this.lanes[number];
  }

  /** The next prompt, as it stands on the page. */
  turn(by: number): void {
    const order = this.order();
    const at = order.indexOf(this.store.get("prompt"));
    const to = order[Math.min(Math.max(at + by, 0), order.length - 1)];
    if (to !== this.store.get("prompt")) {
      this.store.set("span", []);
      this.store.set("picture", "");
      this.store.set("prompt", to);
    }
    this.lanes[to].plot.focus();
  }

  private order(): number[] {
    return this.shape() === "ridges" ? this.store.get("spread").order : this.prompts.map((_, number) => number);
  }

  private follow(): void {
    for (const lane of this.lanes) lane.follow();
    this.rows.forEach((row) => row.classList.toggle("dx-in-hand", Number(row.dataset.number) === this.store.get("prompt")));
  }

  private stacked(room: Room, shape: "raincloud" | "ridges"): void {
    const { narrow, big } = room;
    const count = this.prompts.length;
    // One prompt has its name above, and the whole width.
    const above = narrow || count === 1;
    const label = above && shape === "raincloud" ? 0 : narrow ? 112 : LABEL[shape];
    const told = above && shape === "raincloud" ? 0 : narrow ? 46 : TOLD[shape];
    this.list.classList.toggle("dx-above", above);
    const wide = Math.max(120, room.wide - label - told);
    const high = shape === "ridges" ? (count > 30 ? 24 : 34) + (narrow ? 6 : 0) : count === 1 ? (big ? 330 : 230) : count > 3 ? 116 : 144;
    this.list.style.setProperty("--dx-label", `${label}px`);
    this.list.style.setProperty("--dx-told", `${told}px`);
    const [scale, lines] = this.scale(wide, narrow);
    this.rows = this.order().map((number) => {
      this.lanes[number].show(shape, { prompts: this.prompts, spread: this.store.get("spread"), number, scale, wide, high, lines });
      return h("div", { class: "dx-lane", "data-number": number }, this.label(number, shape), this.lanes[number].plot, this.told(number, shape));
    });
    const grid = svg("svg", { class: "dx-behind", "aria-hidden": "true", width: wide, height: (count + 1.25) * high },
      svg("path", { class: "dx-hairline", d: lines.map((at) => `M${scale.at(at).toFixed(1)} 0v${(count + 1.25) * high}`).join("") }));
    const axis = h("div", { class: "dx-axis-row" }, h("span", {}), this.axis(scale, lines, wide), h("span", {}));
    const ridges = shape === "ridges";
    this.list.style.maxHeight = ridges && !big ? `${MOST_HIGH}px` : "";
    this.list.style.paddingTop = ridges ? `${1.25 * high}px` : "";
    const { scrollTop } = this.list;
    clear(this.list, ...(ridges ? [grid as unknown as Node] : []), ...this.rows, axis, ...(ridges ? [this.medians(scale, wide, high) as unknown as Node] : []));
    this.list.scrollTop = scrollTop;
    if (ridges) this.reveal(high);
  }

  /** The medians over all ridges: the ridge in front would cover them. */
  private medians(scale: Scale, wide: number, high: number): SVGElement {
    const { rows } = this.store.get("spread");
    const made = svg("svg", { class: "dx-over", "aria-hidden": "true", width: wide, height: this.rows.length * high },
      svg("path", { class: "dx-median", d: this.order().map((number, row) => `M${scale.at(rows[number].quartiles[1]).toFixed(1)} ${(row + 1) * high - BELOW - 5}v5`).join("") }));
    made.style.top = this.list.style.paddingTop;
    return made;
  }

  /** Bring the prompt in hand into sight, once the list has a height. */
  private reveal(high: number): void {
    const at = this.order().indexOf(this.store.get("prompt")) * high;
    const seen = this.list.clientHeight - 3 * high;
    if (this.shown || !(seen > 0)) return;
    this.shown = true;
    if (at > seen) this.list.scrollTop = at - seen / 2;
  }

  private panels({ wide: room, narrow }: Room): void {
    const count = this.prompts.length;
    const columns = narrow || count === 1 ? 1 : count === 2 || count === 4 ? 2 : 3;
    const wide = Math.floor((room - (columns - 1) * 18) / columns) - GUTTER;
    const high = count === 1 ? 300 : 176;
    const [scale, lines] = this.scale(wide, narrow || columns > 1);
    this.list.style.setProperty("--dx-columns", String(columns));
    this.rows = this.prompts.map((_, number) => {
      this.lanes[number].show("ecdf", { prompts: this.prompts, spread: this.store.get("spread"), number, scale, wide, high, lines });
      const shares = h("div", { class: "dx-shares dx-number", "aria-hidden": "true" }, ...["100 %", "50 %", "0 %"].map((words) => h("span", {}, words)));
      shares.style.height = `${high - 19}px`;
      return h("div", { class: "dx-lane", "data-number": number }, h("div", { class: "dx-panel-head" }, this.label(number, "ecdf"), this.told(number, "ecdf")),
        h("div", { class: "dx-panel" }, shares, this.lanes[number].plot), this.axis(scale, lines, wide, columns > 1 ? "" : undefined));
    });
    this.list.style.maxHeight = this.list.style.paddingTop = "";
    clear(this.list, ...this.rows);
  }

  private scale(wide: number, few: boolean): [Scale, number[]] {
    const [low, high] = this.store.get("spread").axis;
    return [new Scale(low, high, PAD, wide - PAD), ticks(low, high, few || wide < 400 ? 4 : 7)];
  }

  private axis(scale: Scale, lines: number[], wide: number, words = `score by ${this.store.get("about").scorer}`): HTMLElement {
    const axis = svg("svg", { class: "dx-axis", width: wide, height: words ? 38 : 20, "aria-hidden": "true" });
    for (const at of lines) {
      const label = svg("text", { x: scale.at(at), y: 14, "text-anchor": "middle" });
      label.textContent = tick(at);
      axis.append(label);
    }
    if (words) {
      const name = svg("text", { class: "dx-axis-name", x: wide / 2, y: 32, "text-anchor": "middle" });
      name.textContent = words;
      axis.append(name);
    }
    return axis as unknown as HTMLElement;
  }

  private label(number: number, shape: Shape): HTMLElement {
    const { prompt, labels } = this.store.get("prompts")[number];
    const short = Object.values(labels).filter((one) => one).join(" · ");
    const element = h("div", { class: "dx-lane-label", title: prompt });
    text(element, shape === "ridges" && short ? short : prompt);
    return element;
  }

  private told(number: number, shape: Shape): HTMLElement {
    const { quartiles, right } = this.store.get("spread").rows[number];
    const judged = this.prompts[number].pictures.filter((one) => one.right !== null);
    const good = judged.filter((one) => one.right).length;
    const told = h("div", { class: "dx-lane-told dx-number" }, h("span", {}, shape === "ridges" ? score(quartiles[1]) : `median ${score(quartiles[1])}`));
    if (right && right.value !== null) {
      told.append(h("span", { class: "dx-good" }, shape === "ridges" ? percent(right.value) : `${good} of ${judged.length} right`));
    }
    assign(told, { title: `median ${score(quartiles[1])}${judged.length ? `, ${good} of ${judged.length} right` : ""}` });
    return told;
  }
}
