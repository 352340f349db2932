/**
 * The parents of the next litter, one or two, on top of everything.
 */
import { button, clear, h, text } from "../shared/dom";
import { icon } from "../shared/icons";
import type { Store } from "../shared/model";
import { favourite, find, go } from "./acts";
import type { Pictures } from "./pictures";
import { Print } from "./print";
import type { State } from "./types";

class Slot {
  readonly element: HTMLElement;
  private print: Print;
  private pick: HTMLButtonElement;
  private foot = h("span", { class: "dx-foot dx-grow" });
  private drop: HTMLButtonElement | null = null;
  private empty: HTMLElement;

  constructor(private store: Store<State>, pictures: Pictures, root: HTMLElement, private which: "one" | "two") {
    this.print = new Print(store, pictures, root, "dx-plate dx-print");
    this.pick = h("button", { type: "button", class: "dx-take" }, this.print.canvas);
    this.pick.addEventListener("click", () => go(store, store.get(which)));
    this.empty = h("p", { class: "dx-empty-slot" }, "");
    if (which === "two") {
      this.drop = button("let the second parent go", () => store.set("two", ""), { icon: icon("close"), bare: true });
      this.drop.classList.add("dx-small");
    }
    const name = which === "one" ? "First parent" : "Second parent";
    this.element = h("figure", { class: `dx-figure dx-slot dx-slot-${which}` },
      h("figcaption", { class: "dx-slot-name" }, name), this.pick, this.empty,
      h("div", { class: "dx-line" }, this.foot, this.drop));
  }

  show(wide: number): void {
    const id = this.store.get(this.which);
    const one = find(this.store, id);
    this.pick.hidden = !one;
    this.empty.hidden = !!one;
    this.empty.style.width = this.empty.style.height = `${wide}px`;
    this.element.style.width = `${wide}px`;
    if (this.drop) this.drop.style.visibility = one ? "visible" : "hidden";
    const lone = this.store.get("litters").length ? "None. Press 2nd under a picture to have two." : "None: one parent is enough.";
    text(this.empty, this.which === "one" ? "No parent yet." : lone);
    text(this.foot, one ? `seed ${one.seed}` : "");
    if (!one) return;
    this.pick.setAttribute("aria-label", `${this.which === "one" ? "first" : "second"} parent, ${one.alt} Go back to it.`);
    this.pick.title = `Go back to seed ${one.seed}`;
    this.print.show(id, wide);
  }

  paint(id: string): void {
    if (this.store.get(this.which) === id) this.print.paint();
  }
}

export class Parents {
  readonly element: HTMLElement;
  private slots: Slot[];

  constructor(store: Store<State>, pictures: Pictures, root: HTMLElement) {
    this.slots = [new Slot(store, pictures, root, "one"), new Slot(store, pictures, root, "two")];
    this.element = h("div", { class: "dx-parents" }, this.slots[0].element, h("span", { class: "dx-times", "aria-hidden": "true" }, "×"), this.slots[1].element);
    pictures.on((id) => this.slots.forEach((slot) => slot.paint(id)));
  }

  show(wide: number): void {
    for (const slot of this.slots) slot.show(wide);
  }
}

/** The picture in hand, in words; with what can be done with it. */
export class Hand {
  readonly element: HTMLElement;
  private words = h("p", { class: "dx-hand-words" });
  private heart: HTMLButtonElement;

  constructor(private store: Store<State>) {
    this.heart = button("Favourite", () => favourite(store, store.get("chosen")), { icon: icon("heart"), quiet: true });
    this.heart.classList.add("dx-heart");
    this.element = h("div", { class: "dx-hand", role: "group", "aria-label": "picture in hand" }, this.words, this.heart);
    store.on(["chosen", "kin", "alive"], () => this.follow());
    this.follow();
  }

  private follow(): void {
    const one = find(this.store, this.store.get("chosen"));
    const whole = one?.state === "whole";
    this.element.classList.toggle("dx-off", !whole);
    clear(this.words, ...(whole ? [h("b", {}, `seed ${one.seed}`), ` ${one.caption}`] : ["\u00a0"]));
    this.heart.setAttribute("aria-pressed", String(!!one?.favourite));
    this.heart.hidden = !this.store.get("alive");
  }
}
