/**
 * What is not drawn yet: how much that is and how long it takes, said before anything begins.
 */
import { button, h, text } from "../shared/dom";
import type { Store } from "../shared/model";
import { DRAWING_NEEDS_KERNEL, type State } from "./types";

export class PlanLine {
  readonly element: HTMLElement;
  private said = h("p", { class: "dx-plan-words" });
  private left = h("p", { class: "dx-hint dx-left-out" });
  private go: HTMLButtonElement;

  constructor(private store: Store<State>) {
    this.go = button("Draw", () => store.send({ kind: "draw" }));
    this.element = h("div", { class: "dx-plan" }, this.said, this.go, this.left);
    store.on(["plan", "status", "alive", "about"], () => this.update());
    this.update();
  }

  private update(): void {
    const { words, missing } = this.store.get("plan");
    const alive = this.store.get("alive");
    const busy = this.store.get("status").state === "drawing";
    this.said.hidden = this.go.hidden = !missing || busy || !alive;
    text(this.said, words);
    const { left_out, notice } = this.store.get("about");
    text(this.left, alive ? notice : [left_out, missing ? DRAWING_NEEDS_KERNEL : ""].filter(Boolean).join(" "));
    this.left.hidden = !this.left.textContent;
    this.element.hidden = this.said.hidden && this.left.hidden;
  }
}
