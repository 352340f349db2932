/**
 * Everything that need not be seen at once: heads, a word switched off, a box, layers, another
 * prompt, copies.
 */
import { CopyPython } from "../shared/copy";
import { button, h, text, unique } from "../shared/dom";
import { icon } from "../shared/icons";
import { NEEDS_KERNEL } from "../shared/kernel";
import type { Store } from "../shared/model";
import type { HeadSheet } from "./heads";
import type { LensStrip } from "./lens";
import type { Parts } from "./parts";
import type { State } from "./types";

export class More {
  readonly toggle: HTMLButtonElement;
  readonly element: HTMLElement;
  private needs = new Set<HTMLButtonElement | HTMLInputElement>();
  private off: HTMLButtonElement;
  private box: HTMLButtonElement;
  private whole: HTMLButtonElement;
  private alone: HTMLButtonElement;
  private offSaid = h("p", { class: "dx-hint" });
  private boxSaid = h("p", { class: "dx-hint" });
  private sentence = h("p", { class: "dx-hint dx-needs" }, NEEDS_KERNEL);

  constructor(
    private store: Store<State>, private parts: Parts, heads: HeadSheet, lens: LensStrip, projector: () => void, private focus: () => void,
  ) {
    const id = unique("more");
    this.toggle = button("More", () => store.set("more", !store.get("more")), { icon: icon("more"), quiet: true });
    this.toggle.setAttribute("aria-controls", id);
    this.off = button("Switch it off and draw again", () => this.without(), { icon: icon("off"), quiet: true });
    this.box = button("Draw a box", () => this.mark(!store.get("boxing")), { icon: icon("region"), quiet: true });
    this.whole = button("Whole picture", () => this.mark(false), { quiet: true });
    this.alone = button("One picture alone", () => store.set("beside", ""), { icon: icon("close"), quiet: true });
    const keep = button("Keep", () => store.send({ kind: "keep" }), { icon: icon("keep"), quiet: true, title: "write a still with its caption into the notebook" });
    const copy = new CopyPython(store);
    for (const one of [keep, copy.button]) this.needs.add(one);
    this.element = h("div", { class: "dx-more", id, hidden: true },
      this.sentence,
      h("div", { class: "dx-cards" },
        section("Without a word", this.offSaid, this.off),
        section("Which words made a part of it", this.boxSaid, this.box, this.whole),
        this.second(),
        this.tools(copy.button, keep, button("Full screen", projector, { icon: icon("full"), quiet: true }))),
      copy.code, copy.said, heads.element, lens.element);
    store.on(["more"], () => this.open());
    store.on(["alive", "word", "selected", "status", "pictures", "mode"], () => this.able());
    store.on(["box", "boxing", "beside"], () => this.follow());
    this.open();
    this.able();
    this.follow();
  }

  /** Begin to mark a box, or leave it and give the whole picture back. */
  mark(on: boolean): void {
    this.store.set("boxing", on);
    // Where the picture is out of sight, it comes back: there one drags.
    if (on) this.focus();
    if (!on) this.store.set("box", []);
  }

  private second(): HTMLElement {
    const field = h("input", { type: "text", maxlength: 2000, autocomplete: "off", placeholder: "another prompt, the same seed" });
    field.setAttribute("aria-label", "another prompt");
    const go = button("Draw it beside", () => {
      const prompt = field.value.trim();
      if (prompt) this.store.send({ kind: "second", prompt });
    }, { quiet: true });
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.isComposing && !go.disabled) go.click();
    });
    this.needs.add(field);
    this.needs.add(go);
    return section("Two prompts", null, field, go);
  }

  private tools(...buttons: HTMLButtonElement[]): HTMLElement {
    return h("div", { class: "dx-actions dx-card-wide" }, this.alone, ...buttons);
  }

  private without(): void {
    const { store } = this;
    if (store.get("word") >= 0) store.send({ kind: "without", id: store.get("selected"), word: store.get("word") });
  }

  private open(): void {
    const open = this.store.get("more");
    this.element.hidden = !open;
    this.toggle.setAttribute("aria-expanded", String(open));
  }

  private able(): void {
    const alive = this.store.get("alive");
    const busy = ["working", "drawing"].includes(this.store.get("status").state);
    this.sentence.hidden = alive;
    for (const element of this.needs) {
      element.disabled = !alive;
      if (!alive) element.title = NEEDS_KERNEL;
    }
    const word = this.store.get("word");
    const name = this.parts.picture(this.store.get("selected"))?.words[word]?.text;
    this.off.disabled = !alive || busy || name === undefined;
    this.off.title = alive ? "" : NEEDS_KERNEL;
    text(this.offSaid, name === undefined
      ? `Press a word first. The picture is then drawn again with the same noise, and ${this.nobody()} may read that word.`
      : `The picture is drawn again with the same noise, and ${this.nobody()} may read ‘${name}’.`);
  }

  /** Who is kept from reading: as in "depends on", and nobody at all where words are replaced there. */
  private nobody(): string {
    return this.store.get("mode") === "image" ? "no patch" : "nothing";
  }

  private follow(): void {
    const boxing = this.store.get("boxing");
    const boxed = this.store.get("box").length === 4;
    this.box.setAttribute("aria-pressed", String(boxing));
    this.whole.hidden = !boxed && !boxing;
    this.alone.hidden = !this.store.get("beside");
    text(this.boxSaid, boxing ? "Drag over the picture or the map (keys: Shift and arrows). The words of the box are listed beside." : "For a rectangle of patches: where it looked and what it depended on, side by side.");
  }
}

function section(title: string, said: HTMLElement | null, ...actions: HTMLElement[]): HTMLElement {
  return h("section", { class: "dx-card" }, h("h3", {}, title), said, h("div", { class: "dx-actions" }, ...actions));
}
