/**
 * Where several pictures were given: small prints to choose from.
 */
import { arrange, h } from "../shared/dom";
import { canvas, pen } from "../shared/canvas";
import type { Store } from "../shared/model";
import type { Parts } from "./parts";
import { choosePicture } from "./say";
import type { State } from "./types";

interface Print {
  button: HTMLButtonElement;
  image: HTMLCanvasElement;
}

export class Gallery {
  readonly element = h("div", { class: "dx-gallery", role: "group", "aria-label": "pictures" });
  private prints = new Map<string, Print>();

  constructor(private store: Store<State>, private parts: Parts) {
    store.on(["pictures", "geometry"], () => this.build());
    store.on(["selected", "beside"], () => this.mark());
    parts.on((id, part) => {
      if (part === "picture") this.draw(id);
    });
    this.build();
  }

  private build(): void {
    const all = this.store.get("pictures").filter(({ role }) => role === "first");
    const kept = this.prints;
    this.prints = new Map(all.map(({ id }) => [id, kept.get(id) ?? this.make(id)]));
    this.element.hidden = all.length < 2;
    for (const one of all) this.prints.get(one.id)!.button.setAttribute("aria-label", `show ${one.label || `seed ${one.seed}`}`);
    arrange(this.element, [...this.prints.values()].map(({ button }) => button));
    for (const { id } of all) this.draw(id);
    this.mark();
  }

  private make(id: string): Print {
    const image = canvas(64, 64);
    const button = h("button", { type: "button", class: "dx-print-of" }, image);
    button.addEventListener("click", () => {
      choosePicture(this.store, this.parts, id);
    });
    return { button, image };
  }

  private draw(id: string): void {
    const [print, source] = [this.prints.get(id), this.parts.get(id)?.picture];
    if (!print || !source) return;
    [print.image.width, print.image.height] = [source.width, source.height];
    pen(print.image).drawImage(source, 0, 0);
  }

  private mark(): void {
    for (const [id, { button }] of this.prints) button.setAttribute("aria-pressed", String(id === this.store.get("selected")));
  }
}
