/**
 * The pages, the prompt in hand, and which pictures meet the texts.
 */
import { h, unique } from "../shared/dom";
import type { Store } from "../shared/model";
import { refusedOf, TABS, type State, type Tab, type Which } from "./types";

const NAMES: Record<Tab, string> = { spread: "spread", best: "best of k", matrix: "which text", odd: "disagreements" };

export class Choose {
  readonly tabs: HTMLElement;
  readonly element: HTMLElement;
  private buttons = new Map<Tab, HTMLButtonElement>();
  private prompt: HTMLSelectElement;
  private promptField: HTMLElement;
  private which: HTMLSelectElement;
  private whichField: HTMLElement;

  constructor(private store: Store<State>, turn: (prompt: number) => void, meet: (which: Which) => void) {
    this.tabs = h("div", { class: "dx-tabs", role: "tablist", "aria-label": "what the scores say" });
    for (const tab of TABS) {
      const made = h("button", { type: "button", role: "tab", class: "dx-tab" }, NAMES[tab]);
      made.addEventListener("click", () => store.set("tab", tab));
      this.buttons.set(tab, made);
      this.tabs.append(made);
    }
    const [prompt, which] = [unique("prompt"), unique("which")];
    this.prompt = h("select", { id: prompt }, ...store.get("prompts").map((one, i) => h("option", { value: i }, one.prompt)));
    this.prompt.addEventListener("change", () => turn(Number(this.prompt.value)));
    this.which = h("select", { id: which }, h("option", { value: "first" }, "first seed, chosen by nobody"), h("option", { value: "best" }, "best of its own text"));
    this.which.addEventListener("change", () => meet(this.which.value as Which));
    this.promptField = h("div", { class: "dx-show" }, h("label", { for: prompt }, "Prompt"), this.prompt);
    this.whichField = h("div", { class: "dx-show" }, h("label", { for: which }, "Pictures"), this.which);
    this.element = h("div", { class: "dx-chosen" }, this.promptField, this.whichField);
    store.on(["tab", "prompt", "which"], () => this.follow());
    this.follow();
  }

  go(tab: Tab): void {
    this.store.set("tab", tab);
  }

  /** The next page, for arrow keys on the tabs. */
  turn(by: number): void {
    const at = TABS.indexOf(this.store.get("tab"));
    const tab = TABS[(at + by + TABS.length) % TABS.length];
    this.store.set("tab", tab);
    this.buttons.get(tab)!.focus();
  }

  private follow(): void {
    const tab = this.store.get("tab");
    for (const [name, made] of this.buttons) {
      made.setAttribute("aria-selected", String(name === tab));
      made.tabIndex = name === tab ? 0 : -1;
      const told = this.store.get(name);
      made.classList.toggle("dx-nothing", name !== "spread" && refusedOf(told) !== "");
    }
    this.promptField.hidden = tab !== "best" || this.store.get("prompts").length < 2;
    this.whichField.hidden = tab !== "matrix";
    this.prompt.value = String(this.store.get("prompt"));
    this.which.value = this.store.get("which");
  }
}
