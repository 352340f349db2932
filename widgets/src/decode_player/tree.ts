/**
 * The family of pictures: which was forked from which, as thumbnails joined by lines.
 */
import { canvas, pen } from "../shared/canvas";
import { arrange, button, h, svg, text } from "../shared/dom";
import type { Store } from "../shared/model";
import type { Films } from "./films";
import { select } from "./select";
import { treeLayout, type Layout } from "./tree_layout";
import type { Branch, State } from "./types";

const WIDE = 130;
const HIGH = 112;
const THUMB = 56;

interface Node {
  element: HTMLElement;
  pick: HTMLButtonElement;
  label: HTMLElement;
  compare: HTMLButtonElement;
  thumb: HTMLCanvasElement;
}

export class Tree {
  readonly element: HTMLElement;
  private board = h("div", { class: "dx-board" });
  private nodes = new Map<string, Node>();

  constructor(private store: Store<State>, private films: Films) {
    this.element = h("section", { class: "dx-tree", "aria-label": "family of the pictures" },
      h("h3", {}, "Branches"), h("div", { class: "dx-scroll" }, this.board));
    store.on(["branches", "geometry"], () => this.build());
    store.on(["selected", "compared", "shown"], () => this.mark());
    store.on(["overlay", "shown"], () => this.reveal());
    films.on((id, part) => {
      if (part === "picture" || part === "live") this.thumb(id);
    });
    this.build();
  }

  private build(): void {
    const branches = this.store.get("branches");
    const layout = treeLayout(branches);
    this.reveal();
    const kept = this.nodes;
    this.nodes = new Map(branches.map((branch) => [branch.id, kept.get(branch.id) ?? this.node(branch)]));
    this.board.style.width = `${layout.width * WIDE}px`;
    this.board.style.height = `${layout.height * HIGH}px`;
    for (const { id, x, y } of layout.places) {
      const { element, label } = this.nodes.get(id)!;
      element.style.left = `${x * WIDE}px`;
      element.style.top = `${y * HIGH}px`;
      const branch = this.films.branch(id)!;
      text(label, branch.label || `seed ${branch.seed}`);
      this.thumb(id);
    }
    arrange(this.board, [lines(layout), ...[...this.nodes.values()].map(({ element }) => element)]);
    this.mark();
  }

  /** A tree without a fork says nothing that the pictures do not say; but it is where one compares. */
  private reveal(): void {
    const branches = this.store.get("branches");
    const forked = branches.some(({ parent }) => parent !== null);
    const comparing = this.store.get("overlay") === "difference" && branches.length > 1;
    this.element.hidden = !forked && !comparing && branches.length <= this.store.get("shown").length;
  }

  private node(branch: Branch): Node {
    const { rows, columns, patch } = this.store.get("geometry");
    const thumb = canvas(columns * patch, rows * patch);
    thumb.className = "dx-thumb";
    const label = h("span", { class: "dx-label" });
    const pick = h("button", { type: "button", class: "dx-pick" }, thumb, label);
    pick.addEventListener("click", () => this.pick(branch.id));
    const compare = button("compare", () => this.compare(branch.id), { quiet: true });
    return { element: h("div", { class: "dx-node" }, pick, compare), pick, label, compare, thumb };
  }

  private pick(id: string): void {
    const { store } = this;
    if (!store.get("shown").includes(id)) store.send({ kind: "show", ids: [id, ...this.kin(id)] });
    select(store, id);
  }

  /** The parent is worth seeing beside a fork. */
  private kin(id: string): string[] {
    const parent = this.films.branch(id)?.parent;
    return parent && this.films.branch(parent) ? [parent] : [];
  }

  private compare(id: string): void {
    const on = this.store.get("compared") === id;
    this.store.set("compared", on ? "" : id);
    if (!on) this.store.set("overlay", "difference");
    else if (this.store.get("overlay") === "difference") this.store.set("overlay", "picture");
  }

  private mark(): void {
    const [selected, compared] = [this.store.get("selected"), this.store.get("compared")];
    const shown = new Set(this.store.get("shown"));
    for (const [id, node] of this.nodes) {
      node.pick.setAttribute("aria-pressed", String(id === selected));
      node.element.classList.toggle("dx-away", !shown.has(id));
      node.compare.setAttribute("aria-pressed", String(id === compared && id !== selected));
      node.compare.style.visibility = id === selected ? "hidden" : "visible";
      const name = this.films.branch(id)!.label || `seed ${this.films.branch(id)!.seed}`;
      node.pick.setAttribute("aria-label", `select ${name}`);
      node.compare.setAttribute("aria-label", `compare with ${name}`);
    }
  }

  private thumb(id: string): void {
    const node = this.nodes.get(id);
    const film = this.films.get(id);
    const source = film?.picture ?? this.films.reel(id)?.canvas;
    if (!node || !source) return;
    pen(node.thumb).drawImage(source, 0, 0, node.thumb.width, node.thumb.height);
  }
}

function lines(layout: Layout): SVGElement {
  const place = new Map(layout.places.map((found) => [found.id, found]));
  const paths = layout.places.filter(({ parent }) => parent !== null).map(({ x, y, parent }) => {
    const from = place.get(parent!)!;
    const middle = (column: number) => column * WIDE + THUMB / 2 + 2;
    const start = from.x === x
      ? `M${middle(x)} ${from.y * HIGH + THUMB + 4}V${y * HIGH}`
      : `M${from.x * WIDE + THUMB + 4} ${from.y * HIGH + THUMB / 2}H${middle(x) - 8}q8 0 8 8V${y * HIGH}`;
    return svg("path", { d: start });
  });
  const size = { width: layout.width * WIDE, height: layout.height * HIGH, class: "dx-lines", "aria-hidden": "true" };
  return svg("svg", size, ...paths);
}
