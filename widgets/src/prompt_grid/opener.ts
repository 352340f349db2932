/**
 * From a picture of the grid into the other instruments: whoever listens in Python opens it there;
 * where nobody does, the code that opens it is shown.
 */
import { button, h, text } from "../shared/dom";
import { icon } from "../shared/icons";
import type { Store } from "../shared/model";
import type { State } from "./types";
import type { Sample } from "./values";

const INSTRUMENTS = [
  ["DecodePlayer", "Watch it drawn", "play"],
  ["AttentionExplorer", "Look inside", "region"],
] as const;

export function opener(store: Store<State>, sample: () => Sample | null): { element: HTMLElement; buttons: HTMLButtonElement[] } {
  const code = h("textarea", { class: "dx-plain dx-python", readonly: true, rows: 3, "aria-label": "Python that opens this picture", hidden: true });
  const said = h("p", { class: "dx-hint dx-opened", role: "status" });
  const ask = (instrument: string) => {
    const one = sample();
    if (one) store.send({ kind: "open", instrument, cell: store.get("chosen"), seed: one.seed });
  };
  const buttons = INSTRUMENTS.map(([instrument, label, name]) =>
    button(label, () => ask(instrument), { icon: icon(name), quiet: true, title: `open it in ${instrument}` }));
  store.onMessage((message) => {
    if (message.kind !== "opened") return;
    text(said, String(message.sentence ?? ""));
    code.value = String(message.code ?? "");
    code.hidden = !code.value;
  });
  store.on(["chosen", "picture"], () => {
    text(said, "");
    code.hidden = true;
  });
  const element = h("div", { class: "dx-open" }, h("div", { class: "dx-actions" }, ...buttons), said, code);
  store.on(["alive"], () => (element.hidden = !store.get("alive")));
  element.hidden = !store.get("alive");
  return { element, buttons };
}
