/**
 * Everything that need not be seen at once: copies, the still, the whole screen, and the keys.
 */
import { CopyPython } from "../shared/copy";
import { button, h, unique } from "../shared/dom";
import { icon } from "../shared/icons";
import { NEEDS_KERNEL } from "../shared/kernel";
import type { Store } from "../shared/model";
import type { State } from "./types";

const KEYS = "Keys: arrows go from code to code, Page Up and Page Down turn pages, / finds a number, o changes the order, 1 and 2 change the page, b paints with the code in hand; on the picture Enter paints, e picks, z undoes, y does again; f fills the screen.";

export class More {
  readonly toggle: HTMLButtonElement;
  readonly element: HTMLElement;
  private needs: HTMLButtonElement[];
  private sentence = h("p", { class: "dx-hint dx-needs" }, NEEDS_KERNEL);

  constructor(private store: Store<State>, projector: () => void) {
    const id = unique("more");
    const copy = new CopyPython(store);
    const keep = button("Keep", () => store.send({ kind: "keep" }), { icon: icon("keep"), quiet: true, title: "write a still with its caption into the notebook" });
    this.needs = [copy.button, keep];
    this.toggle = button("More", () => this.open(this.element.hidden === true), { icon: icon("more"), quiet: true });
    this.toggle.setAttribute("aria-controls", id);
    this.element = h("div", { class: "dx-more", id, hidden: true },
      h("div", { class: "dx-actions" }, copy.button, keep, button("Full screen", projector, { icon: icon("full"), quiet: true })),
      this.sentence, copy.code, copy.said, h("p", { class: "dx-hint dx-keys" }, KEYS));
    store.on(["alive"], () => this.able());
    this.open(false);
    this.able();
  }

  private open(open: boolean): void {
    this.element.hidden = !open;
    this.toggle.setAttribute("aria-expanded", String(open));
  }

  private able(): void {
    const alive = this.store.get("alive");
    this.sentence.hidden = alive;
    for (const element of this.needs) {
      element.disabled = !alive;
      if (!alive) element.title = NEEDS_KERNEL;
    }
  }
}
