// src/shared/dom.ts
function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  assign(element, attributes);
  for (const child of children) if (child !== null) element.append(child);
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
function clear(element, ...children) {
  element.replaceChildren(...children.filter((child) => child !== null));
}
function arrange(element, children) {
  for (const old of [...element.childNodes]) if (!children.includes(old)) old.remove();
  children.forEach((child, i) => {
    if (element.children[i] !== child) element.insertBefore(child, element.children[i] ?? null);
  });
}
function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  assign(element, attributes);
  element.append(...children);
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

// src/prompt_grid/types.ts
var RANK = "#rank";
var SEED = "#seed";
var DRAWING_NEEDS_KERNEL = "Drawing needs a running kernel: open the notebook and run the cell. Everything else works here.";

// src/prompt_grid/choose.ts
var MANY = 64;
var Choose = class {
  constructor(store, shelf) {
    this.store = store;
    this.shelf = shelf;
    const labelled = (words, select) => h("div", { class: "dx-which-axis" }, h("label", { for: select.id }, words), select);
    this.element = h("div", { class: "dx-picks" }, labelled("Rows", this.rows), labelled("Columns", this.columns), labelled("Each cell", this.each));
    this.rows.addEventListener("change", () => this.swap("rows", this.rows.value));
    this.columns.addEventListener("change", () => this.swap("columns", this.columns.value));
    this.each.addEventListener("change", () => {
      store.set("picture", "");
      store.set("each", this.each.value);
    });
    store.on(["axes", "about"], () => this.build());
    store.on(["rows", "columns", "each"], () => this.follow());
    shelf.on(() => this.reseed());
    this.build();
  }
  store;
  shelf;
  element;
  rows = h("select", { id: unique("rows"), "aria-label": "rows" });
  columns = h("select", { id: unique("columns"), "aria-label": "columns" });
  each = h("select", { id: unique("each"), "aria-label": "each cell shows" });
  seeds = [];
  /** Rows become columns and columns rows. */
  turn() {
    const { store } = this;
    const [rows, columns] = [store.get("rows"), store.get("columns")];
    if (columns.startsWith("#")) return;
    store.set("rows", columns);
    store.set("columns", rows);
  }
  /** An axis that stood on the other side changes places with this one. */
  swap(side, name) {
    const other = side === "rows" ? "columns" : "rows";
    const before = this.store.get(side);
    if (name && this.store.get(other) === name) this.store.set(other, before.startsWith("#") ? "" : before);
    this.store.set(side, name);
  }
  build() {
    const axes = this.store.get("axes").map(({ name }) => h("option", { value: name }, name));
    const nothing = () => h("option", { value: "" }, "–");
    clear(this.rows, ...axes, nothing());
    const ranked = this.store.get("about").scorer !== "";
    clear(this.columns, ...axes.map((one) => one.cloneNode(true)), h("option", { value: RANK }, ranked ? "best first" : "one by one"), h("option", { value: SEED }, "seeds"), nothing());
    this.reseed(true);
  }
  reseed(always = false) {
    const seeds = this.shelf.seeds();
    if (!always && seeds.join() === this.seeds.join()) return;
    this.seeds = seeds;
    const ranked = this.store.get("about").scorer !== "";
    clear(this.each, h("option", { value: "" }, ranked ? "its best" : "its first"), ...seeds.slice(0, MANY).map((seed) => h("option", { value: seed }, `seed ${seed}`)));
    this.follow();
  }
  follow() {
    this.rows.value = this.store.get("rows");
    this.columns.value = this.store.get("columns");
    const each = this.store.get("each");
    if (each && ![...this.each.options].some(({ value }) => value === each)) this.each.append(h("option", { value: each }, `seed ${each}`));
    this.each.value = each;
    this.each.disabled = this.store.get("columns").startsWith("#");
  }
};

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

// src/shared/kernel.ts
var NEEDS_KERNEL = "This needs a running kernel: open the notebook and run the cell.";

// src/prompt_grid/opener.ts
var INSTRUMENTS = [
  ["DecodePlayer", "Watch it drawn", "play"],
  ["AttentionExplorer", "Look inside", "region"]
];
function opener(store, sample) {
  const code = h("textarea", { class: "dx-plain dx-python", readonly: true, rows: 3, "aria-label": "Python that opens this picture", hidden: true });
  const said = h("p", { class: "dx-hint dx-opened", role: "status" });
  const ask = (instrument) => {
    const one = sample();
    if (one) store.send({ kind: "open", instrument, cell: store.get("chosen"), seed: one.seed });
  };
  const buttons = INSTRUMENTS.map(([instrument, label, name]) => button(label, () => ask(instrument), { icon: icon(name), quiet: true, title: `open it in ${instrument}` }));
  store.onMessage((message) => {
    if (message.kind !== "opened") return;
    text(said, String(message.sentence ?? ""));
    code.value = String(message.code ?? "");
    code.hidden = !code.value;
  });
  store.on(["chosen", "picture"], () => {
    text(said, "");
    code.hidden = true;
  });
  const element = h("div", { class: "dx-open" }, h("div", { class: "dx-actions" }, ...buttons), said, code);
  store.on(["alive"], () => element.hidden = !store.get("alive"));
  element.hidden = !store.get("alive");
  return { element, buttons };
}

// src/shared/buffers.ts
function typed(view, kind) {
  const size = kind.BYTES_PER_ELEMENT;
  const length = Math.floor(view.byteLength / size);
  if (view.byteOffset % size === 0) {
    return new kind(view.buffer, view.byteOffset, length);
  }
  return new kind(bytes(view).slice().buffer, 0, length);
}
function bytes(view) {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

// src/prompt_grid/pictures.ts
var KEPT = 1600;
var BATCH = 24;
var ASK_AFTER_MS = 40;
var ASK_AGAIN_MS = 15e3;
function nameOf(cell, seed) {
  return `${cell} ${seed}`;
}
var Pictures = class {
  constructor(store) {
    this.store = store;
    store.signal.addEventListener("abort", () => this.clear());
  }
  store;
  urls = /* @__PURE__ */ new Map();
  // in the order of their last use
  asked = /* @__PURE__ */ new Map();
  // when
  wanted = /* @__PURE__ */ new Map();
  timer;
  listeners = [];
  refused = /* @__PURE__ */ new Set();
  on(listener) {
    this.listeners.push(listener);
  }
  /** The address of a picture, or null while it is not there; then it is asked for. `passing`: only while it is in sight. */
  url(cell, seed, passing = false) {
    const name = nameOf(cell, seed);
    const found = this.urls.get(name);
    if (found !== void 0) {
      this.urls.delete(name);
      this.urls.set(name, found);
      return found;
    }
    this.want(name, cell, seed, passing);
    return null;
  }
  /** Whether there will never be such a picture here. */
  lacks(cell, seed) {
    const name = nameOf(cell, seed);
    return !this.urls.has(name) && (!this.store.get("alive") || this.refused.has(name));
  }
  /** Take pictures of the Python half. A buffer without bytes: this one cannot be made. */
  put(names, buffers) {
    const told = names.map(([cell, seed], i) => {
      const name = nameOf(cell, seed);
      this.asked.delete(name);
      const old = this.urls.get(name);
      if (old !== void 0) URL.revokeObjectURL(old);
      if (!buffers[i].byteLength) this.refused.add(name);
      else this.urls.set(name, address(buffers[i]));
      return name;
    });
    for (const [name, url] of this.urls) {
      if (this.urls.size <= KEPT) break;
      this.urls.delete(name);
      URL.revokeObjectURL(url);
    }
    for (const listener of this.listeners) listener(told);
  }
  clear() {
    clearTimeout(this.timer);
    this.timer = void 0;
    for (const url of this.urls.values()) URL.revokeObjectURL(url);
    for (const map of [this.urls, this.asked, this.wanted]) map.clear();
    this.refused.clear();
  }
  /** What is not in sight any more need not come. */
  forget() {
    for (const [name, { passing }] of this.wanted) if (passing) this.wanted.delete(name);
  }
  want(name, cell, seed, passing) {
    if (this.lacks(cell, seed)) return;
    const asked = this.asked.get(name);
    if (asked !== void 0 && performance.now() - asked < ASK_AGAIN_MS) return;
    this.wanted.set(name, { place: [cell, seed], passing: passing && (this.wanted.get(name)?.passing ?? true) });
    this.timer ??= setTimeout(() => this.ask(), ASK_AFTER_MS);
  }
  ask() {
    this.timer = void 0;
    const now = performance.now();
    const all = [...this.wanted.entries()];
    this.wanted.clear();
    for (let first = 0; first < all.length; first += BATCH) {
      const some = all.slice(first, first + BATCH);
      for (const [name] of some) this.asked.set(name, now);
      this.store.send({ kind: "pictures", wanted: some.map(([, { place }]) => place) });
    }
  }
};
function address(view) {
  const kind = view.getUint8(0) === 137 ? "image/png" : "image/webp";
  return URL.createObjectURL(new Blob([bytes(view)], { type: kind }));
}

// src/prompt_grid/values.ts
var NOTHING = { samples: [], facts: [], ranked: false };
var THERE = 1;
var JUDGED = 2;
function read(header, [seeds, scores, flags, known, right]) {
  const score = typed(scores, Float32Array);
  const flag = bytes(flags);
  const [clear2, good] = [typed(known, Uint32Array), typed(right, Uint32Array)];
  let place = 0;
  return header.cells.map((cell, i) => {
    const facts = header.facts[i];
    const samples = [];
    for (const end = place + header.counts[i]; place < end; place++) {
      const bits = (word, fact) => (word >>> fact & 1) === 1;
      const [r, g] = [clear2[place], good[place]];
      samples.push({
        seed: String(seeds.getBigUint64(8 * place, true)),
        score: score[place],
        there: (flag[place] & THERE) !== 0,
        ticks: flag[place] & JUDGED ? facts.map((_, f) => bits(r, f) ? bits(g, f) : null) : null
      });
    }
    const ranked = samples.length > 1 && samples.every((one) => !Number.isNaN(one.score));
    return [cell, { samples, facts, ranked }];
  });
}
var Shelf = class {
  cells = /* @__PURE__ */ new Map();
  listeners = [];
  of(cell) {
    return this.cells.get(cell) ?? NOTHING;
  }
  put(header, buffers) {
    const found = read(header, buffers);
    for (const [cell, values] of found) this.cells.set(cell, values);
    for (const listener of this.listeners) listener(found.map(([cell]) => cell));
  }
  clear() {
    this.cells.clear();
  }
  on(listener) {
    this.listeners.push(listener);
  }
  /** Every seed that any cell has, smallest first. */
  seeds() {
    const found = /* @__PURE__ */ new Set();
    for (const { samples } of this.cells.values()) for (const one of samples) found.add(one.seed);
    return [...found].sort((a, b) => BigInt(a) < BigInt(b) ? -1 : 1);
  }
  /** The most samples that any cell has. */
  most() {
    return Math.max(0, ...[...this.cells.values()].map(({ samples }) => samples.length));
  }
};
function stands(values, each) {
  if (each === "") return values.samples.findIndex((one) => one.there);
  return values.samples.findIndex((one) => one.seed === each);
}
function ordinal(place) {
  const tens = place % 100;
  const end = tens > 10 && tens < 14 ? "th" : ["th", "st", "nd", "rd"][place % 10] ?? "th";
  return `${place}${end}`;
}
function rankOf(values, place, scorer) {
  if (!values.ranked || place < 0) return "";
  return `${ordinal(place + 1)} of ${values.samples.length} by ${scorer || "CLIP"}`;
}
function factsOf(sample, facts) {
  if (!sample.ticks || !facts.length) return "";
  const right = sample.ticks.filter((one) => one === true).length;
  const unclear = sample.ticks.filter((one) => one === null).length;
  return `${right} of ${facts.length} facts${unclear ? `, ${unclear} unclear` : ""}`;
}
var MARKS = 5;
function marksOf({ ticks }) {
  if (!ticks?.length) return "";
  if (ticks.length > MARKS) return `${ticks.filter((one) => one === true).length}/${ticks.length}`;
  return ticks.map((one) => one === null ? "?" : one ? "✓" : "✗").join("");
}

// src/prompt_grid/rug.ts
var WIDE = 1e3;
var HIGH = 26;
var MARGIN = 12;
var NEAR = 24;
var Rug = class {
  constructor(take) {
    this.take = take;
    this.element = h("div", { class: "dx-scores-line" }, this.title, this.plot, this.ends);
    this.plot.addEventListener("click", (event) => this.pick(event));
  }
  take;
  element;
  plot = svg("svg", { class: "dx-rug", viewBox: `0 0 ${WIDE} ${HIGH}`, preserveAspectRatio: "none", role: "img" });
  ends = h("div", { class: "dx-rug-ends dx-number" });
  title = h("p", { class: "dx-rug-title" });
  places = [];
  show(values, seed) {
    const scored = values.samples.filter((one) => !Number.isNaN(one.score));
    this.element.hidden = scored.length < 2;
    if (scored.length < 2) return;
    const all = scored.map((one) => one.score);
    const [low, high] = [Math.min(...all), Math.max(...all)];
    const x = (score) => MARGIN + (score - low) / (high - low || 1) * (WIDE - 2 * MARGIN);
    this.places = scored.map((one) => ({ x: x(one.score), seed: one.seed, there: one.there }));
    const line = (place2) => svg("line", {
      x1: place2.x,
      x2: place2.x,
      y1: place2.seed === seed ? 0 : 6,
      y2: HIGH - 2,
      "vector-effect": "non-scaling-stroke",
      class: place2.seed === seed ? "dx-in-hand" : place2.there ? "dx-there" : "dx-loser"
    });
    const base = svg("line", { x1: 0, x2: WIDE, y1: HIGH - 1, y2: HIGH - 1, class: "dx-base", "vector-effect": "non-scaling-stroke" });
    const order = [...this.places].sort((a, b) => Number(a.seed === seed) - Number(b.seed === seed));
    clear(this.plot, base, ...order.map((one) => line(one)));
    const said = (score) => score.toFixed(high - low < 5e-3 ? 4 : 3);
    const place = scored.findIndex((one) => one.seed === seed);
    const losers = scored.filter((one) => !one.there).length;
    this.plot.setAttribute("aria-label", `scores of ${scored.length} pictures, from ${said(low)} to ${said(high)}${place < 0 ? "" : `; the one in hand is the ${ordinal(place + 1)}`}`);
    text(this.title, losers ? `Scores of all ${scored.length} that were drawn; of ${losers} (pale) only the score was kept.` : `Scores of all ${scored.length} that were drawn.`);
    clear(this.ends, h("span", {}, said(low)), h("span", {}, said(high)));
  }
  pick(event) {
    const box = this.plot.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width * WIDE;
    const near = this.places.filter(({ there }) => there).sort((a, b) => Math.abs(a.x - x) - Math.abs(b.x - x))[0];
    if (near && Math.abs(near.x - x) < NEAR) this.take(near.seed);
  }
};

// src/prompt_grid/wall.ts
var Wall = class {
  constructor(store, shelf, pictures, take) {
    this.store = store;
    this.shelf = shelf;
    this.pictures = pictures;
    this.take = take;
    this.element = this.inner;
    pictures.on((names) => {
      if (names.some((name) => this.bricks.has(name))) this.show(this.seed);
    });
  }
  store;
  shelf;
  pictures;
  take;
  element;
  bricks = /* @__PURE__ */ new Map();
  inner = h("div", { class: "dx-wall", role: "group" });
  seed = "";
  show(seed) {
    this.seed = seed;
    const cell = this.store.get("chosen");
    const { samples, ranked, facts } = this.shelf.of(cell);
    const marks = this.store.get("marks");
    const there = samples.map((one, place) => ({ one, place })).filter(({ one }) => one.there);
    const old = this.bricks;
    this.bricks = /* @__PURE__ */ new Map();
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
  brick(seed) {
    const picture = h("img", { alt: "", draggable: "false" });
    const foot = h("span", { class: "dx-brick-foot dx-number" });
    const element = h("button", { type: "button", class: "dx-brick" }, picture, foot);
    element.addEventListener("click", () => this.take(seed));
    return { element, picture, foot };
  }
  fill({ element, picture, foot }, cell, one, place, facts) {
    const url = this.pictures.url(cell, one.seed);
    if (url && picture.getAttribute("src") !== url) picture.src = url;
    picture.hidden = !url;
    text(foot, [place >= 0 ? String(place + 1) : one.seed, marksOf(one)].filter(Boolean).join(" "));
    const told = [place >= 0 ? ordinal(place + 1) : "", `seed ${one.seed}`, factsOf(one, facts)].filter(Boolean).join(", ");
    assign(element, { "aria-label": told, title: told, "data-lacks": !url && this.pictures.lacks(cell, one.seed) });
  }
};

// src/prompt_grid/hand.ts
var Hand = class {
  constructor(store, shelf, pictures) {
    this.store = store;
    this.shelf = shelf;
    this.pictures = pictures;
    this.wall = new Wall(store, shelf, pictures, (seed) => this.take(seed));
    this.rug = new Rug((seed) => this.take(seed));
    this.plate = h("figure", { class: "dx-hand-plate", tabindex: 0, role: "group" }, this.picture);
    this.favourite = button("favourite", () => this.like(), { icon: icon("heart"), bare: true });
    const note = unique("note");
    this.note = h("input", { type: "text", class: "dx-remark", id: note, maxlength: 500, placeholder: "a note", "aria-label": "note about this picture", autocomplete: "off" });
    this.note.addEventListener("change", () => this.mark({ note: this.note.value }));
    this.note.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.note.blur();
    });
    const open = opener(store, () => this.sample()?.[0] ?? null);
    this.needs = [this.favourite, this.note, ...open.buttons];
    const about = h(
      "div",
      { class: "dx-hand-words" },
      h("div", { class: "dx-place-line" }, this.rank, this.favourite),
      this.which,
      this.facts,
      this.judged,
      this.note,
      open.element
    );
    this.element = h(
      "section",
      { class: "dx-hand", "aria-label": "the cell in hand" },
      this.plate,
      about,
      h("div", { class: "dx-hand-rest" }, this.wall.element, this.rug.element)
    );
    store.on(["chosen", "picture", "each", "marks", "axes", "cells", "about"], () => this.update());
    store.on(["alive"], () => this.able());
    shelf.on((cells) => {
      if (cells.includes(store.get("chosen"))) this.update();
    });
    pictures.on((names) => {
      if (names.includes(this.shown)) this.paint();
    });
    this.able();
    this.update();
  }
  store;
  shelf;
  pictures;
  element;
  plate;
  picture = h("img", { class: "dx-large", alt: "", draggable: "false" });
  rank = h("h3", { class: "dx-place" });
  which = h("p", { class: "dx-of-seed dx-number" });
  facts = h("ul", { class: "dx-facts", "aria-label": "the facts that the sentence states" });
  judged = h("p", { class: "dx-judged" });
  favourite;
  note;
  wall;
  rug;
  needs;
  shown = "";
  /** The sample in hand, and its place among those of its cell. */
  sample() {
    const values = this.values();
    const place = stands(values, this.store.get("picture") || this.store.get("each"));
    return place < 0 ? null : [values.samples[place], place];
  }
  /** The next or an earlier picture of the cell. */
  step(by) {
    const { samples } = this.values();
    const now = this.sample()?.[1] ?? -1;
    for (let place = now + by; place >= 0 && place < samples.length; place += by) {
      if (samples[place].there) return this.take(samples[place].seed);
    }
  }
  take(seed) {
    this.store.set("picture", seed);
  }
  like() {
    const found = this.sample();
    if (found && this.store.get("alive")) this.mark({ favourite: !this.marked(found[0].seed).favourite });
  }
  /** Whole pixels of the picture, as large as there is room. */
  fit(room, narrow) {
    const { width } = this.store.get("about");
    const most = narrow ? Math.min(room, 440) : Math.min(room > 1300 ? 512 : 384, 0.35 * room);
    const dots = Math.max(1, Math.floor(most * devicePixelRatio / (width || most)));
    const side = width ? Math.min(most, dots * width / devicePixelRatio) : most;
    this.element.style.setProperty("--dx-hand", `${side < most * 0.6 ? most : side}px`);
  }
  focus() {
    this.plate.scrollIntoView({ block: "nearest" });
    this.plate.focus({ preventScroll: true });
  }
  values() {
    return this.shelf.of(this.store.get("chosen"));
  }
  marked(seed) {
    return this.store.get("marks")[nameOf(this.store.get("chosen"), seed)] ?? { favourite: false, note: "" };
  }
  mark(change) {
    const found = this.sample();
    if (found) this.store.send({ kind: "mark", cell: this.store.get("chosen"), seed: found[0].seed, ...change });
  }
  update() {
    const values = this.values();
    const found = this.sample();
    const { scorer } = this.store.get("about");
    const place = found?.[1] ?? -1;
    text(this.rank, found ? rankOf(values, place, scorer) || (values.samples.length > 1 ? `${ordinal(place + 1)} of ${values.samples.length}, not ranked` : "one picture") : "not drawn yet");
    const score = found && !Number.isNaN(found[0].score) ? ` · cosine ${found[0].score.toFixed(3)}` : "";
    text(this.which, found ? `seed ${found[0].seed}${score}` : "");
    this.tell(found?.[0] ?? null, values.facts);
    const { favourite, note } = found ? this.marked(found[0].seed) : { favourite: false, note: "" };
    assign(this.favourite, { "aria-pressed": favourite, title: favourite ? "no favourite any more" : "make it a favourite" });
    this.favourite.setAttribute("aria-pressed", String(favourite));
    if (document.activeElement !== this.note) this.note.value = note;
    this.favourite.hidden = this.note.hidden = !found;
    this.wall.show(found?.[0].seed ?? "");
    this.rug.show(values, found?.[0].seed ?? "");
    this.paint();
  }
  tell(sample, facts) {
    const ticks = sample?.ticks ?? null;
    const lines = ticks ? facts.map((fact, i) => {
      const [mark, said] = ticks[i] === null ? ["?", "unclear"] : ticks[i] ? ["✓", "right"] : ["✗", "wrong"];
      return h("li", { class: `dx-fact dx-${said}` }, h("span", { "aria-hidden": "true", class: "dx-tick" }, mark), h("span", {}, fact), h("span", { class: "dx-unseen" }, `: ${said}`));
    }) : [];
    clear(this.facts, ...lines);
    this.facts.hidden = !lines.length;
    text(this.judged, sample && ticks && facts.length ? `${factsOf(sample, facts)}, read by the judge, which never ranks` : "");
  }
  paint() {
    const cell = this.store.get("chosen");
    const found = this.sample();
    const { prompt } = this.store.get("cells")[cell] ?? { prompt: "" };
    const there = found?.[0].there ?? false;
    this.shown = found ? nameOf(cell, found[0].seed) : "";
    const url = found && there ? this.pictures.url(cell, found[0].seed) : null;
    if (url) this.picture.src = url;
    else this.picture.removeAttribute("src");
    this.picture.alt = found ? `A picture drawn from the text: ${prompt}` : "";
    this.picture.hidden = !url;
    const why = !found ? "" : !there ? "only its score was kept" : this.pictures.lacks(cell, found[0].seed) ? "not in this page" : "";
    assign(this.plate, { "data-why": why || null, "aria-label": `${prompt}: ${this.rank.textContent}, ${this.which.textContent}` });
  }
  able() {
    const alive = this.store.get("alive");
    for (const element of this.needs) {
      element.disabled = !alive;
      if (!alive) element.title = NEEDS_KERNEL;
    }
  }
};

// src/shared/grid.ts
var ARROWS = {
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0]
};

// src/prompt_grid/keymap.ts
function keymap({ choose, hand, sheet, full }) {
  return (event) => {
    const target = event.target;
    const inGrid = target.closest(".dx-space") !== null;
    const inHand = target.closest(".dx-hand") !== null;
    const { key } = event;
    if (key === "Escape") {
      sheet.tooltip.hide();
      if (!inHand) return false;
      sheet.focus();
      return true;
    }
    if (inGrid) {
      if (key in ARROWS || ["Home", "End", "PageUp", "PageDown"].includes(key)) return sheet.move(key);
      if (key === "Enter" || key === " ") return hand.focus(), true;
    }
    if (inHand && (key === "ArrowLeft" || key === "ArrowRight")) return hand.step(key === "ArrowLeft" ? -1 : 1), true;
    if (key === "l") return hand.like(), true;
    if (key === "t") return choose.turn(), true;
    if (key === "f") return full(), true;
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

// src/prompt_grid/more.ts
var KEYS = "Keys: in the grid arrows go from cell to cell, Enter opens one and Escape comes back; on the large picture left and right go through all pictures of its cell, l likes it; t turns rows into columns, f fills the screen.";
var SIZES = [[0, "as it fits"], [48, "small"], [96, "middle"], [144, "large"], [256, "huge"]];
var MOST = 512;
var More = class {
  constructor(store, turn, projector2) {
    this.store = store;
    const id = unique("more");
    const copy = new CopyPython(store);
    const keep = button("Keep", () => store.send({ kind: "keep" }), { icon: icon("keep"), quiet: true, title: "write a still with its caption into the notebook" });
    const count2 = button("Count", () => this.count(), { quiet: true, title: "how many pictures that are, and how long they take" });
    const only = button("Favourites", () => store.set("only", !store.get("only")), { icon: icon("heart"), quiet: true, title: "let favourites stand out" });
    store.on(["only"], () => only.setAttribute("aria-pressed", String(store.get("only"))));
    this.needs = [this.template, this.n, this.seed, count2, copy.button, keep];
    this.toggle = button("More", () => this.open(this.element.hidden === true), { icon: icon("more"), quiet: true });
    this.toggle.setAttribute("aria-controls", id);
    const another = [
      h("label", { class: "dx-labelled dx-long" }, h("span", {}, "Sentence: slots as {red|blue}, {size=small|large}, {|tiny }"), this.template),
      h("label", { class: "dx-labelled" }, h("span", {}, "pictures of a cell"), this.n),
      h("label", { class: "dx-labelled" }, h("span", {}, "first seed"), this.seed),
      count2
    ];
    this.another = another;
    this.element = h(
      "div",
      { class: "dx-more", id, hidden: true },
      h("div", { class: "dx-line-of-fields" }, ...another, h("label", { class: "dx-labelled" }, h("span", {}, "size in the grid"), this.sizes())),
      h(
        "div",
        { class: "dx-actions" },
        only,
        button("Turn", turn, { icon: icon("turn"), quiet: true, title: "rows become columns" }),
        copy.button,
        keep,
        button("Full screen", projector2, { icon: icon("full"), quiet: true })
      ),
      this.sentence,
      copy.code,
      copy.said,
      h("p", { class: "dx-hint dx-keys" }, KEYS)
    );
    store.on(["template", "plan"], () => this.follow());
    store.on(["alive"], () => this.able());
    this.open(false);
    this.follow();
    this.able();
  }
  store;
  toggle;
  element;
  needs;
  another;
  // what makes another grid
  sentence = h("p", { class: "dx-hint dx-needs" }, NEEDS_KERNEL);
  template = h("textarea", { class: "dx-plain dx-template", rows: 2, maxlength: 2e3, spellcheck: "false", "aria-label": "the sentence with its slots" });
  n = h("input", { type: "number", min: 1, max: MOST, step: 1, inputmode: "numeric" });
  seed = h("input", { type: "text", inputmode: "numeric", maxlength: 19 });
  sizes() {
    const select = h("select", { "aria-label": "size of pictures in the grid" }, ...SIZES.map(([side, words]) => h("option", { value: side }, words)));
    select.addEventListener("change", () => this.store.set("side", Number(select.value)));
    return select;
  }
  count() {
    const n = Number(this.n.value);
    if (!Number.isInteger(n) || n < 1 || n > MOST) {
      return this.store.set("notice", `Pictures of a cell: a whole number from 1 to ${MOST}.`);
    }
    if (!/^\s*\d{1,19}\s*$/.test(this.seed.value)) return this.store.set("notice", "A seed is a whole number of at most 63 bits.");
    this.store.set("notice", "");
    this.store.send({ kind: "plan", template: this.template.value, n, seed: this.seed.value.trim() });
  }
  open(open) {
    this.element.hidden = !open;
    this.toggle.setAttribute("aria-expanded", String(open));
  }
  follow() {
    const { n, seed } = this.store.get("plan");
    for (const [field, value] of [[this.template, this.store.get("template").text], [this.n, String(n)], [this.seed, seed]]) {
      if (document.activeElement !== field) field.value = value;
    }
  }
  able() {
    const alive = this.store.get("alive");
    this.sentence.hidden = alive;
    for (const element of this.another) element.hidden = !alive;
    for (const element of this.needs) {
      element.disabled = !alive;
      if (!alive) element.title = NEEDS_KERNEL;
    }
  }
};

// src/prompt_grid/plan.ts
var PlanLine = class {
  constructor(store) {
    this.store = store;
    this.go = button("Draw", () => store.send({ kind: "draw" }));
    this.element = h("div", { class: "dx-plan" }, this.said, this.go, this.left);
    store.on(["plan", "status", "alive", "about"], () => this.update());
    this.update();
  }
  store;
  element;
  said = h("p", { class: "dx-plan-words" });
  left = h("p", { class: "dx-hint dx-left-out" });
  go;
  update() {
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
};

// src/prompt_grid/layout.ts
function follows(linked, shown) {
  const out = /* @__PURE__ */ new Set();
  for (const group of linked) if (group.some((axis) => shown.includes(axis))) for (const axis of group) out.add(axis);
  return out;
}
function arranged(wanted) {
  const { axes, cells, linked, chosen, seeds, most } = wanted;
  const named = (name) => axes.findIndex((axis) => axis.name === name);
  const rowAxis = named(wanted.rows);
  const columnAxis = named(wanted.columns);
  const shown = [rowAxis, columnAxis].filter((axis) => axis >= 0);
  const free = follows(linked, shown);
  const held = axes.map((_, axis) => axis).filter((axis) => !shown.includes(axis) && !free.has(axis));
  const here = cells[chosen]?.at ?? axes.map(() => 0);
  const places = /* @__PURE__ */ new Map();
  cells.forEach(({ at }, cell) => {
    if (held.some((axis) => at[axis] !== here[axis])) return;
    const key = `${rowAxis < 0 ? 0 : at[rowAxis]} ${columnAxis < 0 ? 0 : at[columnAxis]}`;
    if (!places.has(key)) places.set(key, cell);
  });
  const rows = rowAxis < 0 ? [""] : axes[rowAxis].labels;
  const ranks = wanted.columns === RANK;
  const samples = wanted.columns === SEED ? seeds : ranks ? Array.from({ length: Math.max(most, 1) }, (_, j) => String(j)) : null;
  const columns = samples ?? (columnAxis < 0 ? [""] : axes[columnAxis].labels);
  const spots = rows.map((_, r) => columns.map((_2, c) => {
    const cell = places.get(`${r} ${samples ? 0 : c}`) ?? -1;
    return { cell, rank: ranks ? c : -1, seed: samples && !ranks ? samples[c] : "" };
  }));
  return { rows, columns, rowAxis, columnAxis, spots };
}
function turned(cells, from, axis, value) {
  const here = cells[from]?.at ?? [];
  let best = -1;
  let alike = -1;
  cells.forEach(({ at }, cell) => {
    if (at[axis] !== value) return;
    const same2 = at.filter((one, i) => i !== axis && one === here[i]).length;
    if (same2 > alike) [best, alike] = [cell, same2];
  });
  return best;
}
function placed(layout, cell, each) {
  for (const [r, row] of layout.spots.entries()) {
    for (const [c, spot] of row.entries()) {
      if (spot.cell !== cell) continue;
      if (spot.rank >= 0 && spot.rank !== each.rank) continue;
      if (spot.seed && spot.seed !== each.seed) continue;
      return [r, c];
    }
  }
  return null;
}
function seen(scrolled, room, size, count2, beside) {
  if (!(size > 0)) return [0, Math.min(count2, 1)];
  const first = Math.max(0, Math.floor(scrolled / size) - beside);
  const last = Math.min(count2, Math.ceil((scrolled + room) / size) + beside);
  return [Math.min(first, count2), Math.max(last, Math.min(first, count2))];
}

// src/prompt_grid/sentence.ts
var NOTHING2 = "(nothing)";
var Slot = class {
  constructor(store, axis) {
    this.store = store;
    this.axis = axis;
    const { name, labels } = store.get("axes")[axis];
    this.select = h("select", { "aria-label": name, title: name }, ...labels.map((label, i) => h("option", { value: i }, label)));
    this.select.addEventListener("change", () => this.turn(this.select.selectedIndex));
    this.element = h("span", { class: "dx-slot" }, this.said, this.select);
  }
  store;
  axis;
  element;
  said = h("span", { class: "dx-slot-words", "aria-hidden": "true" });
  select;
  follow() {
    const at = this.store.get("cells")[this.store.get("chosen")]?.at[this.axis] ?? 0;
    this.select.selectedIndex = at;
    const { labels } = this.store.get("axes")[this.axis];
    text(this.said, labels[at] === NOTHING2 ? "–" : labels[at] ?? "");
  }
  able() {
    const { rows, columns, axes } = { rows: this.store.get("rows"), columns: this.store.get("columns"), axes: this.store.get("axes") };
    const { name } = axes[this.axis];
    assign(this.element, { "data-axis": name === rows ? "rows" : name === columns ? "columns" : null });
  }
  turn(value) {
    const cell = turned(this.store.get("cells"), this.store.get("chosen"), this.axis, value);
    if (cell < 0) return this.follow();
    this.store.set("picture", "");
    this.store.set("chosen", cell);
  }
};
var Sentence = class {
  constructor(store) {
    this.store = store;
    this.element.append(this.line, this.others);
    store.on(["template", "axes"], () => this.build());
    store.on(["chosen", "cells"], () => this.follow());
    store.on(["rows", "columns"], () => this.slots.forEach((slot) => slot.able()));
    this.build();
  }
  store;
  element = h("div", { class: "dx-sentence-line" });
  line = h("p", { class: "dx-slots", role: "group", "aria-label": "the sentence: choose the words of its slots" });
  others = h("p", { class: "dx-other-axes", role: "group", "aria-label": "what else differs" });
  slots = [];
  between = [];
  build() {
    const { slots } = this.store.get("template");
    const axes = this.store.get("axes");
    this.between = Array.from({ length: slots.length + 1 }, () => h("span", {}));
    const spoken = slots.map((axis) => new Slot(this.store, axis));
    clear(this.line, ...this.between.flatMap((piece, i) => [piece, spoken[i]?.element ?? null]));
    const others = axes.map((_, axis) => axis).filter((axis) => !slots.includes(axis)).map((axis) => new Slot(this.store, axis));
    clear(this.others, ...others.map((slot) => h("label", { class: "dx-other-axis" }, h("span", {}, axes[slot.axis].name), slot.element)));
    this.others.hidden = !others.length;
    this.slots = [...spoken, ...others];
    this.slots.forEach((slot) => slot.able());
    this.follow();
  }
  follow() {
    const { joints } = this.store.get("template");
    const cell = this.store.get("cells")[this.store.get("chosen")];
    const pieces = joints[cell?.joints ?? 0] ?? [];
    this.between.forEach((piece, i) => text(piece, pieces[i] ?? ""));
    for (const slot of this.slots) slot.follow();
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
function calm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
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

// src/shared/tooltip.ts
var SIDE = 96;
var Tooltip = class {
  /** It moves over `root`, and keeps inside another element as well as it can. */
  constructor(root, inside) {
    this.root = root;
    this.inside = inside;
    this.glass.className = "dx-loupe";
    this.element = h("div", { class: "dx-tip", "aria-hidden": "true" }, this.glass, this.words);
    this.hide();
  }
  root;
  inside;
  element;
  words = h("div", { class: "dx-tip-words" });
  glass = canvas(SIDE * 2, SIDE * 2);
  context = pen(this.glass);
  /** Where everything is: asked before anything is written, so that nothing is laid out twice. */
  measure() {
    return { root: this.root.getBoundingClientRect(), inside: this.inside.getBoundingClientRect(), scrolled: this.root.scrollTop };
  }
  /** Show a line near the pointer; `draw` paints the loupe, or there is none. */
  show(places, event, line, draw) {
    text(this.words, line);
    this.glass.style.display = draw ? "block" : "none";
    if (draw) draw(this.context, this.glass.width);
    this.move(places, event, draw !== null);
    this.element.style.visibility = "visible";
  }
  hide() {
    this.element.style.visibility = "hidden";
  }
  move({ root: box, inside, scrolled }, event, tall) {
    const height = tall ? SIDE + 44 : 34;
    const wide = 240;
    let x = event.clientX - box.left + 16;
    let y = event.clientY - box.top + 18;
    if (event.pointerType === "touch") {
      x = event.clientX - box.left - wide / 2;
      y = event.clientY - box.top - height - 40;
      if (y < 0) y = event.clientY - box.top + 48;
    }
    if (x + wide > inside.right - box.left) x = Math.max(4, event.clientX - box.left - wide - 12);
    this.element.style.transform = `translate(${Math.round(Math.max(4, x))}px, ${Math.round(y + scrolled)}px)`;
  }
};

// src/prompt_grid/sheet.ts
var GAP = 6;
var TOP = 34;
var PAD = 4;
var BESIDE = 1;
var LEAST = 72;
var MOST2 = 192;
var Sheet = class {
  constructor(root, store, shelf, pictures, open) {
    this.root = root;
    this.store = store;
    this.shelf = shelf;
    this.pictures = pictures;
    this.open = open;
    this.heads.append(this.corner);
    this.space.append(this.heads);
    this.scroller.append(this.space);
    this.tooltip = new Tooltip(root, root);
    this.element = h("div", { class: "dx-whole" }, this.scroller);
    this.listen();
    store.on(["rows", "columns", "axes", "cells", "template"], () => this.arrange());
    store.on(["chosen", "picture", "each"], () => this.follow());
    store.on(["marks", "only", "about"], () => this.repaint());
    store.on(["side"], () => this.fit(this.room, this.high));
    shelf.on(() => this.soon());
    pictures.on((names) => this.arrived(names));
    this.arrange();
  }
  root;
  store;
  shelf;
  pictures;
  open;
  element;
  tooltip;
  scroller = h("div", { class: "dx-scroller" });
  space = h("div", { class: "dx-space", role: "grid", "aria-label": "the whole grid" });
  heads = h("div", { class: "dx-grid-heads", role: "row", "aria-rowindex": 1 });
  corner = h("div", { class: "dx-corner", "aria-hidden": "true" });
  rows = /* @__PURE__ */ new Map();
  tiles = /* @__PURE__ */ new Map();
  // by "row column"
  headings = /* @__PURE__ */ new Map();
  layout;
  side = LEAST;
  wide = 96;
  // CSS pixels of the headings on the left
  room = 0;
  high = 640;
  frame = 0;
  active = [0, 0];
  /** Lay everything out in so many CSS pixels. */
  fit(room, high) {
    [this.room, this.high] = [room, high];
    if (!(room > 0)) return;
    const narrow = room < 560;
    const { rows, columns } = this.layout;
    this.wide = rows.length > 1 || rows[0] ? Math.round(Math.min(narrow ? 80 : 132, room * 0.26)) : 0;
    const wanted = this.store.get("side");
    const fits = Math.floor((room - this.wide - 2 * PAD) / columns.length) - GAP;
    this.side = wanted || Math.min(MOST2, Math.max(fits, narrow ? 84 : LEAST));
    const { width, height } = this.store.get("about");
    const dots = width ? Math.floor(this.side * devicePixelRatio / width) : 0;
    if (dots) this.side = dots * width / devicePixelRatio;
    this.space.classList.toggle("dx-pixelated", dots > 0);
    const down = this.down(height, width);
    this.root.style.setProperty("--dx-side", `${this.side}px`);
    this.root.style.setProperty("--dx-down", `${down}px`);
    this.root.style.setProperty("--dx-left", `${this.wide}px`);
    const across = this.wide + columns.length * (this.side + GAP) - GAP + 2 * PAD;
    const whole = this.top() + rows.length * (down + GAP) - GAP + PAD;
    this.space.style.width = `${across}px`;
    this.space.style.height = `${whole}px`;
    assign(this.space, { "aria-rowcount": rows.length + 1, "aria-colcount": columns.length + 1 });
    this.scroller.style.maxHeight = `${high}px`;
    this.renew();
    this.window();
  }
  /** Move the focus and the cell in hand; whether there was a place to go to. */
  move(key) {
    const [r, c] = this.active;
    const { rows, columns } = this.layout;
    const page = Math.max(1, Math.floor(this.scroller.clientHeight / (this.step()[0] || 1)) - 1);
    const to = key in ARROWS ? [r + ARROWS[key][0], c + ARROWS[key][1]] : key === "Home" ? [r, 0] : key === "End" ? [r, columns.length - 1] : key === "PageUp" ? [r - page, c] : [r + page, c];
    const row = Math.min(Math.max(to[0], 0), rows.length - 1);
    const column = Math.min(Math.max(to[1], 0), columns.length - 1);
    this.go(row, column);
    return true;
  }
  /** Put the focus on the place of the cell in hand. */
  focus() {
    this.go(...this.active, false);
  }
  go(row, column, take = true) {
    this.active = [row, column];
    this.show(row, column);
    this.window();
    this.tiles.get(`${row} ${column}`)?.element.focus({ preventScroll: true });
    if (take) this.take(row, column);
    this.roving();
  }
  take(row, column) {
    const spot = this.layout.spots[row]?.[column];
    if (!spot || spot.cell < 0) return;
    const place = this.place(spot);
    const { samples } = this.shelf.of(spot.cell);
    const plain = spot.rank < 0 && !spot.seed;
    this.store.set("picture", plain || place < 0 ? "" : samples[place].seed);
    this.store.set("chosen", spot.cell);
  }
  /** Which sample stands at a place; -1: none yet. */
  place(spot) {
    const values = this.shelf.of(spot.cell);
    if (spot.rank >= 0) return spot.rank < values.samples.length ? spot.rank : -1;
    return stands(values, spot.seed || this.store.get("each"));
  }
  listen() {
    this.scroller.addEventListener("scroll", () => {
      this.tooltip.hide();
      this.frame ||= requestAnimationFrame(() => this.window());
    }, { passive: true, signal: this.store.signal });
    const at = (event) => {
      const tile = event.target.closest("[data-row]");
      return tile ? [Number(tile.dataset.row), Number(tile.dataset.column)] : null;
    };
    this.space.addEventListener("click", (event) => {
      const found = at(event);
      if (!found) return;
      this.go(...found);
      this.open();
    });
    this.space.addEventListener("pointermove", (event) => {
      const found = at(event);
      if (!found || event.pointerType === "touch") return this.tooltip.hide();
      this.tooltip.show(this.tooltip.measure(), event, this.words(...found), null);
    });
    this.space.addEventListener("pointerleave", () => this.tooltip.hide());
    this.store.signal.addEventListener("abort", () => cancelAnimationFrame(this.frame));
  }
  words(row, column) {
    const spot = this.layout.spots[row][column];
    if (spot.cell < 0) return "no such cell";
    const values = this.shelf.of(spot.cell);
    const place = this.place(spot);
    if (place < 0) return values.samples.length ? "not drawn with this seed" : "not drawn yet";
    const one = values.samples[place];
    const { scorer } = this.store.get("about");
    const note = this.store.get("marks")[nameOf(spot.cell, one.seed)]?.note;
    return [rankOf(values, place, scorer), `seed ${one.seed}`, factsOf(one, values.facts), one.there ? "" : "only its score was kept", note ? `“${note}”` : ""].filter(Boolean).join(" · ");
  }
  arrange() {
    const { store, shelf } = this;
    this.layout = arranged({
      axes: store.get("axes"),
      cells: store.get("cells"),
      linked: store.get("template").linked,
      rows: store.get("rows"),
      columns: store.get("columns"),
      chosen: store.get("chosen"),
      seeds: shelf.seeds(),
      most: Math.max(shelf.most(), store.get("plan").n)
    });
    const name = (axis) => axis < 0 ? "" : store.get("axes")[axis].name;
    const [down, across] = [name(this.layout.rowAxis), name(this.layout.columnAxis) || (store.get("columns") === SEED ? "seed" : "")];
    text(this.corner, [down && `${down} ↓`, across && `${across} →`].filter(Boolean).join("  "));
    this.active = this.here() ?? [0, 0];
    this.fit(this.room, this.high);
  }
  /** The place of the cell in hand. */
  here() {
    const { samples } = this.shelf.of(this.store.get("chosen"));
    const place = stands(this.shelf.of(this.store.get("chosen")), this.store.get("picture") || this.store.get("each"));
    return placed(this.layout, this.store.get("chosen"), { rank: place, seed: samples[place]?.seed ?? "" });
  }
  /** The cell in hand has changed: another page of the grid, perhaps, or only the frame around it. */
  follow() {
    const chosen = this.store.get("chosen");
    const inside = this.layout.spots.some((row) => row.some((spot) => spot.cell === chosen));
    if (!inside) return this.arrange();
    const here = this.here();
    if (here) {
      this.active = here;
      if (!this.space.contains(document.activeElement)) this.show(...here, true);
    }
    this.repaint();
  }
  /** Scroll so far that a place is in sight. */
  show(row, column, smooth = false) {
    const [down, across] = this.step();
    const { scrollTop, scrollLeft, clientWidth, clientHeight } = this.scroller;
    const top = this.top() + row * down;
    const left = this.wide + PAD + column * across;
    const y = top - this.top() < scrollTop ? top - this.top() : top + down > scrollTop + clientHeight ? top + down - clientHeight : scrollTop;
    const x = left - this.wide < scrollLeft ? left - this.wide : left + across > scrollLeft + clientWidth ? left + across - clientWidth : scrollLeft;
    if (x === scrollLeft && y === scrollTop) return;
    this.scroller.scrollTo({ left: x, top: y, behavior: smooth && !calm() ? "smooth" : "instant" });
  }
  down(height, width) {
    return Math.round(this.side * (height || 1) / (width || 1));
  }
  step() {
    const { width, height } = this.store.get("about");
    return [this.down(height, width) + GAP, this.side + GAP];
  }
  top() {
    return this.headed() ? TOP : PAD;
  }
  /** Whether columns have names. */
  headed() {
    return this.layout.columns.length > 1 || this.layout.columns[0] !== "";
  }
  /** Drop everything: another layout has other elements. */
  renew() {
    for (const row of this.rows.values()) row.remove();
    for (const heading of this.headings.values()) heading.remove();
    for (const map of [this.rows, this.tiles, this.headings]) map.clear();
    this.heads.hidden = !this.headed();
  }
  soon() {
    this.frame ||= requestAnimationFrame(() => {
      const seeds = this.store.get("columns").startsWith("#");
      if (seeds) this.arrange();
      else this.repaint();
      this.window();
    });
  }
  /** Have those places in the page that are in sight. */
  window() {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    const [down, across] = this.step();
    const { scrollTop, scrollLeft, clientWidth, clientHeight } = this.scroller;
    const { rows, columns } = this.layout;
    const [first, last] = seen(scrollTop, clientHeight - this.top(), down, rows.length, BESIDE);
    const [left, right] = seen(scrollLeft, clientWidth - this.wide, across, columns.length, BESIDE);
    const focused = document.activeElement;
    const stays = (row, column) => row >= first && row < last && column >= left && column < right;
    this.pictures.forget();
    for (const [name, { element }] of this.tiles) {
      const [row, column] = name.split(" ").map(Number);
      if (stays(row, column) || element === focused) continue;
      element.remove();
      this.tiles.delete(name);
    }
    for (const [row, element] of this.rows) {
      if (row >= first && row < last || element.contains(focused)) continue;
      element.remove();
      this.rows.delete(row);
    }
    for (const [column, element] of this.headings) {
      if (column >= left && column < right) continue;
      element.remove();
      this.headings.delete(column);
    }
    for (let column = left; column < right; column++) this.heading(column, across);
    for (let row = first; row < last; row++) {
      const line = this.rows.get(row) ?? this.row(row, down);
      for (let column = left; column < right; column++) {
        const name = `${row} ${column}`;
        const old = this.tiles.get(name);
        if (old) this.ask(row, column);
        else {
          const tile = this.tile(row, column, across);
          this.tiles.set(name, tile);
          this.paint(name, tile);
          line.append(tile.element);
        }
      }
    }
    this.roving();
  }
  heading(column, across) {
    if (this.headings.has(column) || !this.headed()) return;
    const label = this.columnName(column);
    const made = h("div", { class: "dx-heading", role: "columnheader", "aria-colindex": column + 2, title: label }, h("span", {}, label));
    made.style.left = `${this.wide + PAD + column * across}px`;
    this.headings.set(column, made);
    this.heads.append(made);
  }
  columnName(column) {
    const columns = this.store.get("columns");
    if (columns === SEED) return `seed ${this.layout.columns[column]}`;
    return columns.startsWith("#") ? ordinal(column + 1) : this.layout.columns[column];
  }
  row(row, down) {
    const label = this.layout.rows[row];
    const heading = h("div", { class: "dx-row-heading", role: "rowheader", title: label }, h("span", {}, label));
    const made = h("div", { class: "dx-line-of-tiles", role: "row", "aria-rowindex": row + 2 }, this.wide ? heading : null);
    made.style.top = `${this.top() + row * down}px`;
    this.rows.set(row, made);
    this.space.append(made);
    return made;
  }
  tile(row, column, across) {
    const picture = h("img", { alt: "", draggable: "false", hidden: true });
    const bar = h("span", { class: "dx-done", hidden: true });
    const element = h("div", { class: "dx-tile", role: "gridcell", tabindex: -1, "aria-colindex": column + 2, "data-row": row, "data-column": column }, picture, bar);
    element.style.left = `${this.wide + PAD + column * across}px`;
    return { element, picture, bar };
  }
  ask(row, column) {
    const spot = this.layout.spots[row][column];
    const place = spot.cell < 0 ? -1 : this.place(spot);
    const one = place < 0 ? null : this.shelf.of(spot.cell).samples[place];
    if (one?.there) this.pictures.url(spot.cell, one.seed, true);
  }
  repaint() {
    for (const [name, tile] of this.tiles) this.paint(name, tile);
    this.roving();
  }
  arrived(names) {
    const fresh = new Set(names);
    for (const [name, tile] of this.tiles) {
      const wants = tile.element.dataset.picture;
      if (!wants || !fresh.has(wants)) continue;
      tile.picture.classList.add("dx-fresh");
      this.paint(name, tile);
    }
  }
  paint(name, { element, picture, bar }) {
    const [row, column] = name.split(" ").map(Number);
    const spot = this.layout.spots[row]?.[column];
    if (!spot) return;
    const values = this.shelf.of(spot.cell);
    const place = spot.cell < 0 ? -1 : this.place(spot);
    const one = place < 0 ? null : values.samples[place];
    const mark = one ? this.store.get("marks")[nameOf(spot.cell, one.seed)] : void 0;
    const url = one?.there ? this.pictures.url(spot.cell, one.seed, true) : null;
    if (url && picture.getAttribute("src") !== url) picture.src = url;
    picture.hidden = !url;
    const { n } = this.store.get("plan");
    const done = values.samples.length;
    const growing = spot.cell >= 0 && done < n && !this.layoutOfSamples();
    bar.hidden = !growing || !done;
    bar.style.width = `${100 * done / n}%`;
    const state = spot.cell < 0 ? "none" : !one ? "empty" : !one.there ? "loser" : url ? "there" : this.pictures.lacks(spot.cell, one.seed) ? "lacks" : "coming";
    const hand = spot.cell === this.store.get("chosen") && (this.layoutOfSamples() ? row === this.active[0] && column === this.active[1] : true);
    assign(element, {
      "data-state": state,
      "data-picture": one?.there ? nameOf(spot.cell, one.seed) : null,
      "aria-selected": String(hand && spot.cell >= 0),
      "aria-label": this.said(row, column)
    });
    element.classList.toggle("dx-favourite", mark?.favourite ?? false);
    element.classList.toggle("dx-noted", Boolean(mark?.note));
    element.classList.toggle("dx-faint", this.store.get("only") && !mark?.favourite);
  }
  layoutOfSamples() {
    return this.store.get("columns").startsWith("#");
  }
  said(row, column) {
    const names = [this.layout.rows[row], this.columnName(column)].filter(Boolean).join(", ");
    return `${names}: ${this.words(row, column)}`;
  }
  /** One place of the grid can be reached with Tab; arrows do the rest. */
  roving() {
    for (const [name, { element }] of this.tiles) element.tabIndex = name === `${this.active[0]} ${this.active[1]}` ? 0 : -1;
  }
};

// src/prompt_grid.traits.ts
var TRAITS = [
  "status",
  "alive",
  "caption",
  "alt",
  "template",
  "axes",
  "cells",
  "plan",
  "about",
  "rows",
  "columns",
  "each",
  "chosen",
  "picture",
  "marks",
  "embedded"
];

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

// src/prompt_grid.ts
var NARROW = 720;
var HIGH2 = 640;
var ASKS = ["draw", "stop", "plan", "python", "keep", "mark", "open"];
var LOCAL = { side: 0, only: false, notice: "" };
function render({ model, el, signal }) {
  const end = new AbortController();
  signal?.addEventListener("abort", () => end.abort());
  const store = new Store(model, TRAITS, LOCAL, end.signal);
  const root = h("div", { class: "dx dx-prompts", role: "region", "aria-label": "prompt grid" });
  clear(el, root);
  build(root, store);
  store.send({ kind: "hello" });
  store.send({ kind: "values" });
  return () => end.abort();
}
function build(root, store) {
  const shelf = new Shelf();
  const pictures = new Pictures(store);
  hear(store, shelf, pictures);
  const sentence = new Sentence(store);
  const hand = new Hand(store, shelf, pictures);
  const sheet = new Sheet(root, store, shelf, pictures, () => hand.plate.scrollIntoView({ block: "nearest" }));
  const choose = new Choose(store, shelf);
  const plan = new PlanLine(store);
  const status = new StatusLine(() => store.send({ kind: "stop" }), "pictures");
  const caption = h("p", { class: "dx-caption" });
  const fit = () => fitted(root, sheet, hand);
  const full = projector(root, fit, store.signal);
  const more = new More(store, () => choose.turn(), full);
  root.append(
    sentence.element,
    hand.element,
    plan.element,
    status.element,
    h("div", { class: "dx-choose" }, choose.element, more.toggle),
    more.element,
    sheet.element,
    caption,
    sheet.tooltip.element
  );
  const tell = () => {
    status.show(store.get("status"), store.get("notice"));
    status.element.classList.toggle("dx-silent", store.get("status").state === "idle" && !store.get("status").sentence && !store.get("notice"));
  };
  store.on(["status", "notice"], tell);
  store.on(["caption"], () => text(caption, store.get("caption")));
  new Patience(store, ASKS, ["status", "marks", "plan"]);
  tell();
  text(caption, store.get("caption"));
  keys(root, keymap({ choose, hand, sheet, full }), store.signal);
  watch(root, fit, store.signal);
}
function hear(store, shelf, pictures) {
  const take = (part, header, buffers) => {
    if (part === "values") shelf.put(header, buffers);
    if (part === "pictures") pictures.put(header.wanted, buffers);
  };
  store.onMessage((message, buffers) => {
    if (message.kind === "part") take(message.part, message.header, buffers);
    if (message.kind === "anew") {
      shelf.clear();
      pictures.clear();
    }
  });
  for (const [part, { header, buffers }] of Object.entries(store.get("embedded") ?? {})) take(part, header, buffers);
}
function fitted(root, sheet, hand) {
  const style = getComputedStyle(root);
  const inside = root.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  if (!(inside > 0)) return;
  const big = root.classList.contains("dx-projector");
  hand.fit(inside, root.classList.contains("dx-narrow"));
  sheet.fit(inside, big ? Math.max(HIGH2, window.innerHeight - 120) : HIGH2);
}
function watch(root, fit, signal) {
  followTheme(root, () => void 0, signal);
  let wide = 0;
  const size = new ResizeObserver(() => {
    if (root.clientWidth === wide) return;
    wide = root.clientWidth;
    root.classList.toggle("dx-narrow", wide < NARROW);
    fit();
  });
  size.observe(root);
  signal.addEventListener("abort", () => size.disconnect());
}
var prompt_grid_default = { render };
export {
  prompt_grid_default as default
};
