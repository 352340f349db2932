/**
 * AttentionExplorer in the browser: where a model looked while it drew a picture, and what the
 * picture depended on. This file joins its parts, and nothing more.
 */
import { TRAITS } from "./attention_explorer.traits";
import { Choose } from "./attention_explorer/choose";
import { Gallery } from "./attention_explorer/gallery";
import { Hands } from "./attention_explorer/hand";
import { HeadSheet } from "./attention_explorer/heads";
import { keymap } from "./attention_explorer/keymap";
import { LensStrip } from "./attention_explorer/lens";
import { More } from "./attention_explorer/more";
import { Panel } from "./attention_explorer/panel";
import { Parts } from "./attention_explorer/parts";
import { Plates } from "./attention_explorer/plates";
import { ProofSheet } from "./attention_explorer/proof";
import { Sayings } from "./attention_explorer/say";
import type { Local, State } from "./attention_explorer/types";
import { Views } from "./attention_explorer/views";
import { Sentence } from "./attention_explorer/words";
import { button, clear, h, text } from "./shared/dom";
import { icon } from "./shared/icons";
import { keys } from "./shared/keys";
import { Store, type RenderArguments } from "./shared/model";
import { Patience } from "./shared/patience";
import { projector } from "./shared/projector";
import { StatusLine } from "./shared/status";
import { followTheme } from "./shared/theme";

const NARROW = 720; // CSS pixels: below that, one page above the other
const ASKS = ["without", "second", "ablate", "python", "keep", "stop"];
const LOCAL: Local = { over: null, overWord: null, boxing: false, proving: false, notice: "" };

function render({ model, el, signal }: RenderArguments): () => void {
  // Jupyter before anywidget 0.11 gives no signal, but calls what render returns.
  const end = new AbortController();
  signal?.addEventListener("abort", () => end.abort());
  const store = new Store<State>(model, TRAITS, LOCAL, end.signal);
  const root = h("div", { class: "dx dx-explorer", role: "region", "aria-label": "attention explorer" });
  clear(el, root);
  build(root, store);
  store.send({ kind: "hello" });
  return () => end.abort();
}

function build(root: HTMLElement, store: Store<State>): void {
  const parts = new Parts(store, (sentence) => store.set("notice", sentence));
  const views = new Views(store, parts);
  const hands = new Hands(store, parts);
  const say = new Sayings(store, parts, views, hands);
  const plates = new Plates(root, store, parts, views, hands, say);
  const full = projector(root, () => plates.resize(), store.signal);
  const choose = new Choose(store, parts, views, hands, say);
  const proof = new ProofSheet(store, parts, views, hands);
  const prove = button("Proof", () => store.set("proving", !store.get("proving")), { icon: icon("proof"), quiet: true });
  const panel = new Panel(store, parts, views, hands, say, plates.reference, prove);
  const more = new More(store, parts, new HeadSheet(store, parts, hands), new LensStrip(store, parts), full, () => plates.focus());
  const status = new StatusLine(() => store.send({ kind: "stop" }));
  const gallery = new Gallery(store, parts);
  // A picture without a word has the text of the first, so that one line serves both.
  const first = () => (parts.picture(hands.id)?.role === "without" ? hands.id : parts.shown()[0]?.id ?? store.get("selected"));
  const second = () => parts.shown().find((one) => one.role === "second")?.id ?? "";
  const sentences = [first, second].map((id) => new Sentence(id, store, parts, views, hands));
  const caption = h("p", { class: "dx-caption" });

  const top = h("div", { class: "dx-top-line" }, choose.tabs, gallery.element);
  const lines = h("div", { class: "dx-lines-of-words" }, ...sentences.map(({ element }) => element));
  const tools = h("div", { class: "dx-tools" }, choose.element, choose.legend.element, more.toggle);
  const left = h("div", { class: "dx-plates" }, plates.element, tools, choose.legend.words, plates.help);
  root.append(top, lines, h("div", { class: "dx-spread" }, left, panel.element, panel.trust), status.element, proof.element, more.element, caption, plates.tooltip.element);

  const light = () => {
    sentences[1].element.hidden = !second() || second() === first();
    for (const sentence of sentences) sentence.update();
  };
  store.on(["over", "overWord", "patch", "word", "box", "tab", "by", "mode", "picks", "pictures", "selected", "beside"], light);
  parts.on(light);
  light();
  const tell = () => status.show(store.get("status"), store.get("notice"));
  store.on(["status", "notice"], tell);
  store.on(["caption"], () => text(caption, store.get("caption")));
  store.on(["boxing"], () => root.classList.toggle("dx-marking", store.get("boxing")));
  store.on(["proving"], () => prove.setAttribute("aria-expanded", String(store.get("proving"))));
  prove.setAttribute("aria-expanded", "false");
  new Patience<State>(store, ASKS, ["status", "pictures"]);
  tell();
  text(caption, store.get("caption"));
  const sentence = () => sentences[store.get("selected") === second() ? 1 : 0];
  keys(root, keymap(store, { choose, plates, sentence, full }), store.signal);
  watch(root, plates, store.signal);
}

/** Fit again when the space changes, and take new colours when the theme does. */
function watch(root: HTMLElement, plates: Plates, signal: AbortSignal): void {
  followTheme(root, () => plates.restyle(), signal);
  let wide = 0;
  const size = new ResizeObserver(() => {
    // Only the width: the height is what fitting changes.
    if (root.clientWidth === wide) return;
    wide = root.clientWidth;
    root.classList.toggle("dx-narrow", wide < NARROW);
    plates.restyle();
  });
  size.observe(root);
  signal.addEventListener("abort", () => size.disconnect());
}

export default { render };
