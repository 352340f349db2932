/**
 * The prompt line: words the model never saw are underlined, with known ones as buttons below.
 */
import { button, clear, h, text, unique } from "../shared/dom";
import { NEEDS_KERNEL } from "../shared/kernel";
import type { Message, Store } from "../shared/model";
import { DRAWING_NEEDS_KERNEL, type State } from "./types";

export interface Flag {
  start: number;
  end: number;
  word: string;
  near: string[];
}

const TYPED_AFTER_MS = 120;

const KINDS: Record<string, string> = {
  seen: "Of the training world.",
  "held out": "A combination never shown in training.",
  weird: "No such thing in the rules of its world.",
};

/** Cut a text at its flags: plain and flagged pieces in turn. Flags beyond the text are left out. */
export function pieces(prompt: string, flags: Flag[]): { text: string; flag: Flag | null }[] {
  const out: { text: string; flag: Flag | null }[] = [];
  let from = 0;
  for (const flag of [...flags].sort((a, b) => a.start - b.start)) {
    if (flag.start < from || flag.end > prompt.length || flag.start >= flag.end) continue;
    if (flag.start > from) out.push({ text: prompt.slice(from, flag.start), flag: null });
    out.push({ text: prompt.slice(flag.start, flag.end), flag });
    from = flag.end;
  }
  if (from < prompt.length) out.push({ text: prompt.slice(from), flag: null });
  return out;
}

export class Prompt {
  readonly element: HTMLElement;
  private field: HTMLTextAreaElement;
  private mirror = h("div", { class: "dx-mirror", "aria-hidden": "true" });
  private hint: HTMLElement;
  private flags: Flag[] = [];
  private number = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private go: HTMLButtonElement;

  constructor(private store: Store<State>, draw: () => void) {
    this.hint = h("div", { class: "dx-words", id: unique("words"), "aria-live": "polite" });
    this.field = h("textarea", {
      class: "dx-prompt-field", rows: 1, spellcheck: "false", autocomplete: "off", maxlength: 2000,
      "aria-label": "prompt", "aria-describedby": this.hint.id, placeholder: "What shall be drawn?",
    });
    this.go = button("Draw", draw);
    this.go.classList.add("dx-draw");
    this.element = h("div", { class: "dx-prompt" },
      h("div", { class: "dx-prompt-line" }, h("div", { class: "dx-paper" }, this.mirror, this.field), this.go),
      this.hint);
    this.listen(draw);
    store.on(["prompt"], () => this.follow());
    store.on(["alive", "status"], () => this.able());
    this.follow();
    this.able();
  }

  private listen(draw: () => void): void {
    this.field.addEventListener("input", () => {
      const line = this.field.value.replaceAll("\n", " ");
      if (line !== this.field.value) this.field.value = line;
      this.flags = [];
      this.store.set("prompt", line);
      this.paint();
      this.typed();
    });
    this.field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      if (!this.go.disabled) draw();
    });
    this.store.onMessage((message) => {
      if (message.kind === "words" && message.number === this.number) this.words(message);
      if (message.kind === "surprise") this.surprise(message);
    });
  }

  private typed(): void {
    clearTimeout(this.timer);
    if (!this.store.get("alive")) return;
    const number = ++this.number;
    this.timer = setTimeout(() => {
      this.store.send({ kind: "typed", prompt: this.store.get("prompt"), number });
    }, TYPED_AFTER_MS);
  }

  private words(message: Message): void {
    this.flags = message.words ?? [];
    this.paint();
    const rows = this.flags.slice(0, 3).map((flag) => this.known(flag));
    if (!rows.length) rows.push(h("span", { class: "dx-hint" }, KINDS[message.kind_of] ?? ""));
    clear(this.hint, ...rows);
  }

  private known(flag: Flag): HTMLElement {
    const replace = flag.near.slice(0, 4).map((word) => button(word, () => this.replace(flag, word), { quiet: true }));
    for (const made of replace) made.setAttribute("aria-label", `write ${made.textContent} instead of ${flag.word}`);
    return h("span", { class: "dx-known" }, h("span", { class: "dx-hint" }, "not in its world: "),
      h("em", {}, flag.word), ...replace);
  }

  private replace(flag: Flag, word: string): void {
    const { value } = this.field;
    this.store.set("prompt", value.slice(0, flag.start) + word + value.slice(flag.end));
    this.typed();
    this.field.focus();
  }

  private surprise(message: Message): void {
    this.number++;
    clearTimeout(this.timer);
    this.store.set("prompt", message.prompt);
    clear(this.hint, h("span", { class: "dx-hint" }, message.why || KINDS[message.kind_of] || ""));
  }

  private follow(): void {
    const prompt = this.store.get("prompt");
    if (this.field.value === prompt) return this.paint();
    this.field.value = prompt;
    this.number++; // an answer under way is about the words that stood here
    this.flags = [];
    clear(this.hint);
    this.paint();
  }

  /** The mirror below the field has the same text: it gives the height and carries the underlines. */
  private paint(): void {
    const parts = pieces(this.field.value, this.flags);
    clear(this.mirror, ...parts.map((part) => (part.flag ? h("mark", { class: "dx-flag" }, part.text) : part.text)), "\u200b");
    if (this.flags.length) this.field.setAttribute("aria-invalid", "spelling");
    else this.field.removeAttribute("aria-invalid");
  }

  private able(): void {
    const alive = this.store.get("alive");
    this.go.disabled = !alive || this.store.get("status").state === "drawing";
    this.go.title = alive ? "" : NEEDS_KERNEL;
    this.field.readOnly = !alive;
    if (!alive) clear(this.hint, h("span", { class: "dx-hint" }, DRAWING_NEEDS_KERNEL));
    text(this.go.querySelector("span")!, this.store.get("status").state === "drawing" ? "Drawing" : "Draw");
  }
}
