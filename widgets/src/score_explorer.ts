/**
 * ScoreExplorer in the browser: how scores are spread and which pictures have them, and what
 * choosing by them is worth. This file joins its parts, and nothing more.
 */
import { Pictures } from "./prompt_grid/pictures";
import { BestView } from "./score_explorer/best";
import { Choose } from "./score_explorer/choose";
import { Hand } from "./score_explorer/hand";
import { keymap } from "./score_explorer/keymap";
import { MatrixView } from "./score_explorer/matrix";
import { More } from "./score_explorer/more";
import { ofChoice, ofJudge, ofPrompt, ofTexts, table } from "./score_explorer/numbers";
import { OddView } from "./score_explorer/odd";
import { SpreadView, type Room } from "./score_explorer/spread";
import { Tray } from "./score_explorer/tray";
import { MATRIX_NEEDS_KERNEL, refusedOf, type Best, type Local, type Matrix, type Odd, type State, type Which } from "./score_explorer/types";
import { read, winner, type Picture } from "./score_explorer/values";
import { TRAITS } from "./score_explorer.traits";
import { clear, h, text } from "./shared/dom";
import { keys } from "./shared/keys";
import { Store, type RenderArguments } from "./shared/model";
import { Patience } from "./shared/patience";
import { projector } from "./shared/projector";
import { StatusLine } from "./shared/status";
import { followTheme } from "./shared/theme";

const NARROW = 720; // CSS pixels: below that, one thing above the other
const SIDE = 264; // CSS pixels of the picture in hand, at most
const APART = 30;
const ASKS = ["python", "keep", "matrix"];
const LOCAL: Local = { cell: [-1, -1], notice: "" };

function render({ model, el, signal }: RenderArguments): () => void {
  // Jupyter before anywidget 0.11 gives no signal, but calls what render returns.
  const end = new AbortController();
  signal?.addEventListener("abort", () => end.abort());
  const store = new Store<State>(model, TRAITS, LOCAL, end.signal);
  const root = h("div", { class: "dx dx-scores", role: "region", "aria-label": "score explorer" });
  clear(el, root);
  store.send({ kind: "hello" });
  build(root, store);
  return () => end.abort();
}

function build(root: HTMLElement, store: Store<State>): void {
  const { header, buffers } = store.get("values");
  const prompts = read(header, buffers);
  // Messages of pictures are those of a prompt grid; of its state, only what both have is used.
  const pictures = new Pictures(store as unknown as ConstructorParameters<typeof Pictures>[0]);
  hear(store, pictures);
  const turn = (prompt: number, seed = "") => {
    if (prompt !== store.get("prompt")) store.set("span", []);
    // Nobody is told of a picture that the other prompt does not have.
    if (prompt !== store.get("prompt")) store.set("picture", "");
    store.set("prompt", prompt);
    store.set("picture", seed);
  };
  const take = (prompt: number, { seed }: Picture) => turn(prompt, seed);
  const meet = (which: Which) => {
    const told = store.get("matrix");
    if (told.which !== which) {
      if (!store.get("alive")) return store.set("notice", told.which ? MATRIX_NEEDS_KERNEL : "");
      store.send({ kind: "matrix", which });
    }
    store.set("which", which);
  };
  const spread = new SpreadView(store, prompts, take);
  const tray = new Tray(store, prompts, pictures, take);
  const best = new BestView(store, prompts, pictures, take);
  const matrix = new MatrixView(store, pictures, turn);
  const odd = new OddView(store, prompts, pictures, take);
  const hand = new Hand(store, prompts, pictures);
  const choose = new Choose(store, (prompt) => turn(prompt, winner(prompts[prompt], store.get("k")).seed), meet);
  const status = new StatusLine(() => undefined, "texts");
  const caption = h("p", { class: "dx-caption" });
  const main = h("div", { class: "dx-main" });
  const numbers = h("div", { class: "dx-about-page" });
  const side = h("div", { class: "dx-side" }, hand.element, numbers);
  const fit = () => fitted(root, store, { spread, best, matrix, odd });
  const full = projector(root, fit, store.signal);
  const more = new More(store, full);
  root.append(h("div", { class: "dx-top-line" }, choose.tabs, h("div", { class: "dx-tools" }, choose.element, more.toggle)), more.element,
    h("div", { class: "dx-spread" }, main, side), status.element, caption);

  const arrange = () => {
    const tab = store.get("tab");
    root.dataset.tab = tab;
    clear(main, ...{ spread: [spread.element, tray.element], best: [best.element], matrix: [matrix.element], odd: [odd.element] }[tab]);
    if (tab === "matrix" && !store.get("matrix").which) meet(store.get("which"));
    fit();
    tell();
  };
  const tell = () => {
    clear(numbers, aboutPage(store));
    text(caption, captionOf(store, spread));
    const said = store.get("status");
    status.show(said, store.get("notice"));
    status.element.classList.toggle("dx-silent", said.state === "idle" && !said.sentence && !store.get("notice"));
  };
  store.on(["tab"], arrange);
  store.on(["tab", "which"], () => store.set("notice", ""));
  store.on(["matrix", "shape"], fit);
  store.on(["status", "notice", "prompt", "k", "matrix", "shape", "caption"], tell);
  new Patience<State>(store, ASKS, ["status", "matrix"]);
  keys(root, keymap(store, { choose, spread, best, matrix, tray, full }), store.signal);
  arrange();
  watch(root, fit, store.signal);
}

/** Pictures: of a kernel as messages, of an exported page as a trait. */
function hear(store: Store<State>, pictures: Pictures): void {
  store.onMessage((message, buffers) => {
    if (message.kind === "part" && message.part === "pictures") pictures.put(message.header.wanted, buffers);
  });
  const embedded = store.get("embedded")?.pictures;
  if (embedded) pictures.put(embedded.header.wanted, embedded.buffers);
}

/** The numbers of the open page. */
function aboutPage(store: Store<State>): HTMLElement | null {
  const tab = store.get("tab");
  if (tab === "spread") return table(...ofPrompt(store.get("spread").rows[store.get("prompt")]));
  const told = store.get(tab);
  if (refusedOf(told) || !("caption" in told)) return null;
  if (tab === "best") return table(...ofChoice(told as Best, store.get("k")));
  return tab === "matrix" ? table(...ofTexts(told as Matrix)) : table(...ofJudge(told as Odd));
}

/** How the open page was made; a page without a kernel turns by itself, so all captions are here. */
function captionOf(store: Store<State>, spread: SpreadView): string {
  const tab = store.get("tab");
  if (tab === "spread") return store.get("spread").captions[spread.shape()] ?? store.get("caption");
  const told = store.get(tab);
  return "caption" in told ? String(told.caption) : store.get("caption");
}

function fitted(root: HTMLElement, store: Store<State>, views: { spread: SpreadView; best: BestView; matrix: MatrixView; odd: OddView }): void {
  const style = getComputedStyle(root);
  const inside = root.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  if (!(inside > 0)) return;
  const narrow = root.classList.contains("dx-narrow");
  const big = root.classList.contains("dx-projector");
  const side = whole(store.get("about").width, big ? 1.5 * SIDE : SIDE);
  root.style.setProperty("--dx-side", `${side}px`);
  const room: Room = { wide: Math.floor(narrow ? inside : inside - side - APART), narrow, big };
  const tab = store.get("tab");
  if (tab === "odd") views.odd.show();
  else views[tab].fit(room);
}

/** A size at which every pixel of a picture is as large as the others. */
function whole(width: number, most: number): number {
  const dots = Math.floor((most * devicePixelRatio) / (width || most));
  const side = (dots * width) / devicePixelRatio;
  return side > 0.75 * most ? side : most;
}

/** Fit again when the space changes, and take new colours when the theme does. */
function watch(root: HTMLElement, fit: () => void, signal: AbortSignal): void {
  followTheme(root, fit, signal);
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
