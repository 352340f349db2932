/**
 * Breeder in the browser: one parent or two, their children, and the family tree of all of them.
 * This file joins its parts, and nothing more.
 */
import { TRAITS } from "./breeder.traits";
import { Children } from "./breeder/children";
import { keymap } from "./breeder/keymap";
import { More } from "./breeder/more";
import { Hand, Parents } from "./breeder/parents";
import { Pictures } from "./breeder/pictures";
import { Sliders } from "./breeder/sliders";
import { Start } from "./breeder/start";
import { Tree } from "./breeder/tree";
import type { Local, State } from "./breeder/types";
import { clear, h, text } from "./shared/dom";
import { keys } from "./shared/keys";
import { Store, type RenderArguments } from "./shared/model";
import { Patience } from "./shared/patience";
import { projector } from "./shared/projector";
import { StatusLine } from "./shared/status";
import { followTheme } from "./shared/theme";

const NARROW = 620; // CSS pixels: below that, two children side by side
const WIDE = 980; // from there on, the tree stands beside the children
const TREE = 312;

const ASKS = ["breed", "found", "rank", "redraw", "favourite", "pictures", "python", "keep", "stop"];

const LOCAL: Local = { notice: "", theme: "", origins: false };

function render({ model, el, signal }: RenderArguments): () => void {
  // Jupyter before anywidget 0.11 gives no signal, but calls what render returns.
  const end = new AbortController();
  signal?.addEventListener("abort", () => end.abort());
  const store = new Store<State>(model, TRAITS, LOCAL, end.signal);
  const root = h("div", { class: "dx dx-breeder", role: "region", "aria-label": "breeder" });
  clear(el, root);
  build(root, store);
  store.send({ kind: "hello" });
  return () => end.abort();
}

function build(root: HTMLElement, store: Store<State>): void {
  const pictures = new Pictures(store);
  const parents = new Parents(store, pictures, root);
  const children = new Children(store, pictures, root);
  const tree = new Tree(store, pictures, root);
  const hand = new Hand(store);
  const start = new Start(store);
  let fit = () => {};
  const full = projector(root, () => fit(), store.signal);
  const more = new More(store, full);
  const sliders = new Sliders(store, more.toggle);
  const status = new StatusLine(() => store.send({ kind: "stop" }));
  const caption = h("p", { class: "dx-caption" });
  const top = h("div", { class: "dx-top" }, parents.element, sliders.element);
  const main = h("div", { class: "dx-main" }, top, status.element, more.element, children.element, hand.element, caption);
  const body = h("div", { class: "dx-body" }, main, tree.element);
  root.append(start.element, body);

  const tell = () => status.show(store.get("status"), store.get("notice"));
  store.on(["status", "notice"], tell);
  store.on(["caption"], () => text(caption, store.get("caption")));
  new Patience<State>(store, ASKS, ["status", "kin"]);
  tell();
  text(caption, store.get("caption"));
  fit = fitted(root, parents, children, tree);
  store.on(["one", "two", "kin", "geometry"], () => fit());
  keys(root, keymap(store, { children, tree, full }, (element) => children.idOf(element)), store.signal);
  watch(root, fit, store.signal);
  pictures.ask();
}

/** How wide everything is, for the space that there is. */
function fitted(root: HTMLElement, parents: Parents, children: Children, tree: Tree): () => void {
  return () => {
    const style = getComputedStyle(root);
    const room = root.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    if (!(room > 0)) return; // also where it is not on a page yet, and its padding is no number
    const big = root.classList.contains("dx-projector");
    const narrow = room < NARROW;
    const wide = room >= WIDE;
    root.classList.toggle("dx-narrow", narrow);
    root.classList.toggle("dx-wide", wide);
    const main = room - (wide ? TREE + 28 : 0);
    const gap = narrow ? 10 : 14;
    children.show(main, narrow ? 2 : 4, gap, big ? 320 : 224);
    tree.show(wide ? TREE - 24 : room - 4);
    parents.show(narrow ? Math.floor((main - 30) / 2) : Math.min(big ? 300 : 184, Math.floor(main / 5)));
  };
}

/** Fit again when the space changes, and take new colours when the theme does. */
function watch(root: HTMLElement, fit: () => void, signal: AbortSignal): void {
  followTheme(root, fit, signal);
  let wide = 0;
  const size = new ResizeObserver(() => {
    // Only the width: the height is what fitting changes.
    if (root.clientWidth === wide) return;
    wide = root.clientWidth;
    fit();
  });
  size.observe(root);
  signal.addEventListener("abort", () => size.disconnect());
}

export default { render };
