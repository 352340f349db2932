/**
 * "Copy as Python": asks for the code of the view, copies it, and shows it to be selected.
 */
import { button, h, text } from "./dom";
import { icon } from "./icons";
import type { Store } from "./model";

export class CopyPython {
  readonly button: HTMLButtonElement;
  readonly code = h("textarea", { class: "dx-plain dx-python", readonly: true, rows: 4, "aria-label": "Python of this view", hidden: true });
  readonly said = h("span", { class: "dx-hint", role: "status" });

  constructor(store: Pick<Store<any>, "send" | "onMessage">) {
    this.button = button("Copy as Python", () => store.send({ kind: "python" }), { icon: icon("copy"), quiet: true });
    store.onMessage((message) => {
      if (message.kind === "python") this.take(String(message.code));
    });
  }

  private take(code: string): void {
    this.code.hidden = false;
    this.code.value = code;
    const told = (words: string) => text(this.said, words);
    if (!navigator.clipboard) return told("Select it and copy.");
    navigator.clipboard.writeText(code).then(() => told("Copied."), () => told("Select it and copy."));
  }
}
