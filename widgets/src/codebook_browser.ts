/**
 * CodebookBrowser in the browser: the codes that pictures are made of, where each really stands,
 * and what it paints. This file joins its parts, and nothing more.
 */
import { TRAITS } from "./codebook_browser.traits";
import { Book } from "./codebook_browser/book";
import { Brush } from "./codebook_browser/brush";
import { Choose } from "./codebook_browser/choose";
import { EntryPage } from "./codebook_browser/entry";
import { keymap } from "./codebook_browser/keymap";
import { More } from "./codebook_browser/more";
import { Paint } from "./codebook_browser/paint";
import { Sheet } from "./codebook_browser/sheet";
import type { Local, State } from "./codebook_browser/types";
import { clear, h, text } from "./shared/dom";
import { keys } from "./shared/keys";
import { Store, type RenderArguments } from "./shared/model";
import { Patience } from "./shared/patience";
import { projector } from "./shared/projector";
import { StatusLine } from "./shared/status";
import { followTheme } from "./shared/theme";

const NARROW = 720; // CSS pixels: below that, one page above the other
const APART = 28;
const SECOND = { look: 320, paint: 270 }; // CSS pixels of the page on the right, at least
const SHEET = { least: 22, large: 34, finger: 34 }; // CSS pixels of a tile, at least
const ASKS = ["python", "keep", "stop", "paint", "undo", "redo", "reset"];
const LOCAL: Local = { over: -1, patch: -1, tool: "brush", late: [], notice: "" };

function render({ model, el, signal }: RenderArguments): () => void {
  // Jupyter before anywidget 0.11 gives no signal, but calls what render returns.
  const end = new AbortController();
  signal?.addEventListener("abort", () => end.abort());
  const store = new Store<State>(model, TRAITS, LOCAL, end.signal);
  const root = h("div", { class: "dx dx-codebook", role: "region", "aria-label": "codebook browser" });
  clear(el, root);
  store.send({ kind: "hello" });
  build(root, store);
  return () => end.abort();
}

function build(root: HTMLElement, store: Store<State>): void {
  const book = new Book(store);
  const take = (code: number) => {
    store.set("selected", code);
    store.set("at", -1);
  };
  const sheet = new Sheet(root, store, book);
  const entry = new EntryPage(store, book, take);
  const brush = new Brush(store, book, take);
  const paint = new Paint(root, store, book, take);
  const choose = new Choose(store, take);
  const status = new StatusLine(() => store.send({ kind: "stop" }), "tiles");
  const caption = h("p", { class: "dx-caption" });
  const left = h("div", { class: "dx-plates" });
  const right = h("div", { class: "dx-second" });
  const fit = () => fitted(root, store, sheet, paint, entry);
  const full = projector(root, fit, store.signal);
  const more = new More(store, full);

  const top = h("div", { class: "dx-top-line" }, choose.tabs, h("div", { class: "dx-tools" }, choose.find, choose.element, more.toggle));
  root.append(top, more.element, h("div", { class: "dx-spread" }, left, right), caption);

  /** The sheet stands on the left to be looked through, and beside the picture to paint from. */
  const arrange = () => {
    const painting = store.get("tab") === "paint";
    root.classList.toggle("dx-at-paint", painting);
    clear(left, painting ? paint.element : sheet.element, status.element);
    clear(right, ...(painting ? [brush.element, sheet.element] : [entry.element]));
    fit();
  };
  store.on(["tab"], arrange);
  const tell = () => status.show(store.get("status"), store.get("notice"));
  store.on(["status", "notice"], tell);
  store.on(["caption"], () => text(caption, store.get("caption")));
  store.on(["selected", "tab"], () => store.set("notice", ""));
  new Patience<State>(store, ASKS, ["status", "painting"]);
  tell();
  text(caption, store.get("caption"));
  keys(root, keymap(store, { choose, sheet, paint, full }), store.signal);
  arrange();
  watch(root, fit, store.signal);
}

/** Fit everything into the space there is. */
function fitted(root: HTMLElement, store: Store<State>, sheet: Sheet, paint: Paint, entry: EntryPage): void {
  const style = getComputedStyle(root);
  const inside = root.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  if (!(inside > 0)) return;
  const narrow = root.classList.contains("dx-narrow");
  const big = root.classList.contains("dx-projector");
  const finger = matchMedia("(pointer: coarse)").matches;
  const high = big ? window.innerHeight - 250 : 560;
  const least = finger ? SHEET.finger : big ? SHEET.large : SHEET.least;
  const tab = store.get("tab");
  const share = tab === "paint" ? 0.38 : 0.52; // of the width, for the page on the right
  const room = narrow ? inside : inside - Math.max(SECOND[tab], share * inside) - APART;
  if (tab === "paint") {
    paint.fit(root, room, big ? high : Math.min(high, 520));
    const rest = narrow ? inside : inside - APART - paint.plate.canvas.clientWidth;
    sheet.fit({ wide: Math.max(160, Math.min(rest, big ? 900 : 460)), high: narrow ? 260 : 300, least });
    root.style.setProperty("--dx-first", `${paint.plate.canvas.clientWidth}px`);
  } else {
    sheet.fit({ wide: room, high: narrow ? 400 : high, least });
    root.style.setProperty("--dx-first", `${sheet.wide}px`);
    entry.restyle(big);
  }
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
