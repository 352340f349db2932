/**
 * Everything that need not be seen at once: settings of the next Draw, dice, upload, copies.
 */
import { CopyPython } from "../shared/copy";
import { button, h, unique, type Child } from "../shared/dom";
import { icon } from "../shared/icons";
import { NEEDS_KERNEL } from "../shared/kernel";
import type { Store } from "../shared/model";
import type { Settings, State } from "./types";

const MOST_BYTES = 20_000_000;
const SEEDS = 2n ** 63n;

export class More {
  readonly toggle: HTMLButtonElement;
  readonly element: HTMLElement;
  private needs = new Set<HTMLElement>();
  private followers: (() => void)[] = [];
  private sentence = h("p", { class: "dx-hint dx-needs" }, NEEDS_KERNEL);
  private copy: CopyPython;

  constructor(private store: Store<State>, region: HTMLButtonElement, projector: () => void) {
    const id = unique("more");
    this.copy = new CopyPython(store);
    this.toggle = button("More", () => this.open(this.element.hidden === true), { icon: icon("more"), quiet: true });
    this.toggle.setAttribute("aria-controls", id);
    this.element = h("div", { class: "dx-more", id, hidden: true },
      h("div", { class: "dx-fields" }, ...this.fields()),
      h("div", { class: "dx-actions" }, region, ...this.actions(), button("Full screen", projector, { icon: icon("full"), quiet: true })),
      this.upload(), this.sentence, this.copy.code, this.copy.said);
    store.on(["n", "seed", "settings", "geometry"], () => this.follow());
    store.on(["alive"], () => this.able());
    this.open(false);
    this.follow();
    this.able();
  }

  private open(open: boolean): void {
    this.element.hidden = !open;
    this.toggle.setAttribute("aria-expanded", String(open));
  }

  private fields(): Child[] {
    const { store } = this;
    const settings = (change: Partial<Settings>) => store.set("settings", { ...store.get("settings"), ...change });
    return [
      this.number("pictures", () => store.get("n"), { min: 1, max: 8, step: 1 }, (value) => store.set("n", value!)),
      this.seed(),
      this.number("temperature", () => store.get("settings").temperature, { min: 0, max: 4, step: 0.05 }, (value) => settings({ temperature: value! })),
      this.number("top-k", () => store.get("settings").top_k, { min: 1, step: 1, empty: true }, (value) => settings({ top_k: value })),
      this.number("top-p", () => store.get("settings").top_p, { min: 0.01, max: 1, step: 0.01, empty: true }, (value) => settings({ top_p: value })),
      this.number("guidance", () => store.get("settings").guidance, { min: 0, max: 20, step: 0.25 }, (value) => settings({ guidance: value! })),
    ];
  }

  /** A field for a number; what is not one is put back as it was. Empty means "all" where it may. */
  private number(
    name: string,
    read: () => number | null,
    limits: { min: number; max?: number; step: number; empty?: boolean },
    write: (value: number | null) => void,
  ): HTMLElement {
    const { empty, ...rest } = limits;
    const input = h("input", { type: "number", ...rest, placeholder: empty ? "all" : null, inputmode: "decimal" });
    const follow = () => (input.value = String(read() ?? ""));
    input.addEventListener("change", () => {
      const value = input.value === "" && empty && !input.validity.badInput ? null : Number(input.value);
      const most = limits.max ?? Infinity;
      const whole = limits.step !== 1 || value === null || Number.isInteger(value);
      const good = value === null ? empty : input.value !== "" && whole && value >= limits.min && value <= most;
      if (good) write(value);
      else this.store.set("notice", `${name} is a ${limits.step === 1 ? "whole " : ""}number from ${limits.min}${limits.max ? ` to ${limits.max}` : " on"}: it stays as it was.`);
      follow();
    });
    this.followers.push(follow);
    return this.labelled(name, input);
  }

  private seed(): HTMLElement {
    const input = h("input", { type: "text", inputmode: "numeric", maxlength: 19 });
    const follow = () => (input.value = this.store.get("seed"));
    input.addEventListener("change", () => {
      const digits = /^\s*\d{1,19}\s*$/.test(input.value) ? BigInt(input.value) : null;
      if (digits !== null && digits < SEEDS) this.store.set("seed", String(digits));
      else this.store.set("notice", "A seed is a whole number of at most 63 bits: it stays as it was.");
      follow();
    });
    this.followers.push(follow);
    const field = this.labelled("seed", input);
    field.classList.add("dx-field-long"); // it may have nineteen digits
    return field;
  }

  private labelled(name: string, input: HTMLInputElement): HTMLElement {
    this.needs.add(input);
    return h("label", { class: "dx-field" }, h("span", {}, name), input);
  }

  private actions(): Child[] {
    const send = (kind: string) => () => this.store.send({ kind });
    const made = [
      button("New dice", send("dice"), { icon: icon("dice"), quiet: true, title: "the same prompt, other seeds" }),
      button("Surprise me", send("surprise"), { icon: icon("surprise"), quiet: true, title: "another prompt" }),
      this.copy.button,
      button("Keep", send("keep"), { icon: icon("keep"), quiet: true, title: "write a still with its caption into the notebook" }),
    ];
    for (const one of made) this.needs.add(one);
    return made;
  }

  private upload(): HTMLElement {
    const name = unique("fit");
    const file = h("input", { type: "file", accept: "image/*", class: "dx-unseen", tabindex: -1, "aria-label": "picture to upload" });
    const radio = (fit: string, said: string, on: boolean) =>
      h("label", { class: "dx-radio" }, h("input", { type: "radio", name, value: fit, checked: on }), said);
    const pick = button("Upload a picture", () => file.click(), {
      icon: icon("upload"), quiet: true, title: "it becomes codes, with the prompt as its caption",
    });
    const group = h("div", { class: "dx-upload", role: "group", "aria-label": "upload" },
      pick, file, radio("crop", "cropped to fit", true), radio("frame", "framed in white", false));
    file.addEventListener("change", async () => {
      const [chosen] = file.files ?? [];
      file.value = "";
      if (!chosen) return;
      if (chosen.size > MOST_BYTES) return this.store.set("notice", "The picture is larger than 20 MB: take a smaller one.");
      const fit = group.querySelector<HTMLInputElement>("input:checked")!.value;
      const prompt = this.store.get("prompt");
      this.store.send({ kind: "upload", name: chosen.name, prompt, fit }, [await chosen.arrayBuffer()]);
    });
    this.needs.add(pick);
    for (const one of group.querySelectorAll<HTMLInputElement>("input[type=radio]")) this.needs.add(one);
    return group;
  }

  private follow(): void {
    for (const follow of this.followers) follow();
  }

  private able(): void {
    const alive = this.store.get("alive");
    this.sentence.hidden = alive;
    for (const element of this.needs) {
      (element as HTMLButtonElement).disabled = !alive;
      if (!alive) element.title = NEEDS_KERNEL;
    }
  }
}
