/**
 * The children: eight pictures, each of which can become a parent.
 */
import { arrange, button, h, text } from "../shared/dom";
import { icon } from "../shared/icons";
import type { Store } from "../shared/model";
import { children, choose, favourite, find, shown } from "./acts";
import type { Pictures } from "./pictures";
import { Print } from "./print";
import { CHILDREN, type State } from "./types";

interface Tile {
  element: HTMLElement;
  pick: HTMLButtonElement;
  print: Print;
  foot: HTMLElement;
  second: HTMLButtonElement;
  heart: HTMLButtonElement;
  id: string;
}

export class Children {
  readonly element: HTMLElement;
  private title = h("h3", {});
  private words = h("p", { class: "dx-words-of" });
  private board = h("div", { class: "dx-litter", role: "group" });
  private tiles: Tile[] = [];
  private wide = 160;
  across = 4;

  constructor(private store: Store<State>, private pictures: Pictures, private root: HTMLElement) {
    this.element = h("section", { class: "dx-children", "aria-label": "children" },
      h("div", { class: "dx-children-head" }, this.title, this.words), this.board);
    store.on(["kin", "litters", "litter"], () => this.build());
    store.on(["one", "two", "chosen", "alive"], () => this.mark());
    store.on(["origins"], () => this.tiles.forEach(({ print }) => print.paint()));
    pictures.on((id) => this.tiles.forEach((tile) => {
      if (tile.id === id || find(store, tile.id)?.parents.includes(id)) tile.print.paint();
    }));
  }

  /** Fit into a width, and draw everything. */
  show(room: number, across: number, gap: number, most: number): void {
    this.across = across;
    this.wide = Math.min(most, Math.floor((room - (across - 1) * gap) / across));
    this.board.style.gridTemplateColumns = `repeat(${across}, ${this.wide}px)`;
    this.build();
  }

  /** The picture whose tile holds an element; "" where none does. */
  idOf(element: Element): string {
    return this.tiles.find((tile) => tile.element.contains(element))?.id ?? "";
  }

  focus(id: string): void {
    this.tiles.find((tile) => tile.id === id)?.pick.focus();
  }

  /** The neighbour of a tile; the same at the edge. */
  beside(id: string, right: number, down: number): string {
    const there = this.tiles.filter((tile) => tile.id).map((tile) => tile.id);
    const at = there.indexOf(id);
    const column = (at % this.across) + right;
    const next = at + right + down * this.across;
    return at < 0 || column < 0 || column >= this.across ? id : there[next] ?? id;
  }

  private build(): void {
    const ids = children(this.store);
    const count = Math.max(ids.length, CHILDREN);
    while (this.tiles.length < count) this.tiles.push(this.tile());
    this.tiles.length = count;
    arrange(this.board, this.tiles.map(({ element }) => element));
    this.tiles.forEach((tile, i) => this.fill(tile, ids[i] ?? ""));
    const litter = shown(this.store);
    const number = litter ? this.store.get("litters").indexOf(litter) + 1 : 0;
    text(this.title, litter ? `Litter ${number}` : ids.length ? "To begin with" : "No children yet");
    text(this.words, litter ? litter.words : ids.length ? "Click one to make it a parent." : "Press Breed: eight children keep what the slider leaves of their parents.");
    this.board.setAttribute("aria-label", litter ? `litter ${number}` : "pictures to begin with");
    this.mark();
  }

  private tile(): Tile {
    const { store } = this;
    const print = new Print(store, this.pictures, this.root, "dx-plate dx-print", true);
    const foot = h("span", { class: "dx-foot dx-grow" });
    const pick = h("button", { type: "button", class: "dx-take" }, print.canvas);
    const second = button("2nd", () => choose(store, made.id, true), { quiet: true });
    const heart = button("favourite", () => favourite(store, made.id), { icon: icon("heart"), bare: true });
    second.classList.add("dx-small", "dx-second");
    heart.classList.add("dx-small", "dx-heart");
    pick.addEventListener("click", (event) => choose(store, made.id, event.shiftKey));
    const line = h("div", { class: "dx-line" }, foot, second, heart);
    const made: Tile = { element: h("figure", { class: "dx-figure dx-child" }, pick, line), pick, print, foot, second, heart, id: "" };
    return made;
  }

  private fill(tile: Tile, id: string): void {
    const one = find(this.store, id);
    tile.id = one ? id : "";
    tile.print.show(tile.id, this.wide);
    const whole = one?.state === "whole";
    tile.element.classList.toggle("dx-vacant", !one);
    tile.pick.disabled = tile.second.disabled = !whole;
    tile.second.style.visibility = tile.heart.style.visibility = whole ? "visible" : "hidden";
    const clip = one?.clip.length ? ` · CLIP ${one.clip[0]} of ${one.clip[1]}` : "";
    text(tile.foot, one ? `seed ${one.seed}${clip}` : "");
    tile.foot.title = clip ? "place by CLIP, for the sentences of this litter and their weights" : "";
    if (!one) return void tile.pick.setAttribute("aria-label", "no child yet");
    tile.pick.setAttribute("aria-label", `${one.alt}${clip} Make it the first parent.`);
    tile.second.setAttribute("aria-label", `make seed ${one.seed} the second parent`);
    tile.heart.setAttribute("aria-label", `seed ${one.seed}, favourite`);
  }

  private mark(): void {
    const [one, two, chosen] = [this.store.get("one"), this.store.get("two"), this.store.get("chosen")];
    const there = this.tiles.some(({ id }) => id && id === chosen);
    this.tiles.forEach((tile, i) => {
      const kin = find(this.store, tile.id);
      const is = (id: string) => !!tile.id && tile.id === id;
      tile.element.classList.toggle("dx-is-one", is(one));
      tile.element.classList.toggle("dx-is-two", is(two));
      tile.element.classList.toggle("dx-is-chosen", is(chosen));
      tile.pick.setAttribute("aria-pressed", String(is(one)));
      tile.second.setAttribute("aria-pressed", String(is(two)));
      tile.heart.setAttribute("aria-pressed", String(!!kin?.favourite));
      tile.heart.disabled = !this.store.get("alive");
      tile.heart.hidden = !this.store.get("alive") && !kin?.favourite;
      // One stop for the key Tab; arrows go on from there.
      tile.pick.tabIndex = (there ? is(chosen) : i === 0) ? 0 : -1;
    });
  }
}
