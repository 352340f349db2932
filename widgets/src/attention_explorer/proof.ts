/**
 * How far these pictures can be trusted: planted truth, the world's own masks, and the same map
 * on a twin whose weights mean nothing.
 */
import { pen } from "../shared/canvas";
import { clear, h, svg, text } from "../shared/dom";
import type { Store } from "../shared/model";
import { ofTwin } from "./combine";
import type { Hands } from "./hand";
import type { Parts } from "./parts";
import type { Measured, Planted, Proof, State } from "./types";
import { paint, type Views } from "./views";
import { share as shareScale } from "./scales";

const TWIN = "The same network with random weights has read the same text and picture. Where its map looks as good, the map shows how " +
  "such networks are built, not what this one has learned.";
const LOWEST = -0.5; // of the axis of lifts; 1 is the other end

export class ProofSheet {
  readonly element: HTMLElement;
  private planted = h("div");
  private across = h("div");
  private lifts = h("div");
  private deletion = h("div");
  private own = h("canvas", { class: "dx-twin", role: "img" });
  private other = h("canvas", { class: "dx-twin", role: "img" });
  private ownFoot = h("figcaption", { class: "dx-foot" });
  private otherFoot = h("figcaption", { class: "dx-foot" });
  private made = h("p", { class: "dx-hint" });
  private word = h("h4");

  constructor(private store: Store<State>, private parts: Parts, private views: Views, private hands: Hands) {
    const twin = h("div", { class: "dx-proof-part" }, this.word,
      h("div", { class: "dx-twins" }, h("figure", { class: "dx-figure" }, this.own, this.ownFoot), h("figure", { class: "dx-figure" }, this.other, this.otherFoot)),
      h("p", { class: "dx-hint" }, TWIN), this.across);
    this.element = h("section", { class: "dx-proof dx-section", "aria-label": "proof", hidden: true },
      h("h3", {}, "Proof"), h("div", { class: "dx-proof-parts" }, twin, this.planted, this.lifts, this.deletion), this.made);
    store.on(["proving"], () => this.open());
    store.on(["proof", "selected"], () => this.tables());
    store.on(["overWord", "word", "by", "picks", "selected", "over"], () => this.maps());
    parts.on((_, part) => {
      if (part === "twin" || part === "looks") this.maps();
      if (part === "deletion") this.tables();
    });
    this.tables();
    this.open();
  }

  private open(): void {
    this.element.hidden = !this.store.get("proving");
    this.maps();
  }

  /** The map in hand, and the same of the twin: both over all heads, in one scale. */
  private maps(): void {
    if (!this.store.get("proving")) return;
    const { id } = this.hands;
    const { rows, columns } = this.store.get("geometry");
    const word = this.hands.word(id);
    const name = word >= 0 ? `‘${this.parts.picture(id)?.words[word]?.text}’` : "all words";
    const by = this.store.get("by") === "attention" ? "attention" : "contribution";
    text(this.word, `Looks at ${name}, and the same of its twin`);
    const shares = this.views.shares(id);
    const twin = this.parts.get(id)?.twin ?? null;
    const draw = (target: HTMLCanvasElement, all: Float32Array | null, foot: HTMLElement, said: string) => {
      if (target.width !== columns || target.height !== rows) [target.width, target.height] = [columns, rows];
      if (all) paint(target, columnOf(all, word, shares?.words ?? 0, rows * columns), rows * columns, shareScale, 1);
      else pen(target).clearRect(0, 0, columns, rows);
      target.setAttribute("aria-label", said);
      text(foot, said);
    };
    const signed = this.store.get("by") === "signed";
    draw(this.own, signed ? null : shares?.all ?? null, this.ownFoot, signed ? "signed shares have no twin" : "trained");
    const correlation = twin?.correlation[by];
    draw(this.other, twin && ofTwin(twin, by), this.otherFoot,
      twin ? `random weights${correlation === undefined || correlation === null ? "" : ` · rank correlation ${correlation.toFixed(2)}`}` : this.parts.get(id)?.refused.twin ?? "not here yet");
  }

  private tables(): void {
    const proof: Partial<Proof> = this.store.get("proof") ?? {};
    clear(this.planted, ...planted(proof.planted ?? []));
    clear(this.across, ...twins(proof.twin ?? []));
    clear(this.lifts, ...(proof.localisation?.length ? [h("h4", {}, "Does it find the thing?"), localisation(proof.localisation),
      h("p", { class: "dx-hint" }, "The drawn world knows which pixels belong to which word. 0: no better than chance; 1: everything inside. Lines are 95 % intervals.")] : []));
    const found = this.parts.get(this.store.get("selected"))?.deletion ?? null;
    clear(this.deletion, ...(found ? [h("h4", {}, "Take words away, first ones first"), curve(found),
      h("p", { class: "dx-hint" }, "Bits of this picture lost as words go: in the order of looking (red), and in a random order (grey).")] : []));
    for (const part of [this.planted, this.lifts, this.deletion]) part.className = part.childElementCount ? "dx-proof-part" : "dx-empty-part";
    text(this.made, proof.made ?? "The report card was not made for this model: python -m dalle_explore check instruments makes it.");
  }
}

function columnOf(all: Float32Array, word: number, words: number, patches: number): Float32Array {
  if (word >= 0) return all.subarray(word * patches, (word + 1) * patches);
  const out = new Float32Array(patches);
  for (let i = 0; i < words * patches; i++) out[i % patches] += all[i];
  return out;
}

function planted(models: Planted[]): HTMLElement[] {
  if (!models.length) return [];
  const names = [...new Set(models.flatMap(({ first }) => Object.keys(first)))];
  const head = h("tr", {}, h("th", { scope: "col" }, "instrument"), ...models.map(({ name, truth }) => h("th", { scope: "col" }, `${name}: ${truth}`)));
  const body = names.map((name) => h("tr", {}, h("th", { scope: "row" }, name), ...models.map((one) => verdict(one, name))));
  return [
    h("h4", {}, "Does it find a truth that was planted?"),
    h("div", { class: "dx-scroll-x" }, h("table", { class: "dx-table" }, h("thead", {}, head), h("tbody", {}, ...body))),
    h("p", { class: "dx-hint" }, "Models whose weights were set by hand, and the word that decides. In the cells: the word an instrument " +
      "puts first. ✓ as it has to be, ✗ not. Raw attention has to name the decoy, and in two hops all that looks at patches alone " +
      "the relay: that is what they are."),
    h("ul", { class: "dx-says" }, ...models.map(({ name, says }) => h("li", {}, h("b", {}, name), ` ${says}`))),
  ];
}

function verdict({ first, holds }: Planted, name: string): HTMLElement {
  const word = first[name];
  const right = holds[name];
  const cell = h("td", { class: right === false ? "dx-wrong" : "" }, `${word ?? "–"}${right === undefined ? "" : right ? " ✓" : " ✗"}`);
  cell.setAttribute("aria-label", `${word ?? "not asked"}${right === undefined ? "" : right ? ": as it has to be" : ": not as it has to be"}`);
  return cell;
}

/** How alike maps are to those of the twin, over many pictures. */
function twins(measured: Measured[]): HTMLElement[] {
  if (!measured.length) return [];
  const rows = measured.map((one) => h("tr", {}, h("th", { scope: "row" }, one.instrument), h("td", { class: "dx-number" }, interval(one))));
  return [h("table", { class: "dx-table" },
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "instrument"), h("th", { scope: "col" }, `rank correlation with the twin, ${measured[0].n} prompts`))),
    h("tbody", {}, ...rows))];
}

/** One line an instrument: a dot for the mean, a line for its interval. */
function localisation(lifts: Measured[]): HTMLElement {
  const place = (value: number) => `${(100 * (Math.min(1, Math.max(LOWEST, value)) - LOWEST)) / (1 - LOWEST)}%`;
  const rows = lifts.map((one) => {
    const line = h("span", { class: "dx-lift-line" });
    const dot = h("span", { class: "dx-lift-dot" });
    const zero = h("span", { class: "dx-lift-zero" });
    line.style.left = place(one.low);
    line.style.right = `calc(100% - ${place(one.high)})`;
    dot.style.left = place(one.value);
    zero.style.left = place(0);
    return h("tr", { title: `n = ${one.n}` }, h("th", { scope: "row" }, one.instrument), h("td", { class: "dx-lift", "aria-hidden": "true" }, zero, line, dot), h("td", { class: "dx-number" }, interval(one)));
  });
  const head = h("tr", {}, h("th", { scope: "col" }, "instrument"), h("th", { scope: "col", colspan: 2 }, "lift"));
  return h("table", { class: "dx-table dx-lifts" }, h("thead", {}, head), h("tbody", {}, ...rows));
}

function interval({ value, low, high }: Measured): string {
  return `${value.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`.replaceAll("-", "−");
}

function curve({ steps, top, random }: { steps: number[]; top: number[]; random: number[] }): SVGElement {
  const [wide, high, edge] = [260, 110, 6];
  const most = Math.max(...top, ...random, 1e-9);
  const last = Math.max(...steps, 1);
  const path = (values: number[]) => values.map((value, i) => {
    const x = edge + ((wide - 2 * edge) * steps[i]) / last;
    const y = high - edge - ((high - 2 * edge) * Math.max(0, value)) / most;
    return `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
  }).join("");
  const made = svg("svg", { viewBox: `0 0 ${wide} ${high}`, class: "dx-curve", role: "img" },
    svg("path", { d: `M${edge} ${high - edge}H${wide - edge}`, class: "dx-axis" }), svg("path", { d: path(random), class: "dx-random" }), svg("path", { d: path(top), class: "dx-top" }));
  made.setAttribute("aria-label", `bits lost when ${last} words are gone: ${top[top.length - 1]?.toFixed(1)} first ones first, ${random[random.length - 1]?.toFixed(1)} at random`);
  return made;
}
