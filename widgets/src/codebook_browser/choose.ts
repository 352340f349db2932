/**
 * The two pages "Look through" and "Paint", the field that finds a code, and the order of the sheet.
 */
import { h, unique } from "../shared/dom";
import { count } from "../shared/format";
import type { Store } from "../shared/model";
import { codeIn } from "./order";
import { SORTS, TABS, type Sort, type State, type Tab } from "./types";

const TAB_NAMES: Record<Tab, string> = { look: "look through", paint: "paint" };
const SORT_NAMES: Record<Sort, string> = { usage: "by usage", colour: "by colour", number: "by number" };
const TYPED_AFTER_MS = 350;

export class Choose {
  readonly tabs: HTMLElement;
  readonly find: HTMLElement;
  readonly element: HTMLElement;
  private buttons = new Map<Tab, HTMLButtonElement>();
  private field: HTMLInputElement;
  private select: HTMLSelectElement;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private store: Store<State>, private take: (code: number) => void) {
    this.tabs = h("div", { class: "dx-tabs", role: "tablist", "aria-label": "what to do" });
    for (const tab of TABS) {
      const made = h("button", { type: "button", role: "tab", class: "dx-tab" }, TAB_NAMES[tab]);
      made.addEventListener("click", () => store.set("tab", tab));
      this.buttons.set(tab, made);
      this.tabs.append(made);
    }
    const [find, order] = [unique("find"), unique("order")];
    this.field = h("input", { type: "text", inputmode: "numeric", maxlength: 9, autocomplete: "off", id: find, class: "dx-find-field", placeholder: "number", "aria-label": "code: find it by its number" });
    this.field.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.look(false), TYPED_AFTER_MS);
    });
    this.field.addEventListener("change", () => this.look(true));
    this.field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.look(true);
    });
    this.find = h("div", { class: "dx-show" }, h("label", { for: find }, "Code"), this.field);
    this.select = h("select", { id: order, "aria-label": "order" }, ...SORTS.map((sort) => h("option", { value: sort }, SORT_NAMES[sort])));
    this.select.addEventListener("change", () => this.sort(this.select.value as Sort));
    this.element = h("div", { class: "dx-show" }, h("label", { for: order }, "Order"), this.select);
    store.on(["tab", "sort", "about", "selected"], () => this.follow());
    store.signal.addEventListener("abort", () => clearTimeout(this.timer));
    this.follow();
  }

  focus(): void {
    this.field.focus();
    this.field.select();
  }

  go(tab: Tab): void {
    this.store.set("tab", tab);
  }

  /** The other page, for arrow keys on the tabs. */
  turn(): void {
    const tab = this.store.get("tab") === "look" ? "paint" : "look";
    this.store.set("tab", tab);
    this.buttons.get(tab)!.focus();
  }

  /** The next order of the sheet. */
  next(): void {
    const able = [...this.select.options].filter((option) => !option.disabled).map(({ value }) => value as Sort);
    this.sort(able[(able.indexOf(this.store.get("sort")) + 1) % able.length]);
  }

  private sort(sort: Sort): void {
    this.store.set("sort", sort);
    // The page with the code in hand, or the first one.
    this.store.set("at", -1);
  }

  private look(aloud: boolean): void {
    clearTimeout(this.timer);
    const { value } = this.field;
    if (!value.trim()) return;
    const { codes } = this.store.get("geometry");
    const code = codeIn(value, codes);
    if (code !== null) {
      this.store.set("notice", "");
      this.take(code);
    } else if (aloud) this.store.set("notice", `‘${value}’ is no code of this model: codes are whole numbers from 0 to ${count(codes - 1)}.`);
  }

  private follow(): void {
    const tab = this.store.get("tab");
    for (const [name, made] of this.buttons) {
      made.setAttribute("aria-selected", String(name === tab));
      made.tabIndex = name === tab ? 0 : -1;
    }
    const { refused } = this.store.get("about");
    for (const option of this.select.options) option.disabled = option.value === "usage" && refused !== "";
    this.select.value = this.store.get("sort");
    const code = this.store.get("selected");
    if (document.activeElement !== this.field) this.field.value = code < 0 ? "" : String(code);
  }
}
