/**
 * Everything that need not be seen at once: a sentence to mix in, seeds, checks, copies.
 */
import { CopyPython } from "../shared/copy";
import { button, clear, h, unique } from "../shared/dom";
import { icon } from "../shared/icons";
import { NEEDS_KERNEL } from "../shared/kernel";
import type { Message, Store } from "../shared/model";
import { find, shown } from "./acts";
import type { State } from "./types";

const SEEDS = 2n ** 63n;
const TYPED_AFTER_MS = 150;
const KEYS = "Keys: arrows move, Enter makes a picture the first parent, 2 the second, h marks a favourite, b breeds, u goes back, f fills the screen.";

export class More {
  readonly toggle: HTMLButtonElement;
  readonly element: HTMLElement;
  private needs: (HTMLButtonElement | HTMLInputElement)[] = [];
  private mix: HTMLInputElement;
  private seed: HTMLInputElement;
  private hint = h("p", { class: "dx-hint dx-needs", "aria-live": "polite" });
  private sentence = h("p", { class: "dx-hint dx-needs" }, NEEDS_KERNEL);
  private rank: HTMLButtonElement;
  private again: HTMLButtonElement;
  private origins: HTMLButtonElement;
  private legend: HTMLElement;
  private number = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private store: Store<State>, projector: () => void) {
    const id = unique("more");
    const copy = new CopyPython(store);
    this.toggle = button("More", () => this.open(this.element.hidden === true), { icon: icon("more"), quiet: true });
    this.toggle.setAttribute("aria-controls", id);
    this.mix = h("input", { type: "text", maxlength: 2000, spellcheck: "false", placeholder: "nothing" });
    this.seed = h("input", { type: "text", inputmode: "numeric", maxlength: 19 });
    this.origins = button("What each kept", () => store.set("origins", !store.get("origins")), { icon: icon("region"), quiet: true });
    this.rank = button("Rank by CLIP", () => store.send({ kind: "rank", litter: store.get("litter") }), { icon: icon("differ"), quiet: true, title: "for the sentences of this litter, by their weights" });
    this.again = button("Draw again exactly", () => store.send({ kind: "redraw", id: store.get("chosen") }), { icon: icon("same"), quiet: true, title: "the picture in hand, from its recipe and seed" });
    const keep = button("Keep", () => store.send({ kind: "keep" }), { icon: icon("keep"), quiet: true, title: "write the tree with its caption into the notebook" });
    this.needs.push(this.mix, this.seed, this.rank, this.again, keep, copy.button);
    this.legend = h("p", { class: "dx-meaning dx-origins", hidden: true },
      h("span", { class: "dx-key-one" }, "kept from the first parent"), h("span", { class: "dx-key-two" }, "kept from the second"), h("span", {}, "as it is: drawn anew"));
    this.element = h("div", { class: "dx-more", id, hidden: true },
      h("div", { class: "dx-fields" }, this.field("mix in another sentence", this.mix, "dx-field-wide"), this.field("seed of the next litter", this.seed, "dx-field-long")),
      this.hint,
      h("div", { class: "dx-actions" }, this.origins, this.rank, this.again, copy.button, keep, button("Full screen", projector, { icon: icon("full"), quiet: true })),
      this.legend, this.sentence, copy.code, copy.said, h("p", { class: "dx-hint dx-needs" }, KEYS));
    this.listen();
    store.on(["other_prompt", "seed", "alive", "litter", "litters", "chosen", "kin", "status", "origins"], () => this.follow());
    this.open(false);
    this.follow();
  }

  private open(open: boolean): void {
    this.element.hidden = !open;
    this.toggle.setAttribute("aria-expanded", String(open));
  }

  private field(name: string, input: HTMLInputElement, kind: string): HTMLElement {
    return h("label", { class: `dx-field ${kind}` }, h("span", {}, name), input);
  }

  private listen(): void {
    const { store } = this;
    this.mix.addEventListener("input", () => {
      store.set("other_prompt", this.mix.value);
      this.typed();
    });
    this.seed.addEventListener("change", () => {
      const digits = /^\s*\d{1,19}\s*$/.test(this.seed.value) ? BigInt(this.seed.value) : null;
      if (digits !== null && digits < SEEDS) store.set("seed", String(digits));
      else store.set("notice", "A seed is a whole number of at most 63 bits: it stays as it was.");
      this.follow();
    });
    store.onMessage((message) => {
      if (message.kind === "words" && message.number === this.number) this.words(message);
    });
  }

  private typed(): void {
    clearTimeout(this.timer);
    clear(this.hint);
    const number = ++this.number;
    if (!this.mix.value.trim()) return;
    this.timer = setTimeout(() => this.store.send({ kind: "typed", prompt: this.mix.value, number }), TYPED_AFTER_MS);
  }

  private words(message: Message): void {
    const told = (message.words ?? []).slice(0, 3).map((one: any) => `“${one.word}”${one.near.length ? ` (near: ${one.near.slice(0, 3).join(", ")})` : ""}`);
    clear(this.hint, told.length ? `Not in its world: ${told.join("; ")}.` : null);
  }

  private follow(): void {
    const { store } = this;
    const alive = store.get("alive");
    const busy = ["drawing", "working"].includes(store.get("status").state);
    if (this.mix.value !== store.get("other_prompt")) this.mix.value = store.get("other_prompt");
    if (document.activeElement !== this.seed) this.seed.value = store.get("seed");
    this.sentence.hidden = alive;
    for (const one of this.needs) one.disabled = !alive;
    this.rank.disabled ||= busy || !shown(store);
    this.again.disabled ||= busy || find(store, store.get("chosen"))?.state !== "whole";
    this.origins.setAttribute("aria-pressed", String(store.get("origins")));
    this.legend.hidden = !store.get("origins");
  }
}
