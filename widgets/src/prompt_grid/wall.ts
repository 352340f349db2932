/**
 * All pictures of the cell in hand, best first; of those whose picture was not kept, nothing.
 */
import { arrange, assign, h, text } from "../shared/dom";
import type { Store } from "../shared/model";
import { nameOf, type Pictures } from "./pictures";
import type { State } from "./types";
import { factsOf, marksOf, ordinal, type Sample, type Shelf } from "./values";

interface Brick {
  element: HTMLButtonElement;
  picture: HTMLImageElement;
  foot: HTMLElement;
}

export class Wall {
  readonly element: HTMLElement;
  private bricks = new Map<string, Brick>();
  private inner = h("div", { class: "dx-wall", role: "group" });
  private seed = "";

  constructor(private store: Store<State>, private shelf: Shelf, private pictures: Pictures, private take: (seed: string) => void) {
    this.element = this.inner;
    pictures.on((names) => {
      if (names.some((name) => this.bricks.has(name))) this.show(this.seed);
    });
  }

  show(seed: string): void {
    this.seed = seed;
    const cell = this.store.get("chosen");
    const { samples, ranked, facts } = this.shelf.of(cell);
    const marks = this.store.get("marks");
    const there = samples.map((one, place) => ({ one, place })).filter(({ one }) => one.there);
    const old = this.bricks;
    this.bricks = new Map();
    const shown = there.map(({ one, place }) => {
      const name = nameOf(cell, one.seed);
      const brick = old.get(name) ?? this.brick(one.seed);
      this.bricks.set(name, brick);
      this.fill(brick, cell, one, ranked ? place : -1, facts);
      brick.element.setAttribute("aria-pressed", String(one.seed === seed));
      brick.element.classList.toggle("dx-favourite", marks[name]?.favourite ?? false);
      return brick.element;
    });
    this.inner.setAttribute("aria-label", `all ${there.length} pictures of this cell${ranked ? ", best first" : ""}`);
    this.inner.dataset.size = there.length <= 8 ? "few" : there.length <= 18 ? "some" : "many";
    this.inner.hidden = there.length < 2;
    arrange(this.inner, shown);
  }

  private brick(seed: string): Brick {
    const picture = h("img", { alt: "", draggable: "false" });
    const foot = h("span", { class: "dx-brick-foot dx-number" });
    const element = h("button", { type: "button", class: "dx-brick" }, picture, foot);
    element.addEventListener("click", () => this.take(seed));
    return { element, picture, foot };
  }

  private fill({ element, picture, foot }: Brick, cell: number, one: Sample, place: number, facts: string[]): void {
    const url = this.pictures.url(cell, one.seed);
    if (url && picture.getAttribute("src") !== url) picture.src = url;
    picture.hidden = !url;
    text(foot, [place >= 0 ? String(place + 1) : one.seed, marksOf(one)].filter(Boolean).join(" "));
    const told = [place >= 0 ? ordinal(place + 1) : "", `seed ${one.seed}`, factsOf(one, facts)].filter(Boolean).join(", ");
    assign(element, { "aria-label": told, title: told, "data-lacks": !url && this.pictures.lacks(cell, one.seed) });
  }
}
