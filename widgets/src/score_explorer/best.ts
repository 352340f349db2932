/**
 * What the best of k is worth: who wins, what the score gains, and what the judge says of it. All
 * curves share the axis of k, on which doubling is always equally far; k follows the hand.
 */
import { nameOf, type Pictures } from "../prompt_grid/pictures";
import { assign, clear, h, svg, text } from "../shared/dom";
import type { Store } from "../shared/model";
import { pointer } from "../shared/pointer";
import { apart, area, path, runs, Scale, ticks, type Point } from "./axis";
import { counted, deviations, percent, score } from "./said";
import type { Room } from "./spread";
import { placed, Tiles } from "./tile";
import { refusedOf, type Best, type Curve, type State } from "./types";
import { inHand, winner, type Picture, type Prompt } from "./values";

interface Line {
  name: string;
  colour: string; // score, right, limit, chance
  ks: number[];
  values: (number | null)[];
  curve?: Curve; // with its band
  dashed?: boolean;
}

interface Panel {
  title: string;
  hint: string;
  lines: Line[];
  high: number;
  up: [number, number];
  marks: number[];
  write: (value: number) => string;
}

const GUTTER = 46; // for the numbers of an axis
const NAMES = 148; // for the names of lines, at their ends
const HEAD = 36;
const FOOT = 40;
const TILE = { least: 44, most: 92 };

export class BestView {
  readonly element = h("div", { class: "dx-best" });
  private winners = h("div", { class: "dx-winners" });
  private said = h("p", { class: "dx-hint dx-winners-said" });
  private plot = h("div", { class: "dx-best-plot", tabindex: 0, role: "slider", "aria-valuemin": 1 });
  private canvas = svg("svg", { class: "dx-best-canvas", "aria-hidden": "true" });
  private rule = svg("g", { class: "dx-rule" });
  private tiles: Tiles;
  private across = new Scale(0, 1, 0, 1);
  private points: { scale: Scale; line: Line; top: number }[] = [];
  private high = 0;

  constructor(private store: Store<State>, private prompts: Prompt[], pictures: Pictures, private take: (prompt: number, picture: Picture) => void) {
    this.tiles = new Tiles(pictures, (prompt, picture) => this.choose(prompt, picture));
    const refused = refusedOf(store.get("best"));
    if (refused) {
      this.element.append(h("p", { class: "dx-refused" }, refused));
      return;
    }
    this.plot.append(this.canvas as unknown as HTMLElement);
    this.element.append(this.winners, this.said, this.plot);
    const follow = (x: number) => this.go(this.near(x));
    pointer(this.plot, { hover: (x, _, event) => event.pointerType === "mouse" && event.buttons === 0 ? undefined : follow(x), leave: () => undefined, tap: follow, grab: (x) => (follow(x), true), drag: follow, drop: follow }, store.signal);
    store.on(["k"], () => this.follow());
    store.on(["prompt"], () => this.wins());
    store.on(["picture"], () => this.mark());
  }

  private get best(): Best {
    return this.store.get("best") as Best;
  }

  fit({ wide, narrow, big }: Room): void {
    if (refusedOf(this.store.get("best"))) return;
    const { ks, marked } = this.best;
    const names = narrow ? 12 : NAMES;
    this.across = new Scale(0, Math.log2(ks[ks.length - 1]) || 1, GUTTER + 8, wide - names - 8);
    assign(this.plot, { "aria-label": this.best.alt.split(". Curves")[0].split(" Expected best")[0], "aria-valuemax": ks[ks.length - 1] });
    const panels = this.panels(narrow, big);
    this.high = panels.reduce((sum, { high }) => sum + HEAD + high, 0) + FOOT;
    assign(this.canvas, { width: wide, height: this.high, viewBox: `0 0 ${wide} ${this.high}` });
    this.plot.style.height = `${this.high}px`;
    this.points = [];
    const drawn: SVGElement[] = [];
    let top = 0;
    for (const panel of panels) {
      drawn.push(...this.panel(panel, top + HEAD, narrow));
      top += HEAD + panel.high;
    }
    let free = Infinity;
    for (const k of [...marked].reverse()) {
      const x = this.x(k);
      if (x > free) continue;
      drawn.push(label(x, top + 17, String(k), "middle", "dx-strong"));
      free = x - 26;
    }
    drawn.push(label((this.across.from + this.across.to) / 2, top + 35, "k: pictures chosen among", "middle", "dx-axis-name"));
    clear(this.canvas, ...(drawn as unknown as Node[]), this.rule as unknown as Node);
    const gaps = marked.map((k, i) => (i ? this.x(k) - this.x(marked[i - 1]) : Infinity));
    const side = Math.min(TILE.most, Math.max(TILE.least, Math.min(...gaps) - 8));
    this.element.style.setProperty("--dx-winner", `${side}px`);
    this.wins();
    this.follow();
  }

  /** The next k, or the one that is twice as far. */
  step(by: number): void {
    const { ks } = this.best;
    const at = ks.indexOf(this.store.get("k"));
    this.go(ks[Math.min(Math.max((at < 0 ? ks.length - 1 : at) + by, 0), ks.length - 1)]);
  }

  double(by: 1 | -1): void {
    const { marked } = this.best;
    const k = this.store.get("k");
    const to = by > 0 ? marked.find((one) => one > k) : [...marked].reverse().find((one) => one < k);
    if (to) this.go(to);
  }

  end(last: boolean): void {
    const { ks } = this.best;
    this.go(ks[last ? ks.length - 1 : 0]);
  }

  go(k: number): void {
    if (k === this.store.get("k")) return;
    this.store.set("k", k);
    const prompt = this.store.get("prompt");
    this.take(prompt, winner(this.prompts[prompt], k));
  }

  private choose(prompt: number, picture: Picture): void {
    const { marked } = this.best;
    const k = marked.find((one) => winner(this.prompts[prompt], one) === picture);
    if (k && winner(this.prompts[prompt], this.store.get("k")) !== picture) this.store.set("k", k);
    this.take(prompt, picture);
  }

  private x(k: number): number {
    return this.across.at(Math.log2(k));
  }

  private near(x: number): number {
    const { ks } = this.best;
    return ks.reduce((best, k) => (Math.abs(this.x(k) - x) < Math.abs(this.x(best) - x) ? k : best));
  }

  private panels(narrow: boolean, big: boolean): Panel[] {
    const { ks, score: gained, null: noise, right, ceiling, efficiency, random, marked } = this.best;
    const high = big ? 230 : narrow ? 150 : right ? 160 : 250;
    const whole = (one: Curve, name: string, colour: string): Line => ({ name, colour, ks: one.k, values: one.value, curve: one });
    const all = [...gained.value, ...gained.high, ...gained.low, ...noise].filter((one): one is number => one !== null);
    const up: [number, number] = [Math.min(0, ...all), Math.max(...all, 0.1) * 1.06];
    const found: Panel[] = [{
      title: "Score", hint: narrow ? "in sd within the prompt" : "in standard deviations within the prompt", high, up, marks: ticks(up[0], up[1], 4), write: (value) => deviations(value).replace(/0? sd$/, ""),
      lines: [{ name: "pure noise", colour: "chance", ks, values: noise, dashed: true }, whole(gained, "the best of k", "score")],
    }];
    const shares = { up: [0, 1] as [number, number], marks: [0, 0.5, 1], write: percent };
    if (right && ceiling && random !== null) found.push({
      title: "Right", hint: "by the judge, who does not choose", high, ...shares,
      lines: [
        { name: "nobody chooses", colour: "chance", ks, values: ks.map(() => random), dashed: true },
        whole(ceiling, "one of k is right", "limit"), whole(right, "the score chooses", "right"),
      ],
    });
    if (efficiency && marked.length > 1) {
      const low = Math.min(0, ...efficiency.low.filter((one): one is number => one !== null), ...efficiency.value.filter((one): one is number => one !== null));
      const below = Math.max(-1, Math.floor(low * 2) / 2);
      found.push({
        title: "Efficiency", hint: narrow ? "of what is possible" : "0 %: nobody chooses; 100 %: the judge would", high: Math.round(0.6 * high), up: [below, 1], marks: below < 0 ? [below, 0, 1] : [0, 0.5, 1], write: percent,
        lines: [whole(efficiency, "of what is possible", "right")],
      });
    }
    return found;
  }

  private panel({ title, hint, lines, high, up, marks, write }: Panel, top: number, narrow: boolean): SVGElement[] {
    const scale = new Scale(up[0], up[1], top + high - 4, top + 4);
    const { from, to } = this.across;
    const head = label(0, top - 14, title, "start", "dx-strong");
    const beside = svg("tspan", { class: "dx-faint", dx: 8 });
    beside.textContent = hint;
    head.append(beside);
    const out: SVGElement[] = [head];
    for (const mark of marks) {
      out.push(svg("path", { class: "dx-hairline", d: `M${from} ${scale.at(mark).toFixed(1)}H${to}` }), label(GUTTER - 4, scale.at(mark) + 4, write(mark), "end", "dx-faint"));
    }
    out.push(svg("path", { class: "dx-hairline", d: this.best.marked.map((k) => `M${this.x(k).toFixed(1)} ${top}V${top + high}`).join("") }));
    for (const line of lines) out.push(...this.line(line, scale, top));
    const known = lines.flatMap((line) => {
      const last = line.values[line.values.length - 1];
      return last === null ? [] : [{ line, y: scale.at(last) }];
    });
    if (narrow) return [...out, ...this.legend(lines, top)];
    const heights = apart(known.map(({ y }) => y), 16, top + 6, top + high);
    known.forEach(({ line }, i) => out.push(label(to + 14, heights[i] + 4, line.name, "start", `dx-of-${line.colour}`)));
    return out;
  }

  /** On a telephone names stand in the panel, where curves that rise leave room. */
  private legend(lines: Line[], top: number): SVGElement[] {
    return lines.length < 2 ? [] : lines.map((line, i) => label(this.across.from + 6, top + 14 + 14 * i, line.name, "start", `dx-of-${line.colour} dx-small`));
  }

  private line(line: Line, scale: Scale, top: number): SVGElement[] {
    const at = (values: (number | null)[], i: number): Point => [this.x(line.ks[i]), scale.at(values[i]!)];
    const limit = (value: number | null) => (value === null ? null : Math.min(Math.max(value, scale.low), scale.high));
    const out: SVGElement[] = [];
    const { curve } = line;
    if (curve) {
      const [low, high] = [curve.low.map(limit), curve.high.map(limit)];
      const whole = low.map((one, i) => (one === null || high[i] === null ? null : one));
      for (const [from, to] of runs(whole)) {
        const span = Array.from({ length: to - from + 1 }, (_, i) => from + i);
        out.push(svg("path", { class: `dx-band dx-of-${line.colour}`, d: area(span.map((i) => at(high, i)), span.map((i) => at(low, i))) }));
      }
    }
    for (const [from, to] of runs(line.values)) {
      const span = Array.from({ length: to - from + 1 }, (_, i) => at(line.values.map(limit), from + i));
      out.push(svg("path", { class: `dx-curve dx-of-${line.colour}${line.dashed ? " dx-dashed" : ""}`, d: path(span) }));
    }
    if (!line.dashed) {
      for (const k of this.best.marked) {
        const i = line.ks.indexOf(k);
        if (i < 0 || line.values[i] === null) continue;
        const [cx, cy] = at(line.values.map(limit), i);
        out.push(svg("circle", { class: `dx-dot dx-of-${line.colour}`, cx: cx.toFixed(1), cy: cy.toFixed(1), r: 2.6 }));
      }
    }
    this.points.push({ scale, line, top });
    return out;
  }

  /** The rule at k, and where it meets the curves. */
  private follow(): void {
    const k = this.store.get("k");
    const x = this.x(k);
    const dots = this.points.flatMap(({ scale, line }) => {
      const value = line.values[line.ks.indexOf(k)];
      return line.dashed || value === null || value === undefined ? [] : [svg("circle", { class: `dx-dot dx-of-${line.colour}`, cx: x.toFixed(1), cy: scale.at(value).toFixed(1), r: 5 })];
    });
    const foot = label(x, this.high - FOOT + 17, String(k), "middle", "dx-k");
    const wide = 8 * String(k).length + 10;
    clear(this.rule, svg("path", { class: "dx-rule-line", d: `M${x.toFixed(1)} ${HEAD}V${this.high - FOOT}` }) as unknown as Node, ...(dots as unknown as Node[]),
      svg("rect", { class: "dx-k-plate", x: x - wide / 2, y: this.high - FOOT + 3, width: wide, height: 19, rx: 3 }) as unknown as Node, foot as unknown as Node);
    const { score: gained, right } = this.best;
    const i = gained.k.indexOf(k);
    const told = gained.value[i] === null ? "" : `, score ${deviations(gained.value[i]!)}`;
    const good = right?.value[right.k.indexOf(k)];
    assign(this.plot, { "aria-valuenow": k, "aria-valuetext": `best of ${k}${told}${good === null || good === undefined ? "" : `, right ${percent(good)}`}` });
    for (const tile of this.winners.children) tile.classList.toggle("dx-at-k", Number((tile as HTMLElement).dataset.k) === k);
    this.mark();
  }

  /** The winner among the first k pictures, above each k. */
  private wins(): void {
    const number = this.store.get("prompt");
    const prompt = this.prompts[number];
    const { marked } = this.best;
    const side = parseFloat(this.element.style.getPropertyValue("--dx-winner")) || TILE.most;
    let free = Infinity;
    const shown = [...marked].reverse().filter((k) => {
      const fits = this.x(k) <= free;
      if (fits) free = this.x(k) - side - 4;
      return fits;
    });
    const last = this.across.to + 8;
    this.tiles.forget();
    clear(this.winners, ...shown.reverse().map((k) => {
      const one = winner(prompt, k);
      const slot = h("div", { class: "dx-winner", "data-k": k });
      const tile = this.tiles.fresh(number, one);
      tile.say(`${score(one.score)}`, `winner of the first ${k}: seed ${one.seed}, score ${score(one.score)}, ${placed(one, prompt.pictures.length)}`);
      slot.append(tile.element);
      slot.style.left = `${Math.min(Math.max(this.x(k) - side / 2, 0), Math.max(last, this.x(k)) - side / 2)}px`;
      return slot;
    }));
    text(this.said, `The winner among the first k pictures of “${this.store.get("prompts")[number].prompt}”, by score. Curves: mean over ${counted(this.best.prompts, "prompt")}.`);
    this.follow();
  }

  private mark(): void {
    const number = this.store.get("prompt");
    this.tiles.mark(nameOf(number, inHand(this.prompts[number], this.store.get("picture")).seed));
  }
}

function label(x: number, y: number, words: string, anchor: string, look: string): SVGElement {
  const made = svg("text", { x: x.toFixed(1), y: y.toFixed(1), "text-anchor": anchor, class: look });
  made.textContent = words;
  return made;
}
