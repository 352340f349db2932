/**
 * The two pages "looks at" and "depends on", and the quantity that belongs to each.
 */
import { h, text, unique } from "../shared/dom";
import { Legend } from "../shared/legend";
import type { Store } from "../shared/model";
import type { Hands } from "./hand";
import type { Parts } from "./parts";
import { BY_NAMES, MODE_NAMES, type Sayings } from "./say";
import { BYS, MODES, TABS, type By, type Mode, type State, type Tab } from "./types";
import type { Views } from "./views";

const TAB_NAMES: Record<Tab, string> = { looks: "looks at", depends: "depends on" };

export class Choose {
  readonly tabs: HTMLElement;
  readonly element: HTMLElement;
  readonly legend = new Legend();
  private buttons = new Map<Tab, HTMLButtonElement>();
  private select: HTMLSelectElement;
  private label: HTMLElement;

  constructor(
    private store: Store<State>, private parts: Parts, private views: Views, private hands: Hands, private say: Sayings,
  ) {
    this.tabs = h("div", { class: "dx-tabs", role: "tablist", "aria-label": "question" });
    for (const tab of TABS) {
      const made = h("button", { type: "button", role: "tab", class: "dx-tab" }, TAB_NAMES[tab]);
      made.addEventListener("click", () => store.set("tab", tab));
      this.buttons.set(tab, made);
      this.tabs.append(made);
    }
    const id = unique("by");
    this.select = h("select", { id });
    this.label = h("label", { for: id });
    this.element = h("div", { class: "dx-show" }, this.label, this.select);
    this.select.addEventListener("change", () => this.take(this.select.value));
    store.on(["tab", "by", "mode", "selected", "pictures"], () => this.follow());
    store.on(["over", "overWord", "patch", "word", "picks"], () => this.point());
    parts.on(() => this.follow());
    this.follow();
  }

  /** The next quantity of the page that is open. */
  next(): void {
    const able = [...this.select.options].filter((option) => !option.disabled).map(({ value }) => value);
    this.take(able[(able.indexOf(this.select.value) + 1) % able.length]);
  }

  go(tab: Tab): void {
    this.store.set("tab", tab);
  }

  /** The other page, for arrow keys on the tabs. */
  turn(): void {
    const tab = this.store.get("tab") === "looks" ? "depends" : "looks";
    this.store.set("tab", tab);
    this.buttons.get(tab)!.focus();
  }

  private take(value: string): void {
    if (this.store.get("tab") === "looks") this.store.set("by", value as By);
    else this.store.set("mode", value as Mode);
  }

  private follow(): void {
    const tab = this.store.get("tab");
    for (const [name, button] of this.buttons) {
      button.setAttribute("aria-selected", String(name === tab));
      button.tabIndex = name === tab ? 0 : -1;
    }
    text(this.label, tab === "looks" ? "by" : "when");
    const names: Record<string, string> = tab === "looks" ? BY_NAMES : MODE_NAMES;
    const able = tab === "looks" ? BYS : MODES;
    const modes = this.parts.get(this.hands.id)?.depends?.modes;
    const options = able.map((name) => {
      const missing = tab === "depends" && modes !== undefined && !modes.includes(name as Mode);
      return h("option", { value: name, disabled: missing }, names[name]);
    });
    this.select.replaceChildren(...options);
    this.select.value = tab === "looks" ? this.store.get("by") : this.store.get("mode");
    this.point();
  }

  private point(): void {
    const id = this.hands.id;
    const subject = this.hands.subject(id);
    const scale = this.views.scale(subject);
    this.legend.show(scale, this.say.meaning());
    const patch = this.store.get("over")?.patch ?? -1;
    const map = patch >= 0 ? this.views.map(id, subject) : null;
    this.legend.point(map && patch < map.end && !Number.isNaN(map.values[patch]) ? map.values[patch] : null);
  }
}
