// src/breeder.traits.ts
var TRAITS = [
  "status",
  "alive",
  "caption",
  "alt",
  "geometry",
  "kin",
  "litters",
  "one",
  "two",
  "litter",
  "chosen",
  "share",
  "weight",
  "prompt",
  "other_prompt",
  "seed",
  "place",
  "embedded"
];

// src/shared/dom.ts
function h(tag, attributes = {}, ...children2) {
  const element = document.createElement(tag);
  assign(element, attributes);
  for (const child of children2) if (child !== null) element.append(child);
  return element;
}
function assign(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === void 0) element.removeAttribute(name);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
}
function text(element, value) {
  if (element.textContent !== value) element.textContent = value;
}
function clear(element, ...children2) {
  element.replaceChildren(...children2.filter((child) => child !== null));
}
function arrange(element, children2) {
  for (const old of [...element.childNodes]) if (!children2.includes(old)) old.remove();
  children2.forEach((child, i) => {
    if (element.children[i] !== child) element.insertBefore(child, element.children[i] ?? null);
  });
}
function svg(tag, attributes = {}, ...children2) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  assign(element, attributes);
  element.append(...children2);
  return element;
}
var count = 0;
function unique(stem) {
  return `dx-${stem}-${++count}-${Math.floor(performance.now() * 1e3).toString(36)}`;
}
function button(label, act, options = {}) {
  const kind = `dx-button${options.quiet ? " dx-quiet" : ""}${options.bare ? " dx-bare" : ""}`;
  const made = h("button", { type: "button", class: kind, title: options.title });
  if (options.icon) made.append(options.icon);
  if (options.bare) made.setAttribute("aria-label", label);
  else made.append(h("span", {}, label));
  if (options.bare && !options.title) made.title = label;
  made.addEventListener("click", () => act());
  return made;
}

// src/shared/icons.ts
var PATHS = {
  play: ["M4.5 2.6v10.8l9-5.4z", "fill"],
  pause: ["M4 3h2.8v10H4zM9.2 3H12v10H9.2z", "fill"],
  stop: ["M4 4h8v8H4z", "fill"],
  full: ["M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10", "line"],
  more: ["M3.5 6l4.5 4.5L12.5 6", "line"],
  fork: ["M5 2.5v11M5 8.5c0-3 6-1 6-6", "line"],
  region: ["M2.5 5V2.5H5M11 2.5h2.5V5M13.5 11v2.5H11M5 13.5H2.5V11M6 6h4v4H6z", "line"],
  dice: ["M3 3h10v10H3zM5.8 5.8h.01M10.2 5.8h.01M8 8h.01M5.8 10.2h.01M10.2 10.2h.01", "line"],
  upload: ["M8 11V3M4.8 6L8 2.8 11.2 6M3 10.5v2.7h10v-2.7", "line"],
  keep: ["M4.2 2.6h7.6v10.8L8 10.4l-3.8 3z", "line"],
  copy: ["M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z", "line"],
  surprise: ["M8 2v3M8 11v3M2 8h3M11 8h3M4 4l1.6 1.6M10.4 10.4L12 12M12 4l-1.6 1.6M4 12l1.6-1.6", "line"],
  differ: ["M3 6h10M3 10h10M11 2.5l-6 11", "line"],
  same: ["M3 8.5l3.2 3.2L13 5", "line"],
  off: ["M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 0 0 0-11zM4.2 4.2l7.6 7.6", "line"],
  proof: ["M8 2l5 2v4c0 3-2.2 5-5 6c-2.8-1-5-3-5-6V4zM5.8 8l1.6 1.6L10.4 6.5", "line"],
  close: ["M4 4l8 8M12 4l-8 8", "line"],
  brush: ["M13.2 2.8L7.4 8.6M6.4 8.4l1.8 1.8M6 9c-2 0-2.2 1.8-2.4 3.2c-.1.6-.6 1-1.2 1.2c2.6.6 5-.2 5-2.6z", "line"],
  pick: ["M9.2 4.4l2.4 2.4M10.4 5.6l1.9-1.9a1.4 1.4 0 0 0-2-2L8.4 3.6M8.2 5.4L3.4 10.2L2.6 13.4l3.2-.8l4.8-4.8", "line"],
  undo: ["M5.2 3L2.6 5.6l2.6 2.6M2.8 5.6h6.4a3.6 3.6 0 0 1 0 7.2H5.6", "line"],
  redo: ["M10.8 3l2.6 2.6l-2.6 2.6M13.2 5.6H6.8a3.6 3.6 0 0 0 0 7.2h3.6", "line"],
  heart: ["M8 13.2C3.6 10 2.4 8 2.4 6.1a2.9 2.9 0 0 1 5.6-1a2.9 2.9 0 0 1 5.6 1c0 1.9-1.2 3.9-5.6 7.1z", "line"],
  turn: ["M3 6.5A5.2 5.2 0 0 1 12.6 5M13 2.4V5.4H10M13 9.5A5.2 5.2 0 0 1 3.4 11M3 13.6v-3h3", "line"],
  left: ["M10 3.5L5.5 8l4.5 4.5", "line"],
  right: ["M6 3.5L10.5 8L6 12.5", "line"]
};
function icon(name) {
  const [path, kind] = PATHS[name];
  const look = kind === "fill" ? { fill: "currentColor" } : { fill: "none", stroke: "currentColor", "stroke-width": 1.4, "stroke-linecap": "round", "stroke-linejoin": "round" };
  const size = { viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true", class: "dx-icon" };
  return svg("svg", size, svg("path", { d: path, ...look }));
}

// src/breeder/types.ts
var FOUNDERS = -1;
var CHILDREN = 8;

// src/breeder/acts.ts
function find(store, id) {
  return store.get("kin").find((one) => one.id === id);
}
function shown(store) {
  return store.get("litters").find(({ number }) => number === store.get("litter"));
}
function children(store) {
  const litter = shown(store);
  if (litter) return litter.children;
  const founders = store.get("kin").filter((one) => one.litter === FOUNDERS);
  return founders.length > 2 ? founders.map(({ id }) => id) : [];
}
function choose(store, id, second = false) {
  if (find(store, id)?.state !== "whole") return;
  store.set("chosen", id);
  if (second) {
    const on = store.get("two") !== id && store.get("one") !== id;
    store.set("two", on ? id : "");
  } else {
    const [first, other = ""] = shown(store)?.parents ?? [];
    const asTheyWere = store.get("one") === first && store.get("two") === other;
    if (store.get("two") === id || asTheyWere && id !== first) store.set("two", "");
    store.set("one", id);
  }
}
function go(store, id) {
  const one = find(store, id);
  if (!one || one.state !== "whole") return;
  const [first, second] = one.parents.length ? one.parents : [id];
  store.set("litter", one.litter);
  store.set("one", first);
  store.set("two", second ?? "");
  store.set("chosen", id);
}
function back(store) {
  const litter = shown(store);
  if (!litter) return false;
  const [first, second = ""] = litter.parents;
  if (store.get("one") !== first || store.get("two") !== second) {
    store.set("one", first);
    store.set("two", second);
    store.set("chosen", first);
    return true;
  }
  const parents = litter.parents.map((id) => find(store, id)).filter(Boolean);
  store.set("litter", Math.max(FOUNDERS, ...parents.map((one) => one.litter)));
  return true;
}
function favourite(store, id) {
  const one = find(store, id);
  if (one?.state === "whole") store.send({ kind: "favourite", id, on: !one.favourite });
}
function breed(store) {
  const values = Object.fromEntries(
    ["one", "two", "share", "weight", "other_prompt", "seed"].map((name) => [name, store.get(name)])
  );
  store.send({ kind: "breed", ...values });
}
function able(store) {
  const { state } = store.get("status");
  const whole = find(store, store.get("one"))?.state === "whole";
  return store.get("alive") && whole && state !== "drawing" && state !== "working";
}
function mixes(store) {
  if (store.get("other_prompt").trim()) return true;
  const [one, two] = [find(store, store.get("one")), find(store, store.get("two"))];
  return !!one && !!two && JSON.stringify(one.said) !== JSON.stringify(two.said);
}

// src/shared/canvas.ts
function canvas(width, height) {
  const made = document.createElement("canvas");
  made.width = width;
  made.height = height;
  return made;
}
function pen(target, often = false) {
  const context = target.getContext("2d", often ? { willReadFrequently: true } : {});
  context.imageSmoothingEnabled = false;
  return context;
}
function hatching(width, height, gap, thick, look) {
  const made = canvas(width, height);
  const context = pen(made);
  context.fillStyle = look.paper;
  context.fillRect(0, 0, width, height);
  context.strokeStyle = look.line;
  context.lineWidth = thick;
  context.beginPath();
  for (let x = gap / 2; x < width + height; x += gap) {
    context.moveTo(x + 1, -1);
    context.lineTo(x - height - 1, height + 1);
  }
  context.stroke();
  return made;
}
function rgbImage(pixels, width, height) {
  const image = new ImageData(width, height);
  for (let from = 0, to = 0; to < image.data.length; from += 3, to += 4) {
    image.data[to] = pixels[from];
    image.data[to + 1] = pixels[from + 1];
    image.data[to + 2] = pixels[from + 2];
    image.data[to + 3] = 255;
  }
  return image;
}

// src/shared/plate.ts
function lookOf(root) {
  const style = getComputedStyle(root);
  const value = (name) => style.getPropertyValue(`--dx-${name}`).trim();
  return {
    paper: value("hatch-paper"),
    line: value("hatch-line"),
    accent: value("accent"),
    ink: value("ink"),
    veil: value("veil")
  };
}

// src/breeder/print.ts
var TINTS = ["#1f1c18", "#a8381c"];
var Print = class {
  /** `tells`: whether it can be shown what a child kept. */
  constructor(store, pictures, root, name, tells = false) {
    this.store = store;
    this.pictures = pictures;
    this.root = root;
    this.tells = tells;
    this.canvas.className = name;
    this.canvas.setAttribute("aria-hidden", "true");
  }
  store;
  pictures;
  root;
  tells;
  canvas = document.createElement("canvas");
  id = "";
  /** Show a picture, so many CSS pixels wide. */
  show(id, wide) {
    this.id = id;
    const { rows, columns } = this.store.get("geometry");
    const side = Math.max(1, Math.round(wide * devicePixelRatio));
    const high = Math.round(side * rows / columns);
    if (this.canvas.width !== side || this.canvas.height !== high) [this.canvas.width, this.canvas.height] = [side, high];
    this.canvas.style.width = `${wide}px`;
    this.canvas.style.height = `${wide * rows / columns}px`;
    this.paint();
  }
  paint() {
    const { canvas: canvas2 } = this;
    const pen2 = canvas2.getContext("2d");
    const one = find(this.store, this.id);
    const whole = this.pictures.get(this.id);
    pen2.imageSmoothingQuality = "high";
    canvas2.dataset.is = whole ? "whole" : one ? "growing" : "vacant";
    if (whole) pen2.drawImage(whole, 0, 0, canvas2.width, canvas2.height);
    else this.unfinished(pen2, one);
    if (one && whole && this.tells && this.store.get("origins")) this.origins(pen2, one);
  }
  unfinished(pen2, one) {
    const { width, height } = this.canvas;
    const look = lookOf(this.root);
    pen2.drawImage(hatching(width, height, Math.max(6, width / 14), Math.max(1, Math.round(devicePixelRatio)), look), 0, 0);
    if (!one) return;
    const parents = one.parents.map((id) => this.pictures.get(id));
    this.patches(one, (x, y, wide, high, from) => {
      const parent = parents[from - 1];
      if (from && parent) this.cut(pen2, parent, x, y, wide, high);
    });
    this.grown(pen2, one);
  }
  /** What is drawn by now: whole rows, and the beginning of the next. */
  grown(pen2, one) {
    const reel = this.pictures.reel(one.id);
    if (!reel) return;
    const { columns } = this.store.get("geometry");
    const row = Math.floor(reel.step / columns);
    const { width } = this.canvas;
    const patch = width / columns;
    this.cut(pen2, reel.canvas, 0, 0, width, row * patch);
    this.cut(pen2, reel.canvas, 0, row * patch, reel.step % columns * patch, patch);
  }
  /** Copy a part of a picture to where it belongs. */
  cut(pen2, from, x, y, wide, high) {
    if (wide < 1 || high < 1) return;
    const scale = from.width / this.canvas.width;
    pen2.drawImage(from, x * scale, y * scale, wide * scale, high * scale, x, y, wide, high);
  }
  /** A tint for what was kept, of another colour for each parent; what was drawn anew is as it is. */
  origins(pen2, one) {
    pen2.globalAlpha = 0.6;
    this.patches(one, (x, y, wide, high, from) => {
      if (!from) return;
      pen2.fillStyle = TINTS[from - 1];
      pen2.fillRect(x, y, wide, high);
    });
    pen2.globalAlpha = 1;
  }
  patches(one, visit) {
    const { rows, columns } = this.store.get("geometry");
    const edge = (place, count2, size) => Math.round(place * size / count2);
    [...one.kept].forEach((digit, i) => {
      const [row, column] = [Math.floor(i / columns), i % columns];
      const [x, y] = [edge(column, columns, this.canvas.width), edge(row, rows, this.canvas.height)];
      const right = edge(column + 1, columns, this.canvas.width);
      const bottom = edge(row + 1, rows, this.canvas.height);
      visit(x, y, right - x, bottom - y, Number(digit));
    });
  }
};

// src/breeder/children.ts
var Children = class {
  constructor(store, pictures, root) {
    this.store = store;
    this.pictures = pictures;
    this.root = root;
    this.element = h(
      "section",
      { class: "dx-children", "aria-label": "children" },
      h("div", { class: "dx-children-head" }, this.title, this.words),
      this.board
    );
    store.on(["kin", "litters", "litter"], () => this.build());
    store.on(["one", "two", "chosen", "alive"], () => this.mark());
    store.on(["origins"], () => this.tiles.forEach(({ print }) => print.paint()));
    pictures.on((id) => this.tiles.forEach((tile) => {
      if (tile.id === id || find(store, tile.id)?.parents.includes(id)) tile.print.paint();
    }));
  }
  store;
  pictures;
  root;
  element;
  title = h("h3", {});
  words = h("p", { class: "dx-words-of" });
  board = h("div", { class: "dx-litter", role: "group" });
  tiles = [];
  wide = 160;
  across = 4;
  /** Fit into a width, and draw everything. */
  show(room, across, gap, most) {
    this.across = across;
    this.wide = Math.min(most, Math.floor((room - (across - 1) * gap) / across));
    this.board.style.gridTemplateColumns = `repeat(${across}, ${this.wide}px)`;
    this.build();
  }
  /** The picture whose tile holds an element; "" where none does. */
  idOf(element) {
    return this.tiles.find((tile) => tile.element.contains(element))?.id ?? "";
  }
  focus(id) {
    this.tiles.find((tile) => tile.id === id)?.pick.focus();
  }
  /** The neighbour of a tile; the same at the edge. */
  beside(id, right, down) {
    const there = this.tiles.filter((tile) => tile.id).map((tile) => tile.id);
    const at = there.indexOf(id);
    const column = at % this.across + right;
    const next = at + right + down * this.across;
    return at < 0 || column < 0 || column >= this.across ? id : there[next] ?? id;
  }
  build() {
    const ids = children(this.store);
    const count2 = Math.max(ids.length, CHILDREN);
    while (this.tiles.length < count2) this.tiles.push(this.tile());
    this.tiles.length = count2;
    arrange(this.board, this.tiles.map(({ element }) => element));
    this.tiles.forEach((tile, i) => this.fill(tile, ids[i] ?? ""));
    const litter = shown(this.store);
    const number = litter ? this.store.get("litters").indexOf(litter) + 1 : 0;
    text(this.title, litter ? `Litter ${number}` : ids.length ? "To begin with" : "No children yet");
    text(this.words, litter ? litter.words : ids.length ? "Click one to make it a parent." : "Press Breed: eight children keep what the slider leaves of their parents.");
    this.board.setAttribute("aria-label", litter ? `litter ${number}` : "pictures to begin with");
    this.mark();
  }
  tile() {
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
    const made = { element: h("figure", { class: "dx-figure dx-child" }, pick, line), pick, print, foot, second, heart, id: "" };
    return made;
  }
  fill(tile, id) {
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
  mark() {
    const [one, two, chosen] = [this.store.get("one"), this.store.get("two"), this.store.get("chosen")];
    const there = this.tiles.some(({ id }) => id && id === chosen);
    this.tiles.forEach((tile, i) => {
      const kin = find(this.store, tile.id);
      const is = (id) => !!tile.id && tile.id === id;
      tile.element.classList.toggle("dx-is-one", is(one));
      tile.element.classList.toggle("dx-is-two", is(two));
      tile.element.classList.toggle("dx-is-chosen", is(chosen));
      tile.pick.setAttribute("aria-pressed", String(is(one)));
      tile.second.setAttribute("aria-pressed", String(is(two)));
      tile.heart.setAttribute("aria-pressed", String(!!kin?.favourite));
      tile.heart.disabled = !this.store.get("alive");
      tile.heart.hidden = !this.store.get("alive") && !kin?.favourite;
      tile.pick.tabIndex = (there ? is(chosen) : i === 0) ? 0 : -1;
    });
  }
};

// src/shared/grid.ts
var ARROWS = {
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0]
};

// src/breeder/keymap.ts
function keymap(store, parts, idOf) {
  return (event) => {
    const { key } = event;
    const target = event.target;
    const node = target.closest(".dx-node");
    const id = node?.dataset.id ?? idOf(target);
    if (key in ARROWS && id) {
      const [down, right] = ARROWS[key];
      if (node) parts.tree.step(id, right, down);
      else parts.children.focus(parts.children.beside(id, right, down));
      return true;
    }
    const hand = id || store.get("chosen");
    if (key === "1" || key === "2") return choose(store, hand, key === "2"), true;
    if (key === "h") return favourite(store, hand), true;
    if (key === "b") return able(store) && breed(store), true;
    if (key === "u") return back(store);
    if (key === "f") return parts.full(), true;
    return false;
  };
}

// src/shared/copy.ts
var CopyPython = class {
  button;
  code = h("textarea", { class: "dx-plain dx-python", readonly: true, rows: 4, "aria-label": "Python of this view", hidden: true });
  said = h("span", { class: "dx-hint", role: "status" });
  constructor(store) {
    this.button = button("Copy as Python", () => store.send({ kind: "python" }), { icon: icon("copy"), quiet: true });
    store.onMessage((message) => {
      if (message.kind === "python") this.take(String(message.code));
    });
  }
  take(code) {
    this.code.hidden = false;
    this.code.value = code;
    const told = (words) => text(this.said, words);
    if (!navigator.clipboard) return told("Select it and copy.");
    navigator.clipboard.writeText(code).then(() => told("Copied."), () => told("Select it and copy."));
  }
};

// src/shared/kernel.ts
var NEEDS_KERNEL = "This needs a running kernel: open the notebook and run the cell.";

// src/breeder/more.ts
var SEEDS = 2n ** 63n;
var TYPED_AFTER_MS = 150;
var KEYS = "Keys: arrows move, Enter makes a picture the first parent, 2 the second, h marks a favourite, b breeds, u goes back, f fills the screen.";
var More = class {
  constructor(store, projector2) {
    this.store = store;
    const id = unique("more");
    const copy = new CopyPython(store);
    this.toggle = button("More", () => this.open(this.element.hidden === true), { icon: icon("more"), quiet: true });
    this.toggle.setAttribute("aria-controls", id);
    this.mix = h("input", { type: "text", maxlength: 2e3, spellcheck: "false", placeholder: "nothing" });
    this.seed = h("input", { type: "text", inputmode: "numeric", maxlength: 19 });
    this.origins = button("What each kept", () => store.set("origins", !store.get("origins")), { icon: icon("region"), quiet: true });
    this.rank = button("Rank by CLIP", () => store.send({ kind: "rank", litter: store.get("litter") }), { icon: icon("differ"), quiet: true, title: "for the sentences of this litter, by their weights" });
    this.again = button("Draw again exactly", () => store.send({ kind: "redraw", id: store.get("chosen") }), { icon: icon("same"), quiet: true, title: "the picture in hand, from its recipe and seed" });
    const keep = button("Keep", () => store.send({ kind: "keep" }), { icon: icon("keep"), quiet: true, title: "write the tree with its caption into the notebook" });
    this.needs.push(this.mix, this.seed, this.rank, this.again, keep, copy.button);
    this.legend = h(
      "p",
      { class: "dx-meaning dx-origins", hidden: true },
      h("span", { class: "dx-key-one" }, "kept from the first parent"),
      h("span", { class: "dx-key-two" }, "kept from the second"),
      h("span", {}, "as it is: drawn anew")
    );
    this.element = h(
      "div",
      { class: "dx-more", id, hidden: true },
      h("div", { class: "dx-fields" }, this.field("mix in another sentence", this.mix, "dx-field-wide"), this.field("seed of the next litter", this.seed, "dx-field-long")),
      this.hint,
      h("div", { class: "dx-actions" }, this.origins, this.rank, this.again, copy.button, keep, button("Full screen", projector2, { icon: icon("full"), quiet: true })),
      this.legend,
      this.sentence,
      copy.code,
      copy.said,
      h("p", { class: "dx-hint dx-needs" }, KEYS)
    );
    this.listen();
    store.on(["other_prompt", "seed", "alive", "litter", "litters", "chosen", "kin", "status", "origins"], () => this.follow());
    this.open(false);
    this.follow();
  }
  store;
  toggle;
  element;
  needs = [];
  mix;
  seed;
  hint = h("p", { class: "dx-hint dx-needs", "aria-live": "polite" });
  sentence = h("p", { class: "dx-hint dx-needs" }, NEEDS_KERNEL);
  rank;
  again;
  origins;
  legend;
  number = 0;
  timer;
  open(open) {
    this.element.hidden = !open;
    this.toggle.setAttribute("aria-expanded", String(open));
  }
  field(name, input, kind) {
    return h("label", { class: `dx-field ${kind}` }, h("span", {}, name), input);
  }
  listen() {
    const { store } = this;
    this.mix.addEventListener("input", () => {
      store.set("other_prompt", this.mix.value);
      this.typed();
    });
    this.seed.addEventListener("change", () => {
      const digits = /^\s*\d{1,19}\s*$/.test(this.seed.value) ? BigInt(this.seed.value) : null;
      if (digits !== null && digits < SEEDS) store.set("seed", String(digits));
      else store.set("notice", "A seed is a whole number of at most 63 bits: it stays as it was.");
      this.follow();
    });
    store.onMessage((message) => {
      if (message.kind === "words" && message.number === this.number) this.words(message);
    });
  }
  typed() {
    clearTimeout(this.timer);
    clear(this.hint);
    const number = ++this.number;
    if (!this.mix.value.trim()) return;
    this.timer = setTimeout(() => this.store.send({ kind: "typed", prompt: this.mix.value, number }), TYPED_AFTER_MS);
  }
  words(message) {
    const told = (message.words ?? []).slice(0, 3).map((one) => `“${one.word}”${one.near.length ? ` (near: ${one.near.slice(0, 3).join(", ")})` : ""}`);
    clear(this.hint, told.length ? `Not in its world: ${told.join("; ")}.` : null);
  }
  follow() {
    const { store } = this;
    const alive = store.get("alive");
    const busy = ["drawing", "working"].includes(store.get("status").state);
    if (this.mix.value !== store.get("other_prompt")) this.mix.value = store.get("other_prompt");
    if (document.activeElement !== this.seed) this.seed.value = store.get("seed");
    this.sentence.hidden = alive;
    for (const one of this.needs) one.disabled = !alive;
    this.rank.disabled ||= busy || !shown(store);
    this.again.disabled ||= busy || find(store, store.get("chosen"))?.state !== "whole";
    this.origins.setAttribute("aria-pressed", String(store.get("origins")));
    this.legend.hidden = !store.get("origins");
  }
};

// src/breeder/parents.ts
var Slot = class {
  constructor(store, pictures, root, which) {
    this.store = store;
    this.which = which;
    this.print = new Print(store, pictures, root, "dx-plate dx-print");
    this.pick = h("button", { type: "button", class: "dx-take" }, this.print.canvas);
    this.pick.addEventListener("click", () => go(store, store.get(which)));
    this.empty = h("p", { class: "dx-empty-slot" }, "");
    if (which === "two") {
      this.drop = button("let the second parent go", () => store.set("two", ""), { icon: icon("close"), bare: true });
      this.drop.classList.add("dx-small");
    }
    const name = which === "one" ? "First parent" : "Second parent";
    this.element = h(
      "figure",
      { class: `dx-figure dx-slot dx-slot-${which}` },
      h("figcaption", { class: "dx-slot-name" }, name),
      this.pick,
      this.empty,
      h("div", { class: "dx-line" }, this.foot, this.drop)
    );
  }
  store;
  which;
  element;
  print;
  pick;
  foot = h("span", { class: "dx-foot dx-grow" });
  drop = null;
  empty;
  show(wide) {
    const id = this.store.get(this.which);
    const one = find(this.store, id);
    this.pick.hidden = !one;
    this.empty.hidden = !!one;
    this.empty.style.width = this.empty.style.height = `${wide}px`;
    this.element.style.width = `${wide}px`;
    if (this.drop) this.drop.style.visibility = one ? "visible" : "hidden";
    const lone = this.store.get("litters").length ? "None. Press 2nd under a picture to have two." : "None: one parent is enough.";
    text(this.empty, this.which === "one" ? "No parent yet." : lone);
    text(this.foot, one ? `seed ${one.seed}` : "");
    if (!one) return;
    this.pick.setAttribute("aria-label", `${this.which === "one" ? "first" : "second"} parent, ${one.alt} Go back to it.`);
    this.pick.title = `Go back to seed ${one.seed}`;
    this.print.show(id, wide);
  }
  paint(id) {
    if (this.store.get(this.which) === id) this.print.paint();
  }
};
var Parents = class {
  element;
  slots;
  constructor(store, pictures, root) {
    this.slots = [new Slot(store, pictures, root, "one"), new Slot(store, pictures, root, "two")];
    this.element = h("div", { class: "dx-parents" }, this.slots[0].element, h("span", { class: "dx-times", "aria-hidden": "true" }, "×"), this.slots[1].element);
    pictures.on((id) => this.slots.forEach((slot) => slot.paint(id)));
  }
  show(wide) {
    for (const slot of this.slots) slot.show(wide);
  }
};
var Hand = class {
  constructor(store) {
    this.store = store;
    this.heart = button("Favourite", () => favourite(store, store.get("chosen")), { icon: icon("heart"), quiet: true });
    this.heart.classList.add("dx-heart");
    this.element = h("div", { class: "dx-hand", role: "group", "aria-label": "picture in hand" }, this.words, this.heart);
    store.on(["chosen", "kin", "alive"], () => this.follow());
    this.follow();
  }
  store;
  element;
  words = h("p", { class: "dx-hand-words" });
  heart;
  follow() {
    const one = find(this.store, this.store.get("chosen"));
    const whole = one?.state === "whole";
    this.element.classList.toggle("dx-off", !whole);
    clear(this.words, ...whole ? [h("b", {}, `seed ${one.seed}`), ` ${one.caption}`] : [" "]);
    this.heart.setAttribute("aria-pressed", String(!!one?.favourite));
    this.heart.hidden = !this.store.get("alive");
  }
};

// src/shared/buffers.ts
function bytes(view) {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}
async function inflate(view) {
  const stream = new Blob([bytes(view)]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
async function picture(view) {
  const kind = view.byteLength > 0 && view.getUint8(0) === 137 ? "image/png" : "image/webp";
  return createImageBitmap(new Blob([bytes(view)], { type: kind }), {
    colorSpaceConversion: "none",
    premultiplyAlpha: "none"
  });
}

// src/decode_player/live.ts
var LiveReel = class {
  canvas;
  step = 0;
  // the newest one here
  pen;
  strips = [];
  at = 0;
  painted = 0;
  // strips on the canvas
  constructor(geometry) {
    this.canvas = canvas(geometry.columns * geometry.patch, geometry.rows * geometry.patch);
    this.pen = pen(this.canvas);
  }
  add(strip) {
    this.strips.push(strip);
    this.step = Math.max(this.step, strip.step);
  }
  paint(step) {
    if (step < this.at) {
      this.pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
      this.painted = 0;
    }
    while (this.painted < this.strips.length && this.strips[this.painted].step <= step) {
      const { image, top } = this.strips[this.painted++];
      this.pen.putImageData(image, 0, top);
    }
    this.at = step;
    return this.painted > 0;
  }
};
async function strips(message, buffer, width) {
  const { ids, step, top, height } = message;
  const packed = buffer.byteLength === ids.length * height * width * 3;
  const pixels = packed ? bytes(buffer) : await inflate(buffer);
  const size = height * width * 3;
  const out = /* @__PURE__ */ new Map();
  ids.forEach((id, i) => {
    const part = pixels.subarray(i * size, (i + 1) * size);
    out.set(id, { step, top, image: rgbImage(part, width, height) });
  });
  return out;
}

// src/breeder/pictures.ts
var Pictures = class {
  constructor(store) {
    this.store = store;
    store.onMessage((message, buffers) => {
      if (message.kind === "pictures") message.ids.forEach((id, i) => void this.take(id, buffers[i]));
      if (message.kind === "live") void this.live(message, buffers[0]);
    });
    store.on(["kin"], () => this.ask());
    for (const [id, view] of Object.entries(store.get("embedded"))) void this.take(id, view);
  }
  store;
  there = /* @__PURE__ */ new Map();
  reels = /* @__PURE__ */ new Map();
  asked = /* @__PURE__ */ new Set();
  listeners = [];
  /** Ask for what is finished and not here yet. */
  ask() {
    const kin = this.store.get("kin");
    const lacking = kin.filter(({ id, state }) => state === "whole" && !this.there.has(id) && !this.asked.has(id));
    if (!lacking.length || !this.store.get("alive")) return;
    for (const { id } of lacking) this.asked.add(id);
    this.store.send({ kind: "pictures", ids: lacking.map(({ id }) => id) });
  }
  get(id) {
    return this.there.get(id);
  }
  reel(id) {
    return this.reels.get(id);
  }
  /** Be told whenever a picture has changed. */
  on(listener) {
    this.listeners.push(listener);
  }
  async take(id, view) {
    if (!view || !view.byteLength) return;
    this.there.set(id, await picture(view));
    this.reels.delete(id);
    this.tell(id);
  }
  async live(message, buffer) {
    const geometry = this.store.get("geometry");
    const found = await strips(message, buffer, geometry.columns * geometry.patch);
    for (const [id, strip] of found) {
      if (this.there.has(id)) continue;
      const reel = this.reels.get(id) ?? new LiveReel(geometry);
      this.reels.set(id, reel);
      reel.add(strip);
      reel.paint(strip.step);
      this.tell(id);
    }
  }
  tell(id) {
    for (const listener of this.listeners) listener(id);
  }
};

// src/breeder/sliders.ts
var FEW = 34;
var Slider = class {
  constructor(store, name, said2) {
    this.name = name;
    const id = unique(name);
    this.input = h("input", { type: "range", id, min: 0, max: 100, step: 5 });
    this.value.htmlFor.add(id);
    this.element = h(
      "div",
      { class: "dx-dial" },
      h("div", { class: "dx-dial-head" }, h("label", { for: id }, said2), this.value),
      this.input,
      h("div", { class: "dx-dial-ends", "aria-hidden": "true" }, ...this.ends)
    );
    this.input.addEventListener("input", () => store.set(this.name, Number(this.input.value) / 100));
  }
  name;
  element;
  input;
  value = h("output", { class: "dx-number" });
  ends = [h("span", {}), h("span", {})];
  show(share, told, ends) {
    const value = String(Math.round(100 * share));
    if (this.input.value !== value) this.input.value = value;
    this.input.setAttribute("aria-valuetext", told);
    text(this.value, told);
    ends.forEach((end, i) => text(this.ends[i], end));
  }
};
var Sliders = class {
  constructor(store, more) {
    this.store = store;
    this.far = new Slider(store, "share", "How far");
    this.mix = new Slider(store, "weight", "Whose words");
    this.go = button("Breed", () => breed(store));
    this.go.classList.add("dx-breed");
    this.undo = button("Back", () => void back(store), { icon: icon("undo"), quiet: true, title: "one step back; nothing is lost" });
    this.element = h(
      "div",
      { class: "dx-dials" },
      this.still,
      this.far.element,
      this.mix.element,
      h("div", { class: "dx-go" }, this.go, this.undo, more)
    );
    store.on(["share", "weight", "one", "two", "kin", "litter", "litters", "other_prompt", "alive", "status", "geometry"], () => this.follow());
    this.follow();
  }
  store;
  element;
  far;
  mix;
  go;
  undo;
  still = h("p", { class: "dx-hint dx-still" }, "This family is shown as it was bred: go back to anybody in its tree. Breeding on needs a running kernel.");
  follow() {
    const { store } = this;
    const { rows, columns } = store.get("geometry");
    const anew = Math.round(store.get("share") * rows * columns);
    this.far.show(store.get("share"), `${anew} of ${rows * columns} patches anew`, ["like the parents", "all anew"]);
    const alive = store.get("alive");
    this.still.hidden = alive;
    this.far.element.hidden = this.go.hidden = !alive;
    this.mix.element.hidden = !alive || !mixes(store);
    const weight = Math.round(100 * store.get("weight"));
    this.mix.show(store.get("weight"), `${100 - weight} : ${weight}`, this.sentences());
    this.go.disabled = !able(store);
    const busy = store.get("status").state === "drawing";
    text(this.go.querySelector("span"), busy ? "Breeding" : "Breed eight");
    this.undo.hidden = !store.get("litters").length;
    this.undo.disabled = !shown(store);
  }
  sentences() {
    const { store } = this;
    const other = store.get("other_prompt").trim();
    return [said(find(store, store.get("one"))), other ? short(other) : said(find(store, store.get("two")))];
  }
};
function said(one) {
  if (!one) return "";
  return one.said.length > 1 ? `a mixture of ${one.said.length}` : short(one.said[0][0]);
}
function short(sentence) {
  return sentence.length > FEW ? `${sentence.slice(0, FEW - 1).trimEnd()}…` : sentence;
}

// src/breeder/start.ts
var Start = class {
  constructor(store) {
    this.store = store;
    this.one = this.line("prompt", "What shall the first parent be?");
    this.two = this.line("other_prompt", "and the second, if there shall be one");
    this.go = button("Draw", () => this.draw());
    this.go.classList.add("dx-draw");
    this.element = h("div", { class: "dx-start" }, this.one, this.two, this.go);
    store.on(["prompt", "other_prompt", "kin", "alive", "status"], () => this.follow());
    this.follow();
  }
  store;
  element;
  one;
  two;
  go;
  line(name, placeholder) {
    const label = name === "prompt" ? "first sentence" : "second sentence";
    const input = h("input", { type: "text", class: "dx-sentence-line", maxlength: 2e3, placeholder, "aria-label": label, spellcheck: "false", autocomplete: "off" });
    input.addEventListener("input", () => this.store.set(name, input.value));
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.isComposing && !this.go.disabled) this.draw();
    });
    return input;
  }
  draw() {
    const { store } = this;
    store.send({ kind: "found", prompt: store.get("prompt"), other_prompt: store.get("other_prompt"), seed: store.get("seed") });
  }
  follow() {
    const { store } = this;
    this.element.hidden = store.get("kin").length > 0;
    for (const [input, name] of [[this.one, "prompt"], [this.two, "other_prompt"]]) {
      if (input.value !== store.get(name)) input.value = store.get(name);
      input.readOnly = !store.get("alive");
    }
    const busy = store.get("status").state === "drawing";
    this.go.disabled = !store.get("alive") || busy || !store.get("prompt").trim();
    this.go.title = store.get("alive") ? "" : NEEDS_KERNEL;
    text(this.go.querySelector("span"), busy ? "Drawing" : "Draw");
  }
};

// src/breeder/layout.ts
function layout(kin, look) {
  const rows = rowsOf(kin, look.across);
  const rowOf = new Map(rows.flatMap((row, r) => row.map((one) => [one.id, r])));
  const links = linksOf(rows, rowOf);
  const far = links.filter(({ row, from }) => from < row - 1);
  const gutters = lanes(far);
  const left = far.length ? (1 + Math.max(...gutters)) * look.lane + look.lane : 0;
  const leaving = rows.map((_, r) => far.filter(({ from }) => from === r));
  const tops = [];
  let y = 0;
  rows.forEach((_, r) => {
    tops.push(y);
    y += look.side + look.air + leaving[r].length * look.lane;
  });
  const spots = rows.flatMap((row, r) => row.map((one, column) => ({
    id: one.id,
    row: r,
    column,
    x: left + column * (look.side + look.gap),
    y: tops[r]
  })));
  const at = new Map(spots.map((spot) => [spot.id, spot]));
  const lines = links.map((link) => {
    const spot = at.get(link.parent);
    const comb2 = tops[link.row] - look.air / 2 + 1;
    const x = spot.x + look.side / 2 + (link.second ? 3 : 0);
    const foot = spot.y + look.side;
    const last = rows[link.row].length - 1;
    const right = left + last * (look.side + look.gap) + look.side / 2;
    if (link.from === link.row - 1) {
      return { d: `M${x} ${foot}V${comb2}${x > right ? `H${right}` : ""}`, second: link.second, to: link.litter };
    }
    const out = foot + look.air / 2 - 3 + look.lane * (leaving[link.from].indexOf(link) + 0.5) - (leaving[link.from].length ? look.air / 4 : 0);
    const around = left - look.lane * (1 + gutters[far.indexOf(link)]);
    return { d: `M${x} ${foot}V${out}H${around}V${comb2}H${left + look.side / 2}`, second: link.second, to: link.litter };
  });
  const combs = rows.flatMap((row, r) => row[0].litter === FOUNDERS ? [] : [comb(row, r)]);
  function comb(row, r) {
    const y2 = tops[r] - look.air / 2 + 1;
    const middle = (one) => at.get(one.id).x + look.side / 2;
    const teeth = row.map((one) => `M${middle(one)} ${y2}V${tops[r]}`).join("");
    return { d: `M${middle(row[0])} ${y2}H${middle(row[row.length - 1])}${teeth}`, second: false, to: row[0].litter };
  }
  const widest = Math.max(0, ...rows.map((row) => row.length));
  return { spots, lines: [...combs, ...lines], left, width: Math.max(0, left + widest * (look.side + look.gap) - look.gap), height: Math.max(0, y - look.air) };
}
function rowsOf(kin, across) {
  const founders = kin.filter(({ litter }) => litter === FOUNDERS);
  const rows = [];
  for (let i = 0; i < founders.length; i += across) rows.push(founders.slice(i, i + across));
  const litters = /* @__PURE__ */ new Map();
  for (const one of kin) {
    if (one.litter !== FOUNDERS) litters.set(one.litter, [...litters.get(one.litter) ?? [], one]);
  }
  return [...rows, ...litters.values()];
}
function linksOf(rows, rowOf) {
  return rows.flatMap((row, r) => row[0].parents.flatMap((parent, i) => {
    const from = rowOf.get(parent);
    return from === void 0 ? [] : [{ parent, litter: row[0].litter, row: r, from, second: i > 0 }];
  }));
}
function lanes(links) {
  const found = [];
  links.forEach((link, i) => {
    const meets = (j) => links[j].from < link.row && link.from < links[j].row;
    const taken = new Set(links.slice(0, i).flatMap((_, j) => meets(j) ? [found[j]] : []));
    let lane = 0;
    while (taken.has(lane)) lane++;
    found.push(lane);
  });
  return found;
}

// src/breeder/tree.ts
var SMALLEST = 24;
var LARGEST = 44;
var Tree = class {
  constructor(store, pictures, root) {
    this.store = store;
    this.pictures = pictures;
    this.root = root;
    this.element = h(
      "section",
      { class: "dx-family", "aria-label": "family tree" },
      this.heading,
      h("div", { class: "dx-scroll" }, this.board),
      this.place
    );
    store.on(["kin", "geometry"], () => this.build());
    store.on(["one", "two", "chosen", "litter"], () => this.mark());
    store.on(["place"], () => text(this.place, store.get("place")));
    pictures.on((id) => this.nodes.get(id)?.print.paint());
    text(this.place, store.get("place"));
    this.build();
  }
  store;
  pictures;
  root;
  element;
  heading = h("h3", {}, "Family tree");
  place = h("p", { class: "dx-hint dx-place" });
  board = h("div", { class: "dx-board" });
  nodes = /* @__PURE__ */ new Map();
  look = { side: 31, gap: 5, across: 8, air: 24, lane: 6 };
  found = { spots: [], lines: [], left: 0, width: 0, height: 0 };
  /** Fit into a width, and draw everything again: other colours, or another density of pixels. */
  show(room) {
    const { gap, across, lane } = this.look;
    const spare = layout(this.store.get("kin"), this.look).left + (across - 1) * gap + 2 * lane;
    const side = Math.floor((room - spare) / across);
    this.look = { ...this.look, side: Math.min(LARGEST, Math.max(SMALLEST, side)) };
    this.build();
  }
  /** Go to a neighbour with an arrow key: in the row, or to the nearest of the next row. */
  step(id, right, down) {
    const { spots } = this.found;
    const from = spots.find((spot) => spot.id === id);
    if (!from) return;
    const row = spots.filter((spot) => spot.row === from.row + down);
    const near = (spot) => Math.abs(spot.column - (from.column + right));
    const [next] = row.filter((spot) => down || near(spot) === 0).sort((a, b) => near(a) - near(b));
    if (next) this.nodes.get(next.id)?.pick.focus();
  }
  build() {
    const kin = this.store.get("kin");
    this.found = layout(kin, this.look);
    const kept = this.nodes;
    this.nodes = new Map(kin.map(({ id }) => [id, kept.get(id) ?? this.node(id)]));
    this.board.style.width = `${this.found.width + 4}px`;
    this.board.style.height = `${this.found.height + 4}px`;
    for (const { id, x, y } of this.found.spots) {
      const { pick, print } = this.nodes.get(id);
      pick.style.left = `${x + 2}px`;
      pick.style.top = `${y + 2}px`;
      print.show(id, this.look.side);
    }
    arrange(this.board, [this.paths(), ...this.found.spots.map(({ id }) => this.nodes.get(id).pick)]);
    this.element.hidden = this.store.get("litters").length === 0 && kin.length <= 2;
    this.mark();
  }
  node(id) {
    const print = new Print(this.store, this.pictures, this.root, "dx-thumb");
    const pick = h("button", { type: "button", class: "dx-node", "data-id": id }, print.canvas);
    pick.addEventListener("click", () => go(this.store, id));
    return { pick, print };
  }
  mark() {
    const { store } = this;
    const [one, two, chosen] = [store.get("one"), store.get("two"), store.get("chosen")];
    const litters = store.get("litters");
    const named = (id) => `seed ${find(store, id)?.seed}`;
    for (const [id, { pick }] of this.nodes) {
      const kin = find(store, id);
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
      pick.tabIndex = id === chosen || !this.nodes.has(chosen) && id === this.found.spots[0]?.id ? 0 : -1;
    }
  }
  paths() {
    const { width, height, lines } = this.found;
    const size = { width: width + 4, height: height + 4, viewBox: `-2 -2 ${width + 4} ${height + 4}`, class: "dx-lines", "aria-hidden": "true" };
    return svg("svg", size, ...lines.map(({ d, second }) => svg("path", { d, class: second ? "dx-from-two" : null })));
  }
};

// src/shared/keys.ts
var TYPED = "textarea, select, input:not([type=range]):not([type=radio]):not([type=checkbox])";
function keys(root, handler, signal) {
  root.addEventListener("keydown", (event) => {
    const chord = event.ctrlKey || event.metaKey || event.altKey;
    if (!chord && event.key !== "Escape") event.stopPropagation();
    if (chord || event.defaultPrevented) return;
    const target = event.target;
    if (target.matches(TYPED) && event.key !== "Escape") return;
    const presses = target.matches("button, summary, a, input[type=radio], input[type=checkbox]");
    if (presses && (event.key === " " || event.key === "Enter")) return;
    if (handler(event)) event.preventDefault();
  }, { signal });
}

// src/shared/model.ts
var SAVE_AFTER_MS = 150;
var Store = class {
  constructor(model, synced, local, signal) {
    this.model = model;
    this.signal = signal;
    this.synced = new Set(synced);
    for (const [name, value] of Object.entries(local)) this.values.set(name, value);
    for (const name of synced) {
      this.values.set(name, model.get(name));
      this.hear(`change:${name}`, () => this.receive(name, model.get(name)));
    }
    signal.addEventListener("abort", () => this.save());
  }
  model;
  signal;
  values = /* @__PURE__ */ new Map();
  listeners = /* @__PURE__ */ new Map();
  sendListeners = [];
  lostListeners = [];
  unsaved = /* @__PURE__ */ new Set();
  timer;
  synced;
  get(name) {
    return this.values.get(name);
  }
  /** Set a value; `keep: true` keeps it from Python (a clock that follows a drawing). */
  set(name, value, keep = false) {
    if (same(this.values.get(name), value)) return;
    this.values.set(name, value);
    if (this.synced.has(name) && !keep) {
      this.unsaved.add(name);
      this.timer ??= setTimeout(() => this.save(), SAVE_AFTER_MS);
    }
    this.tell(name);
  }
  on(names, listener) {
    for (const name of names) {
      if (!this.listeners.has(name)) this.listeners.set(name, /* @__PURE__ */ new Set());
      this.listeners.get(name).add(listener);
    }
  }
  /** Custom messages of the Python half. */
  onMessage(listener) {
    this.hear("msg:custom", (message, buffers) => {
      if (message && typeof message.kind === "string") listener(message, buffers ?? []);
    });
  }
  /** What was set is saved first: an answer to the message may depend on it. */
  send(message, buffers = []) {
    if (this.signal.aborted) return;
    this.save();
    this.dare(() => this.model.send(message, void 0, buffers));
    for (const listener of this.sendListeners) listener(message.kind);
  }
  /** The kernel is gone for good: Jupyter refuses to send anything. */
  onLost(listener) {
    this.lostListeners.push(listener);
  }
  dare(act) {
    try {
      act();
    } catch {
      setTimeout(() => this.lostListeners.forEach((listener) => listener()));
    }
  }
  onSend(listener) {
    this.sendListeners.push(listener);
  }
  save() {
    clearTimeout(this.timer);
    this.timer = void 0;
    if (!this.unsaved.size) return;
    for (const name of this.unsaved) this.model.set(name, this.values.get(name));
    this.unsaved.clear();
    this.dare(() => this.model.save_changes());
  }
  receive(name, value) {
    if (this.unsaved.has(name) || same(this.values.get(name), value)) return;
    this.values.set(name, value);
    this.tell(name);
  }
  tell(name) {
    for (const listener of this.listeners.get(name) ?? []) listener();
  }
  hear(event, handler) {
    const guarded = (...args) => {
      if (!this.signal.aborted) handler(...args);
    };
    this.model.on(event, guarded);
    this.signal.addEventListener("abort", () => this.model.off(event, guarded));
  }
};
function same(a, b) {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || !a || !b) return false;
  let bytes2 = false;
  const text2 = (value) => JSON.stringify(value, (_, inner) => {
    bytes2 ||= inner instanceof DataView;
    return inner;
  });
  return text2(a) === text2(b) && !bytes2;
}

// src/shared/patience.ts
var WAIT_MS = 4e3;
var LATE = `No answer came. ${NEEDS_KERNEL}`;
var Patience = class {
  /** `asks` are the messages that somebody waits for; a change of `news` is an answer, too. */
  constructor(store, asks, news) {
    this.store = store;
    store.onSend((kind) => {
      if (!asks.includes(kind)) return;
      clearTimeout(this.timer);
      this.say("");
      this.timer = setTimeout(() => this.say(LATE), WAIT_MS);
    });
    store.onLost(() => this.say(NEEDS_KERNEL));
    const answered = () => {
      clearTimeout(this.timer);
      this.timer = void 0;
      if (store.get("notice") === LATE) this.say("");
    };
    store.onMessage(answered);
    store.on(news, answered);
    store.signal.addEventListener("abort", answered);
  }
  store;
  timer;
  say(sentence) {
    this.store.set("notice", sentence);
  }
};

// src/shared/projector.ts
function projector(root, changed, signal) {
  const set = (on) => {
    root.classList.toggle("dx-projector", on);
    changed();
  };
  document.addEventListener("fullscreenchange", () => {
    if (document.fullscreenElement === root) set(true);
    else if (root.classList.contains("dx-projector")) set(false);
  }, { signal });
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && root.classList.contains("dx-projector") && !document.fullscreenElement) set(false);
  }, { signal });
  return () => {
    if (root.classList.contains("dx-projector")) {
      if (document.fullscreenElement) void document.exitFullscreen();
      else set(false);
    } else if (root.requestFullscreen) {
      root.requestFullscreen().catch(() => set(true));
    } else set(true);
  };
}

// src/shared/format.ts
function seconds(value) {
  if (value < 1) return "less than a second left";
  if (value < 90) return `${Math.round(value)} s left`;
  return `${Math.round(value / 60)} min left`;
}

// src/shared/status.ts
var StatusLine = class {
  /** `unit`: what is counted, in the plural. */
  constructor(stop, unit = "patches") {
    this.unit = unit;
    this.stop = button("Stop", stop, { icon: icon("stop"), quiet: true });
    this.element = h("div", { class: "dx-status" }, this.bar, this.left, this.stop, this.said, this.wrong);
  }
  unit;
  element;
  bar = h("progress", { class: "dx-progress", max: 1, value: 0, "aria-label": "progress" });
  left = h("span", { class: "dx-left" });
  said = h("span", { class: "dx-sentence", role: "status" });
  wrong = h("span", { class: "dx-sentence dx-wrong", role: "alert" });
  stop;
  show(status, notice = "") {
    const busy = status.state === "drawing" || status.state === "working";
    const failed = status.state === "failed";
    this.bar.hidden = this.left.hidden = this.stop.hidden = !busy;
    if (busy) {
      this.bar.value = status.total > 0 ? status.done / status.total : 0;
      this.bar.setAttribute("aria-valuetext", `${status.done} of ${status.total} ${this.unit}`);
      text(this.left, status.left === null ? "" : seconds(status.left));
    }
    text(this.said, failed ? "" : notice || status.sentence);
    text(this.wrong, failed ? status.sentence : "");
  }
};

// src/shared/theme.ts
function pageIsDark(body) {
  const lab = body.dataset.jpThemeLight;
  if (lab !== void 0) return lab === "false";
  if (body.matches(".vscode-dark, .vscode-high-contrast:not(.vscode-high-contrast-light)")) return true;
  if (body.classList.contains("vscode-light")) return false;
  const root = document.documentElement;
  if (body.classList.contains("dark") || root.classList.contains("dark")) return true;
  if (body.classList.contains("light") || root.classList.contains("light")) return false;
  return null;
}
function followTheme(root, changed, signal) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const update = () => {
    const inside = root.closest(".dark, .light");
    const dark = pageIsDark(document.body) ?? (inside ? inside.classList.contains("dark") : system.matches);
    const name = dark ? "dark" : "light";
    if (root.dataset.theme === name) return;
    root.dataset.theme = name;
    changed();
  };
  const watch2 = new MutationObserver(update);
  const options = { attributes: true, attributeFilter: ["class", "data-jp-theme-light"] };
  watch2.observe(document.body, options);
  watch2.observe(document.documentElement, options);
  system.addEventListener("change", update, { signal });
  signal.addEventListener("abort", () => watch2.disconnect());
  update();
}

// src/breeder.ts
var NARROW = 620;
var WIDE = 980;
var TREE = 312;
var ASKS = ["breed", "found", "rank", "redraw", "favourite", "pictures", "python", "keep", "stop"];
var LOCAL = { notice: "", theme: "", origins: false };
function render({ model, el, signal }) {
  const end = new AbortController();
  signal?.addEventListener("abort", () => end.abort());
  const store = new Store(model, TRAITS, LOCAL, end.signal);
  const root = h("div", { class: "dx dx-breeder", role: "region", "aria-label": "breeder" });
  clear(el, root);
  build(root, store);
  store.send({ kind: "hello" });
  return () => end.abort();
}
function build(root, store) {
  const pictures = new Pictures(store);
  const parents = new Parents(store, pictures, root);
  const children2 = new Children(store, pictures, root);
  const tree = new Tree(store, pictures, root);
  const hand = new Hand(store);
  const start = new Start(store);
  let fit = () => {
  };
  const full = projector(root, () => fit(), store.signal);
  const more = new More(store, full);
  const sliders = new Sliders(store, more.toggle);
  const status = new StatusLine(() => store.send({ kind: "stop" }));
  const caption = h("p", { class: "dx-caption" });
  const top = h("div", { class: "dx-top" }, parents.element, sliders.element);
  const main = h("div", { class: "dx-main" }, top, status.element, more.element, children2.element, hand.element, caption);
  const body = h("div", { class: "dx-body" }, main, tree.element);
  root.append(start.element, body);
  const tell = () => status.show(store.get("status"), store.get("notice"));
  store.on(["status", "notice"], tell);
  store.on(["caption"], () => text(caption, store.get("caption")));
  new Patience(store, ASKS, ["status", "kin"]);
  tell();
  text(caption, store.get("caption"));
  fit = fitted(root, parents, children2, tree);
  store.on(["one", "two", "kin", "geometry"], () => fit());
  keys(root, keymap(store, { children: children2, tree, full }, (element) => children2.idOf(element)), store.signal);
  watch(root, fit, store.signal);
  pictures.ask();
}
function fitted(root, parents, children2, tree) {
  return () => {
    const style = getComputedStyle(root);
    const room = root.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    if (!(room > 0)) return;
    const big = root.classList.contains("dx-projector");
    const narrow = room < NARROW;
    const wide = room >= WIDE;
    root.classList.toggle("dx-narrow", narrow);
    root.classList.toggle("dx-wide", wide);
    const main = room - (wide ? TREE + 28 : 0);
    const gap = narrow ? 10 : 14;
    children2.show(main, narrow ? 2 : 4, gap, big ? 320 : 224);
    tree.show(wide ? TREE - 24 : room - 4);
    parents.show(narrow ? Math.floor((main - 30) / 2) : Math.min(big ? 300 : 184, Math.floor(main / 5)));
  };
}
function watch(root, fit, signal) {
  followTheme(root, fit, signal);
  let wide = 0;
  const size = new ResizeObserver(() => {
    if (root.clientWidth === wide) return;
    wide = root.clientWidth;
    fit();
  });
  size.observe(root);
  signal.addEventListener("abort", () => size.disconnect());
}
var breeder_default = { render };
export {
  breeder_default as default
};
