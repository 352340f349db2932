/**
 * Pictures against texts: the score of each for each, its own text on the diagonal.
 */
import { canvas, pen } from "../shared/canvas";
import { amount, contrast } from "../shared/colour";
import { assign, clear, h, text } from "../shared/dom";
import { ARROWS } from "../shared/grid";
import type { Store } from "../shared/model";
import { nameOf, type Pictures } from "../prompt_grid/pictures";
import { pointer } from "../shared/pointer";
import { typed } from "../shared/buffers";
import { ordinal, score } from "./said";
import type { Room } from "./spread";
import { refusedOf, type Matrix, type State } from "./types";

const LARGE = 84; // CSS pixels of a field, at most
const TELLS = 42; // CSS pixels of a field, from which on it has its number
const PICTURED = 26; // CSS pixels of a field, from which on rows have their pictures
const NAMED = 17; // CSS pixels of a field, from which on rows have names
const LABEL = 210;

export class MatrixView {
  readonly element = h("div", { class: "dx-matrix" });
  private refused = h("p", { class: "dx-refused" });
  private body = h("div", { class: "dx-matrix-body" });
  private heads = h("ol", { class: "dx-matrix-heads dx-number", "aria-hidden": "true" });
  private images = new Map<string, HTMLImageElement[]>();
  private names = h("ol", { class: "dx-matrix-names", "aria-hidden": "true" });
  private plate = canvas(1, 1);
  private pen = pen(this.plate);
  private said = h("p", { class: "dx-matrix-said", role: "status" });
  private bar = canvas(256, 1);
  private ends = h("div", { class: "dx-ticks" });
  private legend = h("div", { class: "dx-scale", role: "img" });
  private values: Float32Array = new Float32Array(0);
  private side = 1; // CSS pixels of a field
  private field = canvas(1, 1); // one pixel for each score
  private best: number[] = []; // column of the highest of each row
  private extent: [number, number] = [0, 0];

  constructor(private store: Store<State>, private pictures: Pictures, private take: (prompt: number, seed: string) => void) {
    pictures.on((names) => {
      for (const name of names) for (const image of this.images.get(name) ?? []) this.fill(image);
    });
    this.plate.className = "dx-plate dx-matrix-plate";
    this.bar.className = "dx-colours";
    assign(this.plate, { tabindex: 0, role: "img" });
    this.legend.append(this.bar, this.ends);
    const axes = h("p", { class: "dx-hint" }, "Rows: pictures. Columns: texts, in the same order. Thinly framed: its own text; bold or with a dot: the highest of its row.");
    this.body.append(this.heads, h("div", { class: "dx-matrix-line" }, this.names, this.plate), this.said, this.legend, axes);
    this.element.append(this.refused, this.body);
    const over = (x: number, y: number) => this.point(this.fieldAt(x, y));
    pointer(this.plate, {
      hover: over, leave: () => this.point([-1, -1]),
      tap: (x, y) => this.choose(this.fieldAt(x, y)[0]),
    }, store.signal);
    store.on(["cell", "prompt", "picture"], () => this.follow());
    const ramp = new ImageData(256, 1);
    for (let i = 0; i < 256; i++) ramp.data.set([...amount.subarray(3 * i, 3 * i + 3), 255], 4 * i);
    pen(this.bar).putImageData(ramp, 0, 0);
  }

  private get told(): Matrix | null {
    const told = this.store.get("matrix");
    return "bytes" in told ? (told as Matrix) : null;
  }

  fit({ wide, narrow, big }: Room): void {
    const { told } = this;
    const alive = this.store.get("alive");
    text(this.refused, told ? "" : refusedOf(this.store.get("matrix")) || (alive ? "Every picture meets every text: wait a moment." : ""));
    this.refused.hidden = told !== null;
    this.body.hidden = told === null;
    if (!told) return;
    this.values = typed(told.bytes, Float32Array);
    const n = told.prompts.length;
    const label = narrow ? 0 : LABEL;
    const most = big ? 900 : 620;
    const room = Math.min(wide - label, most);
    let side = Math.min(big ? 72 : LARGE, room / n);
    const named = !narrow && side >= NAMED;
    if (!named) side = Math.min(big ? 72 : LARGE, Math.min(wide, most) / n);
    this.side = side >= 4 ? Math.floor(side) : side;
    this.names.hidden = !named;
    clear(this.names, ...(named ? told.prompts.map((prompt, row) => {
      const words = this.store.get("prompts")[prompt].prompt;
      const one = h("li", { title: words }, h("span", {}, words));
      one.style.height = `${this.side}px`;
      if (this.side >= PICTURED) one.append(this.thumb(prompt, told.seeds[row]));
      return one;
    }) : []));
    this.heads.hidden = !named;
    clear(this.heads, ...(named ? told.prompts.map((_, column) => {
      const one = h("li", {}, String(column + 1));
      one.style.width = `${this.side}px`;
      return one;
    }) : []));
    this.measure(n);
    const [low, high] = this.extent;
    clear(this.ends, h("span", {}, score(low)), h("span", {}, `${score(high)} ${this.store.get("about").scorer}`));
    (this.ends.children[0] as HTMLElement).style.left = "0%";
    (this.ends.children[1] as HTMLElement).style.left = "100%";
    this.legend.setAttribute("aria-label", `scores from ${score(low)} to ${score(high)}`);
    this.plate.setAttribute("aria-label", told.alt.split(". Raw scores")[0]);
    this.follow();
  }

  /** One field on, with an arrow key. */
  move(key: string): void {
    const { told } = this;
    if (!told) return;
    const n = told.prompts.length;
    const [row, column] = this.store.get("cell");
    if (row < 0) return this.point([this.rowInHand(), this.rowInHand()]);
    const [down, right] = ARROWS[key];
    const limit = (at: number) => Math.min(Math.max(at, 0), n - 1);
    this.point([limit(row + down), limit(column + right)]);
  }

  use(): void {
    const [row] = this.store.get("cell");
    if (row >= 0) this.choose(row);
  }

  private thumb(prompt: number, seed: string): HTMLElement {
    const image = h("img", { alt: "", draggable: "false", "data-prompt": prompt, "data-seed": seed, hidden: true });
    const name = nameOf(prompt, seed);
    this.images.set(name, [...(this.images.get(name) ?? []).filter((one) => one.isConnected), image]);
    this.fill(image);
    const plate = h("span", { class: "dx-matrix-thumb" }, image);
    plate.style.width = plate.style.height = `${Math.min(this.side - 4, 64)}px`;
    return plate;
  }

  private fill(image: HTMLImageElement): void {
    const url = this.pictures.url(Number(image.dataset.prompt), image.dataset.seed!);
    image.hidden = url === null;
    if (url !== null) image.src = url;
  }

  private get picture(): string {
    return this.store.get("picture");
  }

  private rowInHand(): number {
    return Math.max(0, this.told?.prompts.indexOf(this.store.get("prompt")) ?? 0);
  }

  private choose(row: number): void {
    const { told } = this;
    if (told && row >= 0) this.take(told.prompts[row], told.seeds[row]);
  }

  private fieldAt(x: number, y: number): [number, number] {
    const n = this.told?.prompts.length ?? 0;
    const [row, column] = [Math.floor(y / this.side), Math.floor(x / this.side)];
    return row >= 0 && row < n && column >= 0 && column < n ? [row, column] : [-1, -1];
  }

  private point(field: [number, number]): void {
    this.store.set("cell", field);
  }

  /** What does not change while a hand moves over the matrix. */
  private measure(n: number): void {
    let [low, high] = [Infinity, -Infinity];
    for (const value of this.values) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
    this.extent = [low, high];
    const image = new ImageData(n, n);
    this.values.forEach((one, i) => {
      const level = this.level(one);
      image.data.set([...amount.subarray(3 * level, 3 * level + 3), 255], 4 * i);
    });
    this.field = canvas(n, n);
    pen(this.field).putImageData(image, 0, 0);
    this.best = Array.from({ length: n }, (_, row) => {
      const values = this.values.subarray(row * n, (row + 1) * n);
      return values.reduce((best, value, column) => (value > values[best] ? column : best), 0);
    });
  }

  private level(value: number): number {
    const [low, high] = this.extent;
    return high > low ? Math.round((255 * (value - low)) / (high - low)) : 0;
  }

  private follow(): void {
    const { told } = this;
    if (!told || !this.values.length) return;
    this.paint(told);
    const n = told.prompts.length;
    const [over, column] = this.store.get("cell");
    const row = over < 0 ? this.rowInHand() : over;
    const name = (place: number) => `“${this.store.get("prompts")[told.prompts[place]].prompt}”`;
    if (over >= 0) {
      const value = this.values[row * n + column];
      const higher = this.values.subarray(row * n, (row + 1) * n).filter((one) => one > value).length;
      const own = row === column ? "its own text" : `the text ${name(column)}`;
      text(this.said, `The picture of ${name(row)} and ${own}: ${score(value)}, the ${ordinal(higher + 1)} of ${n}.`);
    } else {
      const others = Array.from(this.values.subarray(row * n, (row + 1) * n), (value, place) => ({ value, place })).sort((a, b) => b.value - a.value);
      const best = others[0].place === row ? others[1] : others[0];
      text(this.said, `For the picture of ${name(row)}, its own text is the ${ordinal(told.ranks[row])} of ${n}${best ? `; ${told.ranks[row] === 1 ? "next" : "first"}: ${name(best.place)}` : ""}.`);
    }
  }

  private paint(told: Matrix): void {
    const n = told.prompts.length;
    const ratio = window.devicePixelRatio || 1;
    const whole = Math.round(n * this.side * ratio);
    [this.plate.width, this.plate.height] = [whole, whole];
    this.plate.style.width = this.plate.style.height = `${n * this.side}px`;
    this.pen.imageSmoothingEnabled = false;
    this.pen.drawImage(this.field, 0, 0, whole, whole);
    this.marks(told, whole / n, Math.max(1, Math.round(ratio)));
  }

  /** The numbers of a row, that of its highest bold. */
  private tell(row: number, unit: number, values: Float32Array, best: number): void {
    const context = this.pen;
    context.textAlign = "center";
    context.textBaseline = "middle";
    values.forEach((value, column) => {
      const level = this.level(value);
      context.fillStyle = contrast([amount[3 * level], amount[3 * level + 1], amount[3 * level + 2]]);
      context.font = `${column === best ? "700 " : ""}${Math.round((unit / this.side) * (this.side > 60 ? 14 : 11.5))}px system-ui, "DejaVu Sans", sans-serif`;
      context.fillText(score(value), (column + 0.5) * unit, (row + 0.53) * unit);
    });
  }

  private marks(told: Matrix, unit: number, thin: number): void {
    const n = told.prompts.length;
    const context = this.pen;
    const both = (draw: () => void, thick: number, colour: string) => {
      for (const [width, ink] of [[thick + 2 * thin, "rgba(255, 255, 255, 0.8)"], [thick, colour]] as const) {
        context.lineWidth = width;
        context.strokeStyle = ink;
        draw();
      }
    };
    for (let row = 0; row < n; row++) {
      const best = this.best[row];
      if (unit >= 5 * thin) {
        context.lineWidth = thin;
        context.strokeStyle = "rgba(31, 28, 24, 0.75)";
        context.strokeRect(row * unit + thin / 2, row * unit + thin / 2, unit - thin, unit - thin);
      }
      if (this.side >= TELLS) {
        this.tell(row, unit, this.values.subarray(row * n, (row + 1) * n), best);
        continue;
      }
      context.beginPath();
      context.arc((best + 0.5) * unit, (row + 0.5) * unit, Math.max(thin, Math.min(4.5 * thin, 0.2 * unit)), 0, 7);
      context.fillStyle = best === row ? "#ffffff" : "#1f1c18";
      context.fill();
      context.lineWidth = thin;
      context.strokeStyle = best === row ? "#1f1c18" : "#ffffff";
      context.stroke();
    }
    for (const [first, last] of told.blocks) {
      const size = (last - first + 1) * unit;
      both(() => context.strokeRect(first * unit, first * unit, size, size), 2 * thin, "#0b5a5f");
    }
    const [over, column] = this.store.get("cell");
    const row = over < 0 ? this.rowInHand() : over;
    const { picture } = this;
    if (over >= 0 || picture === told.seeds[row]) both(() => context.strokeRect(thin, row * unit + thin, n * unit - 2 * thin, unit - 2 * thin), 1.5 * thin, "#a8381c");
    if (over >= 0) both(() => context.strokeRect(column * unit, row * unit, unit, unit), 2 * thin, "#1f1c18");
  }
}
