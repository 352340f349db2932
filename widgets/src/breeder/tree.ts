/**
 * The family tree: everybody, small; a click goes back to a picture and its litter.
 */
import { arrange, h, svg, text } from "../shared/dom";
import type { Store } from "../shared/model";
import { find, go } from "./acts";
import { layout, type Board, type Look, type Spot } from "./layout";
import type { Pictures } from "./pictures";
import { Print } from "./print";
import type { State } from "./types";

const SMALLEST = 24; // CSS pixels of a picture
const LARGEST = 44;

interface Node {
  pick: HTMLButtonElement;
  print: Print;
}

export class Tree {
  readonly element: HTMLElement;
  private heading = h("h3", {}, "Family tree");
  private place = h("p", { class: "dx-hint dx-place" });
  private board = h("div", { class: "dx-board" });
  private nodes = new Map<string, Node>();
  private look: Look = { side: 31, gap: 5, across: 8, air: 24, lane: 6 };
  private found: Board = { spots: [], lines: [], left: 0, width: 0, height: 0 };

  constructor(private store: Store<State>, private pictures: Pictures, private root: HTMLElement) {
    this.element = h("section", { class: "dx-family", "aria-label": "family tree" },
      this.heading, h("div", { class: "dx-scroll" }, this.board), this.place);
    store.on(["kin", "geometry"], () => this.build());
    store.on(["one", "two", "chosen", "litter"], () => this.mark());
    store.on(["place"], () => text(this.place, store.get("place")));
    pictures.on((id) => this.nodes.get(id)?.print.paint());
    text(this.place, store.get("place"));
    this.build();
  }

  /** Fit into a width, and draw everything again: other colours, or another density of pixels. */
  show(room: number): void {
    const { gap, across, lane } = this.look;
    const spare = layout(this.store.get("kin"), this.look).left + (across - 1) * gap + 2 * lane;
    const side = Math.floor((room - spare) / across);
    this.look = { ...this.look, side: Math.min(LARGEST, Math.max(SMALLEST, side)) };
    this.build();
  }

  /** Go to a neighbour with an arrow key: in the row, or to the nearest of the next row. */
  step(id: string, right: number, down: number): void {
    const { spots } = this.found;
    const from = spots.find((spot) => spot.id === id);
    if (!from) return;
    const row = spots.filter((spot) => spot.row === from.row + down);
    const near = (spot: Spot) => Math.abs(spot.column - (from.column + right));
    const [next] = row.filter((spot) => down || near(spot) === 0).sort((a, b) => near(a) - near(b));
    if (next) this.nodes.get(next.id)?.pick.focus();
  }

  private build(): void {
    const kin = this.store.get("kin");
    this.found = layout(kin, this.look);
    const kept = this.nodes;
    this.nodes = new Map(kin.map(({ id }) => [id, kept.get(id) ?? this.node(id)]));
    this.board.style.width = `${this.found.width + 4}px`;
    this.board.style.height = `${this.found.height + 4}px`;
    for (const { id, x, y } of this.found.spots) {
      const { pick, print } = this.nodes.get(id)!;
      pick.style.left = `${x + 2}px`;
      pick.style.top = `${y + 2}px`;
      print.show(id, this.look.side);
    }
    arrange(this.board, [this.paths(), ...this.found.spots.map(({ id }) => this.nodes.get(id)!.pick)]);
    // One or two pictures without children are the parents above, and no tree.
    this.element.hidden = this.store.get("litters").length === 0 && kin.length <= 2;
    this.mark();
  }

  private node(id: string): Node {
    const print = new Print(this.store, this.pictures, this.root, "dx-thumb");
    const pick = h("button", { type: "button", class: "dx-node", "data-id": id }, print.canvas);
    pick.addEventListener("click", () => go(this.store, id));
    return { pick, print };
  }

  private mark(): void {
    const { store } = this;
    const [one, two, chosen] = [store.get("one"), store.get("two"), store.get("chosen")];
    const litters = store.get("litters");
    const named = (id: string) => `seed ${find(store, id)?.seed}`;
    for (const [id, { pick }] of this.nodes) {
      const kin = find(store, id)!;
      const litter = litters.findIndex(({ number }) => number === kin.litter);
      const born = litter < 0 ? "begun with" : `litter ${litter + 1}, child of ${kin.parents.map(named).join(" and ")}`;
      pick.title = `seed ${kin.seed}, ${born}${kin.favourite ? ", favourite" : ""}`;
      pick.setAttribute("aria-label", `go back to ${pick.title}`);
      pick.classList.toggle("dx-is-one", id === one);
      pick.classList.toggle("dx-is-two", id === two);
      pick.classList.toggle("dx-loved", kin.favourite);
      pick.classList.toggle("dx-shown", kin.litter === store.get("litter"));
      if (id === chosen) pick.setAttribute("aria-current", "true");
      else pick.removeAttribute("aria-current");
      pick.disabled = kin.state !== "whole";
      pick.tabIndex = id === chosen || (!this.nodes.has(chosen) && id === this.found.spots[0]?.id) ? 0 : -1;
    }
  }

  private paths(): SVGElement {
    const { width, height, lines } = this.found;
    const size = { width: width + 4, height: height + 4, viewBox: `-2 -2 ${width + 4} ${height + 4}`, class: "dx-lines", "aria-hidden": "true" };
    return svg("svg", size, ...lines.map(({ d, second }) => svg("path", { d, class: second ? "dx-from-two" : null })));
  }
}
