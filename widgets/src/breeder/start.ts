/**
 * How a family begins where nothing was given: with one sentence, or with two.
 */
import { button, h, text } from "../shared/dom";
import { NEEDS_KERNEL } from "../shared/kernel";
import type { Store } from "../shared/model";
import type { State } from "./types";

export class Start {
  readonly element: HTMLElement;
  private one: HTMLInputElement;
  private two: HTMLInputElement;
  private go: HTMLButtonElement;

  constructor(private store: Store<State>) {
    this.one = this.line("prompt", "What shall the first parent be?");
    this.two = this.line("other_prompt", "and the second, if there shall be one");
    this.go = button("Draw", () => this.draw());
    this.go.classList.add("dx-draw");
    this.element = h("div", { class: "dx-start" }, this.one, this.two, this.go);
    store.on(["prompt", "other_prompt", "kin", "alive", "status"], () => this.follow());
    this.follow();
  }

  private line(name: "prompt" | "other_prompt", placeholder: string): HTMLInputElement {
    const label = name === "prompt" ? "first sentence" : "second sentence";
    const input = h("input", { type: "text", class: "dx-sentence-line", maxlength: 2000, placeholder, "aria-label": label, spellcheck: "false", autocomplete: "off" });
    input.addEventListener("input", () => this.store.set(name, input.value));
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.isComposing && !this.go.disabled) this.draw();
    });
    return input;
  }

  private draw(): void {
    const { store } = this;
    store.send({ kind: "found", prompt: store.get("prompt"), other_prompt: store.get("other_prompt"), seed: store.get("seed") });
  }

  private follow(): void {
    const { store } = this;
    this.element.hidden = store.get("kin").length > 0;
    for (const [input, name] of [[this.one, "prompt"], [this.two, "other_prompt"]] as const) {
      if (input.value !== store.get(name)) input.value = store.get(name);
      input.readOnly = !store.get("alive");
    }
    const busy = store.get("status").state === "drawing";
    this.go.disabled = !store.get("alive") || busy || !store.get("prompt").trim();
    this.go.title = store.get("alive") ? "" : NEEDS_KERNEL;
    text(this.go.querySelector("span")!, busy ? "Drawing" : "Draw");
  }
}
