/**
 * DecodePlayer in the browser: pictures being written patch by patch, and what else they might
 * have become. This file joins its parts, and nothing more.
 */
import { TRAITS } from "./decode_player.traits";
import { Choose } from "./decode_player/choose";
import { Clock } from "./decode_player/clock";
import { Films } from "./decode_player/films";
import { keymap } from "./decode_player/keymap";
import { Maps } from "./decode_player/maps";
import { More } from "./decode_player/more";
import { Panel } from "./decode_player/panel";
import { Pictures } from "./decode_player/pictures";
import { Prompt } from "./decode_player/prompt";
import { RegionBar } from "./decode_player/region";
import { Tree } from "./decode_player/tree";
import type { Local, State } from "./decode_player/types";
import { clear, h, text } from "./shared/dom";
import { keys } from "./shared/keys";
import { Store, type RenderArguments } from "./shared/model";
import { Patience } from "./shared/patience";
import { projector } from "./shared/projector";
import { StatusLine } from "./shared/status";
import { followTheme } from "./shared/theme";

const NARROW = 760; // CSS pixels: below that, one page above the other

const ASKS = ["draw", "dice", "surprise", "fork", "redraw", "below", "upload", "python", "keep", "stop"];

const LOCAL: Local = {
  hover: null, playing: false, regionMode: false, region: null, notice: "", theme: "",
};

function render({ model, el, signal }: RenderArguments): () => void {
  // Jupyter before anywidget 0.11 gives no signal, but calls what render returns.
  const end = new AbortController();
  signal?.addEventListener("abort", () => end.abort());
  const store = new Store<State>(model, TRAITS, LOCAL, end.signal);
  const root = h("div", { class: "dx dx-player", role: "region", "aria-label": "decode player" });
  clear(el, root);
  build(root, store);
  store.send({ kind: "hello" });
  return () => end.abort();
}

function build(root: HTMLElement, store: Store<State>): void {
  const films = new Films(store, (sentence) => store.set("notice", sentence));
  const maps = new Maps(store, films);
  const pictures = new Pictures(root, store, films, maps);
  const resize = () => pictures.resize();
  const full = projector(root, resize, store.signal);
  const clock = new Clock(store, films);
  const choose = new Choose(store, maps, films);
  const region = new RegionBar(store);
  const panel = new Panel(store, films);
  const tree = new Tree(store, films);
  const more = new More(store, region.toggle, full);
  const status = new StatusLine(() => store.send({ kind: "stop" }));
  const prompt = new Prompt(store, () => draw(store));
  const caption = h("p", { class: "dx-caption" });

  const tools = h("div", { class: "dx-tools" }, choose.element, choose.legend.element, more.toggle);
  const below = h("div", { class: "dx-below" }, choose.legend.words, region.element);
  const plates = h("div", { class: "dx-plates" }, pictures.element, clock.element, tools, below, status.element,
    more.element, pictures.help);
  const rest = h("div", { class: "dx-rest" }, caption, tree.element);
  root.append(prompt.element, h("div", { class: "dx-spread" }, plates, panel.element, rest), pictures.tooltip.element);

  const tell = () => status.show(store.get("status"), store.get("notice"));
  store.on(["status", "notice"], tell);
  store.on(["caption"], () => text(caption, store.get("caption")));
  store.on(["regionMode"], () => root.classList.toggle("dx-marking", store.get("regionMode")));
  new Patience<State>(store, ASKS, ["status", "branches"]);
  follow(store, films);
  tell();
  text(caption, store.get("caption"));
  keys(root, keymap(store, { clock, choose, region, pictures, full }), store.signal);
  watch(root, pictures, store.signal);
}

function draw(store: Store<State>): void {
  const { prompt, seed, n, settings } = Object.fromEntries(
    (["prompt", "seed", "n", "settings"] as const).map((name) => [name, store.get(name)]),
  );
  store.set("playing", false);
  store.send({ kind: "draw", prompt, seed, n, settings });
}

/** While pictures grow, the clock shows the newest patch, unless somebody turned it back. */
function follow(store: Store<State>, films: Films): void {
  let newest = 0;
  let waiting = false;
  let behind = false;
  films.on((id, part) => {
    if (part !== "live") return;
    const step = films.reel(id)?.step ?? 0;
    if (step > newest) {
      // Asked once for a step, however many pictures tell of it.
      behind = newest > 0 && !waiting && store.get("step") < newest;
      newest = step;
    }
    if (behind || store.get("playing") || waiting) return;
    waiting = true;
    // Latest wins: however many strips come, one frame of the screen shows the last.
    requestAnimationFrame(() => {
      waiting = false;
      if (newest) store.set("step", newest, true);
    });
  });
  store.on(["status"], () => {
    if (store.get("status").state === "drawing") return;
    // The last strip is not the last patch: the clock that followed goes to the end.
    const { rows, columns } = store.get("geometry");
    if (newest && !behind && !store.get("playing")) store.set("step", rows * columns, true);
    newest = 0;
    behind = false;
  });
}

/** Fit again when the space changes, and take new colours when the theme does. */
function watch(root: HTMLElement, pictures: Pictures, signal: AbortSignal): void {
  followTheme(root, () => pictures.restyle(), signal);
  let wide = 0;
  const size = new ResizeObserver(() => {
    // Only the width: the height is what fitting changes.
    if (root.clientWidth === wide) return;
    wide = root.clientWidth;
    root.classList.toggle("dx-narrow", wide < NARROW);
    pictures.restyle();
  });
  size.observe(root);
  signal.addEventListener("abort", () => size.disconnect());
}

export default { render };
