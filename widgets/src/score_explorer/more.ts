/**
 * Everything that need not be seen at once: how distributions are drawn, copies, the still, keys.
 */
import { CopyPython } from "../shared/copy";
import { button, h, text, unique } from "../shared/dom";
import { icon } from "../shared/icons";
import { NEEDS_KERNEL } from "../shared/kernel";
import type { Store } from "../shared/model";
import type { Shape, State } from "./types";

const KEYS = "Keys: 1 to 4 change the page; left and right go from picture to picture by score, with Shift they move the brush, [ and ] narrow and widen it, Escape takes it away; up and down change the prompt. In “best of k” left and right change k, Page Up and Page Down double and halve it. In “which text” arrows move, Enter takes the picture. f fills the screen.";
const NAMES: Record<Shape, string> = { raincloud: "rainclouds", ecdf: "steps with their band", ridges: "ridges" };

export class More {
  readonly toggle: HTMLButtonElement;
  readonly element: HTMLElement;
  private needs: HTMLButtonElement[];
  private sentence = h("p", { class: "dx-hint dx-needs" }, NEEDS_KERNEL);
  private select: HTMLSelectElement;
  private shape: HTMLElement;

  constructor(private store: Store<State>, projector: () => void) {
    const [id, shape] = [unique("more"), unique("shape")];
    const copy = new CopyPython(store);
    const keep = button("Keep", () => store.send({ kind: "keep" }), { icon: icon("keep"), quiet: true, title: "write a still with its caption into the notebook" });
    this.needs = [copy.button, keep];
    this.select = h("select", { id: shape }, h("option", { value: "" }, "what shows most"), ...store.get("spread").kinds.map((kind) => h("option", { value: kind }, NAMES[kind])));
    this.select.addEventListener("change", () => store.set("shape", this.select.value as Shape | ""));
    this.shape = h("div", { class: "dx-show" }, h("label", { for: shape }, "Distributions as"), this.select);
    this.toggle = button("More", () => this.open(this.element.hidden === true), { icon: icon("more"), quiet: true });
    this.toggle.setAttribute("aria-controls", id);
    const left = h("p", { class: "dx-hint" });
    text(left, store.get("about").left_out);
    this.element = h("div", { class: "dx-more", id, hidden: true },
      h("div", { class: "dx-actions" }, this.shape, copy.button, keep, button("Full screen", projector, { icon: icon("full"), quiet: true })),
      left, this.sentence, copy.code, copy.said, h("p", { class: "dx-hint dx-keys" }, KEYS));
    store.on(["alive"], () => this.able());
    store.on(["shape"], () => this.follow());
    this.open(false);
    this.follow();
    this.able();
  }

  private open(open: boolean): void {
    this.element.hidden = !open;
    this.toggle.setAttribute("aria-expanded", String(open));
  }

  private follow(): void {
    this.select.value = this.store.get("shape");
    this.shape.hidden = this.store.get("spread").kinds.length < 2;
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
