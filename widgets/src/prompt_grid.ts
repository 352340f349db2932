/**
 * PromptGrid in the browser: a sentence with slots, one filling of it large, and all of them below.
 * This file joins its parts, and nothing more.
 */
import { Choose } from "./prompt_grid/choose";
import { Hand } from "./prompt_grid/hand";
import { keymap } from "./prompt_grid/keymap";
import { More } from "./prompt_grid/more";
import { Pictures } from "./prompt_grid/pictures";
import { PlanLine } from "./prompt_grid/plan";
import { Sentence } from "./prompt_grid/sentence";
import { Sheet } from "./prompt_grid/sheet";
import { TRAITS } from "./prompt_grid.traits";
import type { Local, State } from "./prompt_grid/types";
import { Shelf } from "./prompt_grid/values";
import { clear, h, text } from "./shared/dom";
import { keys } from "./shared/keys";
import { Store, type RenderArguments } from "./shared/model";
import { Patience } from "./shared/patience";
import { projector } from "./shared/projector";
import { StatusLine } from "./shared/status";
import { followTheme } from "./shared/theme";

const NARROW = 720; // CSS pixels: below that, one thing above the other
const HIGH = 640; // CSS pixels of the grid, at most
const ASKS = ["draw", "stop", "plan", "python", "keep", "mark", "open"];
const LOCAL: Local = { side: 0, only: false, notice: "" };

function render({ model, el, signal }: RenderArguments): () => void {
  // Jupyter before anywidget 0.11 gives no signal, but calls what render returns.
  const end = new AbortController();
  signal?.addEventListener("abort", () => end.abort());
  const store = new Store<State>(model, TRAITS, LOCAL, end.signal);
  const root = h("div", { class: "dx dx-prompts", role: "region", "aria-label": "prompt grid" });
  clear(el, root);
  build(root, store);
  store.send({ kind: "hello" });
  store.send({ kind: "values" });
  return () => end.abort();
}

function build(root: HTMLElement, store: Store<State>): void {
  const shelf = new Shelf();
  const pictures = new Pictures(store);
  hear(store, shelf, pictures);
  const sentence = new Sentence(store);
  const hand = new Hand(store, shelf, pictures);
  const sheet = new Sheet(root, store, shelf, pictures, () => hand.plate.scrollIntoView({ block: "nearest" }));
  const choose = new Choose(store, shelf);
  const plan = new PlanLine(store);
  const status = new StatusLine(() => store.send({ kind: "stop" }), "pictures");
  const caption = h("p", { class: "dx-caption" });
  const fit = () => fitted(root, sheet, hand);
  const full = projector(root, fit, store.signal);
  const more = new More(store, () => choose.turn(), full);

  root.append(sentence.element, hand.element, plan.element, status.element,
    h("div", { class: "dx-choose" }, choose.element, more.toggle), more.element, sheet.element, caption, sheet.tooltip.element);
  const tell = () => {
    status.show(store.get("status"), store.get("notice"));
    status.element.classList.toggle("dx-silent", store.get("status").state === "idle" && !store.get("status").sentence && !store.get("notice"));
  };
  store.on(["status", "notice"], tell);
  store.on(["caption"], () => text(caption, store.get("caption")));
  new Patience<State>(store, ASKS, ["status", "marks", "plan"]);
  tell();
  text(caption, store.get("caption"));
  keys(root, keymap({ choose, hand, sheet, full }), store.signal);
  watch(root, fit, store.signal);
}

/** Values and pictures: of a kernel as messages, of an exported page as traits. */
function hear(store: Store<State>, shelf: Shelf, pictures: Pictures): void {
  const take = (part: string, header: any, buffers: DataView[]) => {
    if (part === "values") shelf.put(header, buffers);
    if (part === "pictures") pictures.put(header.wanted, buffers);
  };
  store.onMessage((message, buffers) => {
    if (message.kind === "part") take(message.part, message.header, buffers);
    if (message.kind === "anew") {
      shelf.clear();
      pictures.clear();
    }
  });
  for (const [part, { header, buffers }] of Object.entries(store.get("embedded") ?? {})) take(part, header, buffers);
}

function fitted(root: HTMLElement, sheet: Sheet, hand: Hand): void {
  const style = getComputedStyle(root);
  const inside = root.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  if (!(inside > 0)) return;
  const big = root.classList.contains("dx-projector");
  hand.fit(inside, root.classList.contains("dx-narrow"));
  sheet.fit(inside, big ? Math.max(HIGH, window.innerHeight - 120) : HIGH);
}

/** Fit again when the space changes. */
function watch(root: HTMLElement, fit: () => void, signal: AbortSignal): void {
  followTheme(root, () => undefined, signal);
  let wide = 0;
  const size = new ResizeObserver(() => {
    // Only the width: the height is what fitting changes.
    if (root.clientWidth === wide) return;
    wide = root.clientWidth;
    root.classList.toggle("dx-narrow", wide < NARROW);
    fit();
  });
  size.observe(root);
  signal.addEventListener("abort", () => size.disconnect());
}

export default { render };
