// src/attention_explorer.traits.ts
var TRAITS = [
  "status",
  "alive",
  "caption",
  "alt",
  "geometry",
  "pictures",
  "selected",
  "beside",
  "tab",
  "word",
  "patch",
  "by",
  "mode",
  "picks",
  "box",
  "more",
  "proof",
  "embedded"
];

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

// src/shared/colour.ts
var AMOUNT = ["fbf8f0", "fce4b4", "f8b85f", "e27d1e", "a94d0a", "5c2a08"];
var SIGNED = [
  "2d004b",
  "542788",
  "8073ac",
  "b2abd2",
  "d8daeb",
  "f7f7f7",
  "fee0b6",
  "fdb863",
  "e08214",
  "b35806",
  "7f3b08"
];
function through(stops) {
  const colours = stops.map((hex) => [0, 2, 4].map((at2) => parseInt(hex.slice(at2, at2 + 2), 16)));
  const lut = new Uint8Array(768);
  for (let i = 0; i < 256; i++) {
    const along = i / 255 * (stops.length - 1);
    const first = Math.min(Math.floor(along), stops.length - 2);
    for (let c = 0; c < 3; c++) {
      const [low, high] = [colours[first][c], colours[first + 1][c]];
      lut[3 * i + c] = Math.round(low + (high - low) * (along - first));
    }
  }
  return lut;
}
var amount = through(AMOUNT);
var signed = through(SIGNED);
function index(scale, value) {
  const bend = (x) => scale.power ? Math.sign(x) * Math.abs(x) ** scale.power : x;
  const place2 = scale.log ? Math.log(Math.max(value, scale.low) / scale.low) / Math.log(scale.high / scale.low) : (bend(value) - bend(scale.low)) / (bend(scale.high) - bend(scale.low));
  return Math.round(255 * Math.min(1, Math.max(0, Number.isFinite(place2) ? place2 : 0)));
}
function colour(scale, value) {
  const i = 3 * index(scale, value);
  return [scale.lut[i], scale.lut[i + 1], scale.lut[i + 2]];
}
function place(scale, value) {
  return index(scale, value) / 255;
}
function contrast([r, g, b]) {
  return 0.299 * r + 0.587 * g + 0.114 * b > 140 ? "#1f1c18" : "#ffffff";
}

// src/shared/legend.ts
var Legend = class {
  words = h("p", { class: "dx-meaning" });
  bar = canvas(256, 1);
  ticks = h("div", { class: "dx-ticks", "aria-hidden": "true" });
  mark = h("span", { class: "dx-mark", "aria-hidden": "true" });
  element = h("div", { class: "dx-scale", role: "img" });
  current = null;
  constructor() {
    this.bar.className = "dx-colours";
    this.element.append(this.bar, h("div", { class: "dx-rail", "aria-hidden": "true" }, this.mark), this.ticks);
  }
  show(scale, meaning) {
    text(this.words, meaning);
    this.element.classList.toggle("dx-off", scale === null);
    if (scale === this.current) return;
    this.current = scale;
    if (!scale) return;
    const ends = [scale.ticks[0].label, scale.ticks[scale.ticks.length - 1].label];
    this.element.setAttribute("aria-label", `scale from ${ends[0]} to ${ends[1]} ${scale.unit}`.trim());
    const image = new ImageData(256, 1);
    for (let i = 0; i < 256; i++) image.data.set([...scale.lut.subarray(3 * i, 3 * i + 3), 255], 4 * i);
    pen(this.bar).putImageData(image, 0, 0);
    const last = scale.ticks.length - 1;
    this.ticks.replaceChildren(...scale.ticks.map(({ at: at2, label }, i) => {
      const tick = h("span", {}, i === last ? `${label} ${scale.unit}`.trim() : label);
      tick.style.left = `${100 * place(scale, at2)}%`;
      return tick;
    }));
    this.point(null);
  }
  /** Mark a value on the scale; null: none. Only a transform changes: nothing is laid out anew. */
  point(value) {
    const shown = this.current !== null && value !== null;
    this.mark.style.visibility = shown ? "visible" : "hidden";
    if (shown) this.mark.style.transform = `translateX(${100 * place(this.current, value)}%)`;
  }
};

// src/shared/format.ts
function percent(share2) {
  const value = 100 * share2;
  if (!(value > 0)) return "0 %";
  if (value >= 99.95) return "100 %";
  if (value >= 10) return `${value.toFixed(1)} %`;
  if (value < 1e-3) return "< 0.001 %";
  return `${value.toFixed(Math.min(5, 1 - Math.floor(Math.log10(value))))} %`;
}
function bits(value) {
  return `${(Math.abs(value) < 5e-3 ? 0 : value).toFixed(2)} bits`;
}
function signedPercent(share2) {
  const size = percent(Math.abs(share2));
  return size === "0 %" ? size : `${share2 < 0 ? "−" : "+"}${size}`;
}
function signedBits(value) {
  const size = Math.abs(value) >= 99.95 ? Math.abs(value).toFixed(0) : Math.abs(value).toFixed(Math.abs(value) >= 9.995 ? 1 : 2);
  if (Number(size) === 0) return "0.00 bits";
  return `${value < 0 ? "−" : "+"}${size} bits`;
}
function seconds(value) {
  if (value < 1) return "less than a second left";
  if (value < 90) return `${Math.round(value)} s left`;
  return `${Math.round(value / 60)} min left`;
}
function at(patch, columns) {
  return `row ${Math.floor(patch / columns)}, column ${patch % columns}`;
}

// src/shared/grid.ts
var ARROWS = {
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0]
};
function corner(patch, columns) {
  return { row: Math.floor(patch / columns), column: patch % columns };
}
function between(a, b) {
  return {
    top: Math.min(a.row, b.row),
    left: Math.min(a.column, b.column),
    bottom: Math.max(a.row, b.row),
    right: Math.max(a.column, b.column)
  };
}
function patchesOf(box, columns) {
  const out = [];
  for (let row = box.top; row <= box.bottom; row++) {
    for (let column = box.left; column <= box.right; column++) out.push(row * columns + column);
  }
  return out;
}
function moved(from, key, { rows, columns }) {
  const [down, right] = ARROWS[key];
  const limit = (value, size) => Math.min(Math.max(value, 0), size - 1);
  return { row: limit(from.row + down, rows), column: limit(from.column + right, columns) };
}

// src/attention_explorer/hand.ts
var Hands = class {
  constructor(store, parts) {
    this.store = store;
    this.parts = parts;
  }
  store;
  parts;
  /** The picture that is spoken of. */
  get id() {
    const over = this.store.get("overWord") ?? this.store.get("over");
    return over?.id ?? this.store.get("selected");
  }
  /** The word in hand of a picture: the same one, by its letters, where texts differ. */
  word(id) {
    const over = this.store.get("overWord");
    if (over) return this.same(over.id, over.word, id);
    return this.same(this.store.get("selected"), this.store.get("word"), id);
  }
  /** What the numbers are of. */
  hand() {
    const id = this.id;
    const pinned = this.store.get("patch");
    const over = this.store.get("over");
    const patch = this.store.get("overWord") ? -1 : pinned >= 0 ? pinned : over ? over.patch : -1;
    return { id, patch, word: this.word(id) };
  }
  /** The patches whose numbers are shown together: a box, one patch, or (null) all of them. */
  patches(id) {
    const box = id === this.store.get("selected") ? boxOf(this.store.get("box")) : null;
    if (box) return patchesOf(box, this.store.get("geometry").columns);
    const { id: spoken, patch } = this.hand();
    return patch >= 0 && (id === spoken || this.store.get("patch") >= 0) ? [patch] : null;
  }
  /** What the map of a picture shows. */
  subject(id) {
    const word = this.word(id);
    const pinned = this.store.get("patch");
    const over = this.store.get("over");
    const looks2 = this.store.get("tab") === "looks";
    const asked = this.store.get("overWord") !== null;
    if (looks2 && !asked && pinned >= 0) return { kind: "patch", patch: pinned };
    if (word >= 0) return { kind: "word", word };
    if (looks2 && !asked && over) return { kind: "patch", patch: over.patch };
    return { kind: "all" };
  }
  /** The word of another picture with the same letters, the same time that they stand there. */
  same(from, word, to) {
    if (word < 0 || from === to) return word;
    const [one, two] = [this.parts.picture(from), this.parts.picture(to)];
    return one && two ? match(one, word, two) : -1;
  }
};
function boxOf(box) {
  return box.length === 4 ? { top: box[0], left: box[1], bottom: box[2], right: box[3] } : null;
}
function match(one, word, two) {
  const letters = one.words[word]?.text;
  const times = one.words.slice(0, word).filter(({ text: text2 }) => text2 === letters).length;
  const places = two.words.map(({ text: text2 }, i) => text2 === letters ? i : -1).filter((i) => i >= 0);
  return places[times] ?? -1;
}

// src/attention_explorer/say.ts
var BY_NAMES = {
  contribution: "contribution",
  attention: "raw attention",
  signed: "signed contribution"
};
var MODE_NAMES = {
  image: "patches cannot read it",
  all: "nothing can read it",
  replace: "replaced"
};
var BY_MEANINGS = {
  contribution: "Attention times the size of what was passed on. It says where it looked, not what that did.",
  attention: "Attention weights alone. They say where it looked, not what that did.",
  signed: "What was passed on, along what the heads wrote in the end: brown pushed the same way, purple against it."
};
var MODE_MEANINGS = {
  image: "Bits lost when no patch may read the word. Copies of it in later words can still be read.",
  all: "Bits lost when nothing may read the word, later words included: a hole never seen in training.",
  replace: "Bits lost when another word stands there."
};
var Sayings = class {
  constructor(store, parts, views, hands) {
    this.store = store;
    this.parts = parts;
    this.views = views;
    this.hands = hands;
  }
  store;
  parts;
  views;
  hands;
  /** Whether the words of a box are asked for. */
  get boxed() {
    return boxOf(this.store.get("box")) !== null && this.hands.id === this.store.get("selected");
  }
  get looks() {
    return this.store.get("tab") === "looks";
  }
  heading() {
    if (this.boxed) return "Where it looked, and what it depended on";
    return this.looks ? "Where it looked" : "What it depended on";
  }
  /** What the numbers are of. */
  which() {
    const { rows, columns } = this.store.get("geometry");
    const { id, patch, word } = this.hands.hand();
    const box = boxOf(this.store.get("box"));
    if (box && id === this.store.get("selected")) return boxName(box);
    if (patch >= 0) return `${at(patch, columns)}${this.store.get("patch") === patch ? " · pinned" : ""}`;
    const name = word >= 0 ? `‘${this.wordName(id, word)}’` : "The whole picture";
    return `${name}, ${this.looks ? "mean" : "sum"} of ${rows * columns} patches`;
  }
  /** What the colours of a map mean. */
  meaning() {
    if (this.looks) {
      const signed2 = this.store.get("by") === "signed" && this.hands.subject(this.hands.id).kind === "patch";
      return signed2 ? "For earlier patches no sign is kept: this is their contribution." : BY_MEANINGS[this.store.get("by")];
    }
    const mode = this.store.get("mode");
    if (mode !== "replace") return MODE_MEANINGS[mode];
    const { id, word } = this.hands.hand();
    const others = this.parts.get(id)?.depends?.replaced[word] ?? [];
    return others.length ? `Bits lost when ‘${this.wordName(id, word)}’ becomes ${list(others)}.` : MODE_MEANINGS.replace;
  }
  /** What stands under a map. */
  ofMap(id, subject, known) {
    const one = this.parts.picture(id);
    if (one?.state === "drawing") return "being drawn";
    if (!known) return this.missing(id);
    const { columns } = this.store.get("geometry");
    const heads = this.store.get("picks").length ? ` · ${this.heads(subject.kind === "patch")}` : "";
    if (!this.looks) return subject.kind === "word" ? `bits lost without ${this.nameOf(id, subject)}` : "bits lost without the costliest word";
    if (subject.kind === "patch") return `what ${at(subject.patch, columns)} looked at${heads}`;
    return `looks at ${this.nameOf(id, subject)}${heads}`;
  }
  nameOf(id, subject) {
    if (subject.kind === "word") return `‘${this.wordName(id, subject.word)}’`;
    if (subject.kind === "patch") return "looked at";
    return this.looks ? "all words together" : "the costliest word";
  }
  /** What a patch read, in four shares. */
  read(id, patch) {
    const found = this.views.shares(id);
    if (!found) return "";
    const { all, words, patches } = found;
    const of = (column) => all[column * patches + patch];
    let text2 = 0;
    for (let word = 0; word < words; word++) text2 += of(word);
    const say = this.store.get("by") === "signed" ? signedPercent : percent;
    return `text ${say(text2)} · earlier ${say(of(words + 2))}`;
  }
  /** Which heads are shown together. */
  heads(layersOnly) {
    const picks = this.store.get("picks");
    const { layers, heads } = this.store.get("geometry");
    if (!picks.length) return `all ${layers * heads} heads together`;
    if (layersOnly) {
      const found = [...new Set(picks.map(([layer]) => layer))].sort((a, b) => a - b);
      return `all heads of layer${found.length > 1 ? "s" : ""} ${list(found.map(String))}`;
    }
    if (picks.length === 1) return `layer ${picks[0][0]}, head ${picks[0][1]}`;
    return `${picks.length} heads together`;
  }
  wordName(id, word) {
    return this.parts.picture(id)?.words[word]?.text ?? "";
  }
  missing(id) {
    const data = this.parts.get(id);
    const refused = data?.refused[this.looks ? "looks" : "depends"];
    if (refused) return refused;
    return !this.looks && data?.depends ? "this was not measured here" : "not here yet";
  }
};
function boxName({ top, left, bottom, right }) {
  const span = (name, a, b) => a === b ? `${name} ${a}` : `${name}s ${a} to ${b}`;
  return `${span("row", top, bottom)}, ${span("column", left, right)}`;
}
function list(words) {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} and ${words[words.length - 1]}`;
}
function choosePicture(store, parts, id) {
  const before = store.get("selected");
  if (before === id) return;
  const [one, two] = [parts.picture(before), parts.picture(id)];
  const word = one && two && store.get("word") >= 0 ? match(one, store.get("word"), two) : -1;
  const pair = store.get("beside") === id;
  store.set("selected", id);
  store.set("beside", pair ? before : "");
  store.set("word", word);
}

// src/attention_explorer/types.ts
var TABS = ["looks", "depends"];
var BYS = ["contribution", "attention", "signed"];
var MODES = ["all", "image", "replace"];
var PARTS = ["picture", "looks", "earlier", "depends", "agreement", "twin", "deletion", "heads", "lens"];

// src/attention_explorer/choose.ts
var TAB_NAMES = { looks: "looks at", depends: "depends on" };
var Choose = class {
  constructor(store, parts, views, hands, say) {
    this.store = store;
    this.parts = parts;
    this.views = views;
    this.hands = hands;
    this.say = say;
    this.tabs = h("div", { class: "dx-tabs", role: "tablist", "aria-label": "question" });
    for (const tab of TABS) {
      const made = h("button", { type: "button", role: "tab", class: "dx-tab" }, TAB_NAMES[tab]);
      made.addEventListener("click", () => store.set("tab", tab));
      this.buttons.set(tab, made);
      this.tabs.append(made);
    }
    const id = unique("by");
    this.select = h("select", { id });
    this.label = h("label", { for: id });
    this.element = h("div", { class: "dx-show" }, this.label, this.select);
    this.select.addEventListener("change", () => this.take(this.select.value));
    store.on(["tab", "by", "mode", "selected", "pictures"], () => this.follow());
    store.on(["over", "overWord", "patch", "word", "picks"], () => this.point());
    parts.on(() => this.follow());
    this.follow();
  }
  store;
  parts;
  views;
  hands;
  say;
  tabs;
  element;
  legend = new Legend();
  buttons = /* @__PURE__ */ new Map();
  select;
  label;
  /** The next quantity of the page that is open. */
  next() {
    const able = [...this.select.options].filter((option) => !option.disabled).map(({ value }) => value);
    this.take(able[(able.indexOf(this.select.value) + 1) % able.length]);
  }
  go(tab) {
    this.store.set("tab", tab);
  }
  /** The other page, for arrow keys on the tabs. */
  turn() {
    const tab = this.store.get("tab") === "looks" ? "depends" : "looks";
    this.store.set("tab", tab);
    this.buttons.get(tab).focus();
  }
  take(value) {
    if (this.store.get("tab") === "looks") this.store.set("by", value);
    else this.store.set("mode", value);
  }
  follow() {
    const tab = this.store.get("tab");
    for (const [name, button2] of this.buttons) {
      button2.setAttribute("aria-selected", String(name === tab));
      button2.tabIndex = name === tab ? 0 : -1;
    }
    text(this.label, tab === "looks" ? "by" : "when");
    const names = tab === "looks" ? BY_NAMES : MODE_NAMES;
    const able = tab === "looks" ? BYS : MODES;
    const modes = this.parts.get(this.hands.id)?.depends?.modes;
    const options = able.map((name) => {
      const missing = tab === "depends" && modes !== void 0 && !modes.includes(name);
      return h("option", { value: name, disabled: missing }, names[name]);
    });
    this.select.replaceChildren(...options);
    this.select.value = tab === "looks" ? this.store.get("by") : this.store.get("mode");
    this.point();
  }
  point() {
    const id = this.hands.id;
    const subject = this.hands.subject(id);
    const scale = this.views.scale(subject);
    this.legend.show(scale, this.say.meaning());
    const patch = this.store.get("over")?.patch ?? -1;
    const map = patch >= 0 ? this.views.map(id, subject) : null;
    this.legend.point(map && patch < map.end && !Number.isNaN(map.values[patch]) ? map.values[patch] : null);
  }
};

// src/attention_explorer/gallery.ts
var Gallery = class {
  constructor(store, parts) {
    this.store = store;
    this.parts = parts;
    store.on(["pictures", "geometry"], () => this.build());
    store.on(["selected", "beside"], () => this.mark());
    parts.on((id, part) => {
      if (part === "picture") this.draw(id);
    });
    this.build();
  }
  store;
  parts;
  element = h("div", { class: "dx-gallery", role: "group", "aria-label": "pictures" });
  prints = /* @__PURE__ */ new Map();
  build() {
    const all = this.store.get("pictures").filter(({ role }) => role === "first");
    const kept = this.prints;
    this.prints = new Map(all.map(({ id }) => [id, kept.get(id) ?? this.make(id)]));
    this.element.hidden = all.length < 2;
    for (const one of all) this.prints.get(one.id).button.setAttribute("aria-label", `show ${one.label || `seed ${one.seed}`}`);
    arrange(this.element, [...this.prints.values()].map(({ button: button2 }) => button2));
    for (const { id } of all) this.draw(id);
    this.mark();
  }
  make(id) {
    const image = canvas(64, 64);
    const button2 = h("button", { type: "button", class: "dx-print-of" }, image);
    button2.addEventListener("click", () => {
      choosePicture(this.store, this.parts, id);
    });
    return { button: button2, image };
  }
  draw(id) {
    const [print, source] = [this.prints.get(id), this.parts.get(id)?.picture];
    if (!print || !source) return;
    [print.image.width, print.image.height] = [source.width, source.height];
    pen(print.image).drawImage(source, 0, 0);
  }
  mark() {
    for (const [id, { button: button2 }] of this.prints) button2.setAttribute("aria-pressed", String(id === this.store.get("selected")));
  }
};

// src/shared/kernel.ts
var NEEDS_KERNEL = "This needs a running kernel: open the notebook and run the cell.";

// src/attention_explorer/combine.ts
var SQUARE = Float32Array.from({ length: 256 }, (_, byte) => (byte / 255) ** 2);
var SIGNED2 = Float32Array.from({ length: 256 }, (_, byte) => {
  const value = byte > 127 ? byte - 256 : byte;
  return Math.sign(value) * (value / 127) ** 2;
});
function chosen(picks, layers, heads) {
  if (!picks.length) return Array.from({ length: layers * heads }, (_, i) => i);
  return picks.map(([layer, head]) => layer * heads + head).filter((i) => i >= 0 && i < layers * heads);
}
function combine(looks2, by, picks) {
  const { columns: c, patches: p } = looks2;
  const heads = chosen(picks, looks2.layers, looks2.heads);
  const out = new Float32Array(c * p);
  const total = new Float32Array(p);
  const source = by === "signed" ? new Uint8Array(looks2.signed.buffer, looks2.signed.byteOffset, looks2.signed.length) : looks2[by];
  const table = by === "signed" ? SIGNED2 : SQUARE;
  const weights = by === "attention" ? null : by === "signed" ? looks2.signedWeight : looks2.weight;
  const weight = new Float32Array(p).fill(1);
  for (const head of heads) {
    if (weights) weight.set(weights.subarray(head * p, (head + 1) * p));
    for (let patch = 0; patch < p; patch++) total[patch] += weight[patch];
    let from = head * c * p;
    for (let column = 0, to = 0; column < c; column++) {
      for (let patch = 0; patch < p; patch++) out[to++] += weight[patch] * table[source[from++]];
    }
  }
  if (by !== "signed") sums(out, c, p, total);
  for (let i = 0; i < out.length; i++) out[i] = total[i % p] > 0 ? out[i] / total[i % p] : 0;
  return out;
}
function sums(shares, c, p, into) {
  into.fill(0);
  for (let column = 0, i = 0; column < c; column++) {
    for (let patch = 0; patch < p; patch++) into[patch] += shares[i++];
  }
}
function ofTwin(twin, by) {
  return Float32Array.from(by === "attention" ? twin.attention : twin.contribution, (byte) => SQUARE[byte]);
}
function means(shares, patches) {
  const out = new Float32Array(shares.length / patches);
  for (let i = 0; i < shares.length; i++) out[Math.floor(i / patches)] += shares[i] / patches;
  return out;
}
function start(patch) {
  return patch * Math.max(0, patch - 1) / 2;
}
function combineEarlier(earlier, by, picks, layers, patches) {
  const size = start(patches);
  const out = new Float32Array(size);
  const often = new Float32Array(layers).fill(picks.length ? 0 : 1);
  for (const [layer] of picks) if (layer < layers) often[layer]++;
  const total = new Float32Array(patches);
  for (let layer = 0; layer < layers; layer++) {
    if (!often[layer]) continue;
    let from = layer * size;
    for (let patch = 0, to = 0; patch < patches; patch++) {
      const weight = often[layer] * (by === "attention" ? 1 : earlier.weight[layer * patches + patch]);
      total[patch] += weight;
      for (let source = 0; source < patch; source++) out[to++] += weight * SQUARE[earlier[by][from++]];
    }
  }
  for (let patch = 0, i = 0; patch < patches; patch++) {
    for (let source = 0; source < patch; source++, i++) out[i] = total[patch] > 0 ? out[i] / total[patch] : 0;
  }
  return out;
}
function ofHeadAt(looks2, by, head, columns, patch) {
  const { columns: c, patches: p } = looks2;
  const of = (column) => {
    const at2 = (head * c + column) * p + patch;
    return by === "signed" ? SIGNED2[looks2.signed[at2] & 255] : SQUARE[looks2[by][at2]];
  };
  return columns.reduce((sum, column) => sum + of(column), 0);
}
function ofHead(looks2, by, head, columns) {
  const { columns: c, patches: p } = looks2;
  const out = new Float32Array(p);
  for (const column of columns) {
    const from = (head * c + column) * p;
    for (let patch = 0; patch < p; patch++) {
      out[patch] += by === "signed" ? SIGNED2[looks2.signed[from + patch] & 255] : SQUARE[looks2[by][from + patch]];
    }
  }
  return out;
}

// src/attention_explorer/scales.ts
var share = {
  low: 0,
  high: 0.5,
  log: false,
  power: 1 / 3,
  lut: amount,
  unit: "",
  ticks: [0, 1e-3, 0.01, 0.05, 0.2, 0.5].map((at2) => ({ at: at2, label: at2 === 0.5 ? "≥ 50 %" : String(100 * at2) }))
};
var signedShare = {
  low: -0.5,
  high: 0.5,
  log: false,
  power: 1 / 3,
  lut: signed,
  unit: "",
  ticks: [-0.5, -0.05, 0, 0.05, 0.5].map((at2) => ({ at: at2, label: written(100 * at2, 50, " %") }))
};
var bits2 = {
  low: -8,
  high: 8,
  log: false,
  power: 1 / 2,
  lut: signed,
  unit: "bits",
  ticks: [-8, -4, -1, 0, 1, 4, 8].map((at2) => ({ at: at2, label: written(at2, 8) }))
};
function bitsOf(patches) {
  return { ...bits2, low: -patches, high: patches, ticks: [] };
}
function written(value, end, unit = "") {
  if (!value) return "0";
  const size = `${value < 0 ? "−" : "+"}${Math.abs(value)}`;
  if (Math.abs(value) !== end) return size;
  return value < 0 ? `≤ ${size}` : `≥ ${size}${unit}`;
}

// src/attention_explorer/views.ts
var VEIL = 0.76;
var Views = class {
  // of the patch in hand
  constructor(store, parts) {
    this.store = store;
    this.parts = parts;
    store.on(["by", "picks"], () => {
      this.shares_.clear();
      this.earlier_.clear();
      this.images.clear();
      this.ready();
    });
    store.on(["mode"], () => this.images.clear());
    store.on(["geometry", "pictures"], () => this.images.clear());
    parts.on((id, part) => {
      this.forget(id);
      if (part === "looks" || part === "earlier") this.ready();
    });
  }
  store;
  parts;
  shares_ = /* @__PURE__ */ new Map();
  earlier_ = /* @__PURE__ */ new Map();
  bits_ = /* @__PURE__ */ new Map();
  images = /* @__PURE__ */ new Map();
  moving = /* @__PURE__ */ new Map();
  /** What the chosen heads read, together. */
  shares(id) {
    const known = this.shares_.get(id);
    if (known) return known;
    const looks2 = this.parts.get(id)?.looks;
    if (!looks2) return null;
    const all = combine(looks2, this.store.get("by"), this.store.get("picks"));
    const made = { all, means: means(all, looks2.patches), words: looks2.columns - 3, patches: looks2.patches };
    this.shares_.set(id, made);
    return made;
  }
  /** Bits that every patch loses with each word, in the mode that is chosen. */
  bits(id) {
    const mode = this.store.get("mode");
    const known = this.bits_.get(`${id} ${mode}`);
    if (known) return known;
    const depends = this.parts.get(id)?.depends;
    const all = depends?.bits[mode];
    if (!depends || !all) return null;
    const patches = all.length / depends.rows;
    const sums2 = means(all, patches).map((mean) => mean * patches);
    const made = { all, sums: sums2, patches, words: depends.rows - Number(depends.padding) };
    this.bits_.set(`${id} ${mode}`, made);
    return made;
  }
  /** Which way of looking the map of a patch shows: signed shares are not kept for patches. */
  get byOfPatches() {
    return this.store.get("by") === "attention" ? "attention" : "contribution";
  }
  scale(subject) {
    if (this.store.get("tab") === "depends") return bits2;
    return this.store.get("by") === "signed" && subject.kind !== "patch" ? signedShare : share;
  }
  map(id, subject) {
    if (subject.kind === "patch") return this.ofPatch(id, subject.patch);
    const key = [id, this.store.get("tab"), subject.kind === "word" ? subject.word : "all"].join();
    const known = this.images.get(key);
    if (known) return known;
    const values = this.store.get("tab") === "looks" ? this.sharesOf(id, subject) : this.bitsOf(id, subject);
    if (!values) return null;
    const { rows, columns } = this.store.get("geometry");
    const image = canvas(columns, rows);
    const made = { values, end: values.length, scale: this.scale(subject), image };
    paint(image, values, values.length, made.scale);
    this.images.set(key, made);
    return made;
  }
  ofPatch(id, patch) {
    const all = this.earlier(id);
    if (!all) return null;
    const values = all.subarray(start(patch), start(patch + 1));
    const { rows, columns } = this.store.get("geometry");
    if (!this.moving.has(id)) this.moving.set(id, canvas(columns, rows));
    const image = this.moving.get(id);
    paint(image, values, patch, share);
    return { values, end: patch, scale: share, image };
  }
  earlier(id) {
    const known = this.earlier_.get(id);
    if (known) return known;
    const held = this.parts.get(id)?.earlier;
    if (!held) return null;
    const { layers, rows, columns } = this.store.get("geometry");
    const made = combineEarlier(held, this.byOfPatches, this.store.get("picks"), layers, rows * columns);
    this.earlier_.set(id, made);
    return made;
  }
  sharesOf(id, subject) {
    const found = this.shares(id);
    if (!found) return null;
    const { all, words, patches } = found;
    if (subject.kind === "word") return all.subarray(subject.word * patches, (subject.word + 1) * patches);
    const out = new Float32Array(patches);
    for (let i = 0; i < words * patches; i++) out[i % patches] += all[i];
    return out;
  }
  /** Of all words: the one without which a patch loses most, as losses do not add up. */
  bitsOf(id, subject) {
    const found = this.bits(id);
    if (!found) return null;
    const { all, patches, words } = found;
    if (subject.kind === "word") return all.subarray(subject.word * patches, (subject.word + 1) * patches);
    const out = new Float32Array(patches).fill(NaN);
    for (let i = 0; i < words * patches; i++) if (!(all[i] <= out[i % patches]) && !Number.isNaN(all[i])) out[i % patches] = all[i];
    return out;
  }
  /** Have at hand what the pointer will ask for. */
  ready() {
    for (const { id } of this.parts.shown()) {
      this.shares(id);
      this.earlier(id);
    }
  }
  forget(id) {
    this.shares_.delete(id);
    this.earlier_.delete(id);
    for (const key of [...this.bits_.keys()]) if (key.startsWith(`${id} `)) this.bits_.delete(key);
    for (const key of [...this.images.keys()]) if (key.startsWith(`${id},`)) this.images.delete(key);
  }
};
function paint(image, values, end, scale, alpha = VEIL) {
  const context = pen(image);
  const pixels = context.createImageData(image.width, image.height);
  const { data } = pixels;
  const opaque = Math.round(255 * alpha);
  for (let patch = 0; patch < end; patch++) {
    if (Number.isNaN(values[patch])) continue;
    const from = 3 * index(scale, values[patch]);
    const to = 4 * patch;
    data[to] = scale.lut[from];
    data[to + 1] = scale.lut[from + 1];
    data[to + 2] = scale.lut[from + 2];
    data[to + 3] = opaque;
  }
  context.putImageData(pixels, 0, 0);
}

// src/attention_explorer/heads.ts
var ORDERS = {
  layer: "layer and head",
  text: "text share",
  distance: "locality: nearest first",
  entropy: "entropy: most certain first",
  effect: "effect"
};
var BELOW = {
  text: "text share",
  distance: "patches to where it looks",
  entropy: "entropy in bits",
  effect: "bits lost without it"
};
var KINDS = { mean: "its mean", zero: "nothing", start: "a look at the start" };
var HeadSheet = class {
  constructor(store, parts, hands) {
    this.store = store;
    this.parts = parts;
    this.hands = hands;
    const [sort, kind] = [unique("sort"), unique("kind")];
    this.order = h("select", { id: sort }, ...Object.entries(ORDERS).map(([value, name]) => h("option", { value }, name)));
    this.kind = h("select", { id: kind }, ...Object.entries(KINDS).map(([value, name]) => h("option", { value }, name)));
    this.measure = button("Measure effects", () => store.send({ kind: "ablate", id: store.get("selected"), what: this.kind.value }), { quiet: true });
    this.all = button("All heads", () => store.set("picks", []), { quiet: true });
    this.element = h(
      "section",
      { class: "dx-section" },
      h("h3", {}, "Heads"),
      this.said,
      h(
        "div",
        { class: "dx-actions" },
        h("label", { class: "dx-inline", for: sort }, "sorted by"),
        this.order,
        this.all,
        h("label", { class: "dx-inline", for: kind }, "effect: replace a head by"),
        this.kind,
        this.measure
      ),
      this.grid
    );
    this.order.addEventListener("change", () => this.arrange());
    store.on(["geometry"], () => this.build());
    store.on(["picks"], () => this.mark());
    store.on(["alive", "status"], () => this.able());
    store.on(["over", "overWord", "patch", "word", "by", "tab", "selected", "more"], () => this.later());
    parts.on((_, part) => {
      if (part === "heads") this.arrange();
      if (part === "looks" || part === "heads") this.later();
    });
    this.build();
    this.able();
  }
  store;
  parts;
  hands;
  element;
  cells = [];
  grid = h("div", { class: "dx-heads", role: "group", "aria-label": "heads" });
  order;
  kind;
  measure;
  said = h("p", { class: "dx-hint" });
  all;
  waiting = 0;
  build() {
    const { rows, columns, layers, heads } = this.store.get("geometry");
    this.cells = Array.from({ length: layers * heads }, (_, i) => {
      const image = canvas(columns, rows);
      const number = h("span", { class: "dx-head-number dx-number" });
      const [layer, head] = [Math.floor(i / heads), i % heads];
      const made = h("button", { type: "button", class: "dx-head-cell" }, image, h("span", { class: "dx-head-name" }, `${layer}.${head}`), number);
      made.addEventListener("click", () => this.toggle([layer, head]));
      return { button: made, image, number };
    });
    this.grid.style.setProperty("--dx-heads", String(heads));
    this.grid.style.setProperty("--dx-heads-count", String(heads));
    this.arrange();
    this.mark();
    this.later();
  }
  /** Press a head: it is averaged with the others that are pressed; the last one let go means all. */
  toggle([layer, head]) {
    const picks = this.store.get("picks");
    const others = picks.filter(([l, h_]) => l !== layer || h_ !== head);
    const next = others.length < picks.length ? others : [...picks, [layer, head]];
    this.store.set("picks", next.sort((a, b) => a[0] - b[0] || a[1] - b[1]));
  }
  later() {
    if (this.waiting || !this.store.get("more")) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = 0;
      this.draw();
    });
  }
  subject() {
    const { patch, word } = this.hands.hand();
    if (this.store.get("overWord") === null && patch >= 0) return { kind: "patch", patch };
    return word >= 0 ? { kind: "word", word } : { kind: "all" };
  }
  draw() {
    const { id } = this.hands;
    const looks2 = this.parts.get(id)?.looks;
    if (!looks2) return;
    const by = this.store.get("by");
    const scale = by === "signed" ? signedShare : share;
    const subject = this.subject();
    const words = Array.from({ length: looks2.columns - 3 }, (_, i) => i);
    const columns = subject.kind === "word" ? [subject.word] : words;
    this.cells.forEach(({ image }, head) => {
      if (subject.kind === "patch") return this.fill(image, scale, ofHeadAt(looks2, by, head, columns, subject.patch));
      const values = ofHead(looks2, by, head, columns);
      paint(image, values, values.length, scale, 1);
    });
    text(this.said, this.meaning(subject));
    this.numbers();
  }
  /** One colour for the whole of a head: its number at the patch in hand. */
  fill(image, scale, value) {
    const context = pen(image);
    context.fillStyle = `rgb(${colour(scale, value).join()})`;
    context.fillRect(0, 0, image.width, image.height);
  }
  meaning(subject) {
    const { id } = this.hands;
    const picks = this.store.get("picks").length;
    const what = subject.kind === "word" ? `How much each head looked at ‘${this.parts.picture(id)?.words[subject.word]?.text}’` : subject.kind === "patch" ? "How much of each head’s look went to the text, at the patch in hand" : "How much each head looked at the text";
    return `${what}. Below each: ${BELOW[this.shownBy()]}. Press heads to put these alone together${picks ? `; ${picks} pressed.` : "; now all are."}`;
  }
  /** Which number stands below each head: that of the order; the effect, as soon as it is known. */
  shownBy() {
    const order = this.order.value;
    if (order !== "layer") return order;
    return this.parts.get(this.store.get("selected"))?.heads?.effect ? "effect" : "text";
  }
  /** The number by which the heads are sorted, below each. */
  numbers() {
    const held = this.parts.get(this.store.get("selected"))?.heads;
    const order = this.shownBy();
    const { heads } = this.store.get("geometry");
    this.cells.forEach(({ number, button: button2 }, i) => {
      const name = `layer ${Math.floor(i / heads)}, head ${i % heads}`;
      const found = held ? numberOf(held, order, i) : "";
      text(number, found);
      button2.setAttribute("aria-label", found ? `${name}: ${BELOW[order]} ${found}` : name);
      button2.title = name;
    });
  }
  arrange() {
    const held = this.parts.get(this.store.get("selected"))?.heads ?? null;
    const effect = held?.effect ?? null;
    const options = [...this.order.options];
    options[options.length - 1].disabled = effect === null;
    if (effect === null && this.order.value === "effect") this.order.value = "layer";
    const order = this.order.value;
    const places = this.cells.map((_, i) => i);
    if (held && order !== "layer") {
      const key = valuesOf(held, order).map((value) => value === null ? Infinity : order === "effect" || order === "text" ? -value : value);
      places.sort((a, b) => key[a] - key[b] || a - b);
    }
    this.grid.classList.toggle("dx-sorted", order !== "layer");
    const buttons = places.map((i) => this.cells[i].button);
    clear(this.grid, ...order === "layer" ? this.byLayer(buttons) : buttons);
    this.numbers();
  }
  byLayer(buttons) {
    const { layers, heads } = this.store.get("geometry");
    return Array.from({ length: layers }, (_, layer) => h(
      "div",
      { class: "dx-layer" },
      h("span", { class: "dx-layer-name" }, `layer ${layer}`),
      ...buttons.slice(layer * heads, (layer + 1) * heads)
    ));
  }
  mark() {
    const { heads } = this.store.get("geometry");
    const pressed = new Set(this.store.get("picks").map(([layer, head]) => layer * heads + head));
    this.cells.forEach(({ button: button2 }, i) => button2.setAttribute("aria-pressed", String(pressed.has(i))));
    this.all.disabled = !pressed.size;
    this.later();
  }
  able() {
    const alive = this.store.get("alive");
    const busy = ["working", "drawing"].includes(this.store.get("status").state);
    this.measure.disabled = this.kind.disabled = !alive || busy;
    this.measure.title = alive ? "take every head away in turn, and count the bits that are lost" : NEEDS_KERNEL;
  }
};
function valuesOf(held, order) {
  return order === "effect" ? held.effect?.bits ?? [] : held[order];
}
function numberOf(held, order, i) {
  const value = valuesOf(held, order)[i] ?? null;
  if (value === null) return "–";
  if (order === "effect") return signedBits(value).replace(" bits", "");
  return order === "distance" || order === "entropy" ? value.toFixed(1) : percent(value);
}

// src/attention_explorer/keymap.ts
function keymap(store, parts) {
  let anchor = null;
  store.on(["selected", "boxing"], () => anchor = null);
  const move = (key, stretch) => {
    const grid = store.get("geometry");
    const from = corner(Math.max(0, store.get("patch")), grid.columns);
    const to = store.get("patch") < 0 ? from : moved(from, key, grid);
    if (stretch) {
      anchor ??= from;
      const box = between(anchor, to);
      store.set("box", [box.top, box.left, box.bottom, box.right]);
    } else anchor = null;
    store.set("patch", to.row * grid.columns + to.column);
    return true;
  };
  const escape = () => {
    anchor = null;
    parts.plates.tooltip.hide();
    store.set("over", null);
    store.set("overWord", null);
    if (store.get("boxing")) store.set("boxing", false);
    else if (store.get("box").length) store.set("box", []);
    else if (store.get("patch") >= 0) store.set("patch", -1);
    else store.set("word", -1);
    return false;
  };
  return (event) => {
    const target = event.target;
    const { key } = event;
    if (key === "Escape") return escape();
    if (key === "[" || key === "]") return parts.sentence().step(key === "]" ? 1 : -1), true;
    if (key === "1" || key === "2") return parts.choose.go(key === "1" ? "looks" : "depends"), true;
    if (key === "o") return parts.choose.next(), true;
    if (key === "f") return parts.full(), true;
    if (key in ARROWS && target.matches("canvas.dx-plate")) return move(key, event.shiftKey);
    if (key === "ArrowLeft" || key === "ArrowRight") {
      if (target.matches("[role=tab]")) return parts.choose.turn(), true;
      if (target.matches(".dx-word")) return parts.sentence().move(target, key === "ArrowRight" ? 1 : -1);
    }
    if (key === "Enter" && target.matches("canvas.dx-plate")) return store.set("patch", Math.max(0, store.get("patch"))), true;
    return false;
  };
}

// src/attention_explorer/lens.ts
var CAVEAT = "At every patch, each layer is asked for the likeliest code right away. The earlier patches are always those that were drawn in the end, so no layer draws a picture of its own; and early layers may hold what this reading cannot see.";
var LensStrip = class {
  constructor(store, parts) {
    this.store = store;
    this.parts = parts;
    this.element = h("section", { class: "dx-section" }, h("h3", {}, "What each layer would have said"), this.said, this.strip);
    store.on(["selected"], () => this.update());
    parts.on((_, part) => {
      if (part === "lens") this.update();
    });
    this.update();
  }
  store;
  parts;
  element;
  strip = h("div", { class: "dx-lens" });
  said = h("p", { class: "dx-hint" }, CAVEAT);
  update() {
    const lens = this.parts.get(this.store.get("selected"))?.lens ?? null;
    text(this.said, lens ? CAVEAT : `${CAVEAT} ${this.parts.get(this.store.get("selected"))?.refused.lens ?? "Not here yet."}`);
    const most = Math.max(...lens?.kl ?? [0], 1e-9);
    clear(this.strip, ...(lens?.images ?? []).map((image, i) => {
      const made = canvas(image.width, image.height);
      pen(made).drawImage(image, 0, 0);
      const last = i === lens.images.length - 1;
      const name = last ? "in the end" : lens.names[i] ?? `layer ${i}`;
      const kl = lens.kl[i] ?? 0;
      const bar = h("span", { class: "dx-kl", "aria-hidden": "true" });
      bar.style.transform = `scaleX(${Math.sqrt(kl / most).toFixed(3)})`;
      made.setAttribute("role", "img");
      made.setAttribute("aria-label", `the likeliest codes after ${name}`);
      return h(
        "figure",
        { class: "dx-figure" },
        made,
        bar,
        h("figcaption", { class: "dx-lens-foot" }, h("span", {}, name), h("span", { class: "dx-number" }, `KL ${bits(kl)}`))
      );
    }));
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

// src/attention_explorer/more.ts
var More = class {
  constructor(store, parts, heads, lens, projector2, focus) {
    this.store = store;
    this.parts = parts;
    this.focus = focus;
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
    this.element = h(
      "div",
      { class: "dx-more", id, hidden: true },
      this.sentence,
      h(
        "div",
        { class: "dx-cards" },
        section("Without a word", this.offSaid, this.off),
        section("Which words made a part of it", this.boxSaid, this.box, this.whole),
        this.second(),
        this.tools(copy.button, keep, button("Full screen", projector2, { icon: icon("full"), quiet: true }))
      ),
      copy.code,
      copy.said,
      heads.element,
      lens.element
    );
    store.on(["more"], () => this.open());
    store.on(["alive", "word", "selected", "status", "pictures", "mode"], () => this.able());
    store.on(["box", "boxing", "beside"], () => this.follow());
    this.open();
    this.able();
    this.follow();
  }
  store;
  parts;
  focus;
  toggle;
  element;
  needs = /* @__PURE__ */ new Set();
  off;
  box;
  whole;
  alone;
  offSaid = h("p", { class: "dx-hint" });
  boxSaid = h("p", { class: "dx-hint" });
  sentence = h("p", { class: "dx-hint dx-needs" }, NEEDS_KERNEL);
  /** Begin to mark a box, or leave it and give the whole picture back. */
  mark(on) {
    this.store.set("boxing", on);
    if (on) this.focus();
    if (!on) this.store.set("box", []);
  }
  second() {
    const field = h("input", { type: "text", maxlength: 2e3, autocomplete: "off", placeholder: "another prompt, the same seed" });
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
  tools(...buttons) {
    return h("div", { class: "dx-actions dx-card-wide" }, this.alone, ...buttons);
  }
  without() {
    const { store } = this;
    if (store.get("word") >= 0) store.send({ kind: "without", id: store.get("selected"), word: store.get("word") });
  }
  open() {
    const open = this.store.get("more");
    this.element.hidden = !open;
    this.toggle.setAttribute("aria-expanded", String(open));
  }
  able() {
    const alive = this.store.get("alive");
    const busy = ["working", "drawing"].includes(this.store.get("status").state);
    this.sentence.hidden = alive;
    for (const element of this.needs) {
      element.disabled = !alive;
      if (!alive) element.title = NEEDS_KERNEL;
    }
    const word = this.store.get("word");
    const name = this.parts.picture(this.store.get("selected"))?.words[word]?.text;
    this.off.disabled = !alive || busy || name === void 0;
    this.off.title = alive ? "" : NEEDS_KERNEL;
    text(this.offSaid, name === void 0 ? `Press a word first. The picture is then drawn again with the same noise, and ${this.nobody()} may read that word.` : `The picture is drawn again with the same noise, and ${this.nobody()} may read ‘${name}’.`);
  }
  /** Who is kept from reading: as in "depends on", and nobody at all where words are replaced there. */
  nobody() {
    return this.store.get("mode") === "image" ? "no patch" : "nothing";
  }
  follow() {
    const boxing = this.store.get("boxing");
    const boxed = this.store.get("box").length === 4;
    this.box.setAttribute("aria-pressed", String(boxing));
    this.whole.hidden = !boxed && !boxing;
    this.alone.hidden = !this.store.get("beside");
    text(this.boxSaid, boxing ? "Drag over the picture or the map (keys: Shift and arrows). The words of the box are listed beside." : "For a rectangle of patches: where it looked and what it depended on, side by side.");
  }
};
function section(title, said, ...actions) {
  return h("section", { class: "dx-card" }, h("h3", {}, title), said, h("div", { class: "dx-actions" }, ...actions));
}

// src/attention_explorer/bars.ts
var HEADS = { share: "looked at", signed: "looked at", bits: "bits lost without it" };
var SHORT = { ...HEADS, bits: "bits lost" };
var LEFT = -1 / 3;
var Bars = class {
  constructor(use) {
    this.use = use;
    this.element.append(h("table", { class: "dx-lanes" }, this.widths, h("thead", {}, this.head), this.body));
  }
  use;
  element = h("div", { class: "dx-bars-of-words" });
  body = h("tbody");
  head = h("tr");
  widths = h("colgroup");
  lines = [];
  key = "";
  /** Words beyond `count` are no words (the padding): they cannot be pressed. */
  show(words, count2, lanes, held) {
    const key = JSON.stringify([words, count2, lanes.map(({ kind }) => kind)]);
    if (key !== this.key) this.build(words, count2, lanes);
    this.key = key;
    this.lines.forEach((line, i) => {
      line.element.classList.toggle("dx-held", i === held);
      lanes.forEach((lane, j) => this.fill(line.lanes[j], lane, lane.values[i]));
    });
  }
  fill({ bar, number }, { kind, scale }, value) {
    const known = Number.isFinite(value);
    const say = kind === "share" ? percent : kind === "signed" ? signedPercent : signedBits;
    text(number, known ? say(value).replace(" bits", "") : "–");
    const along = known ? place(scale, value) : 0;
    const length = !known ? 0 : kind === "share" ? along : Math.max(LEFT, 2 * along - 1);
    bar.style.transform = `scaleX(${length.toFixed(4)})`;
    bar.classList.toggle("dx-minus", length < 0);
  }
  build(words, count2, lanes) {
    clear(this.head, h("th", { scope: "col" }, "word"), ...lanes.map(({ kind }) => h("th", { scope: "col", colspan: 2 }, (lanes.length > 1 ? SHORT : HEADS)[kind])));
    clear(this.widths, h("col", { class: "dx-col-word" }), ...lanes.flatMap(() => [h("col"), h("col", { class: "dx-col-number" })]));
    this.element.classList.toggle("dx-two", lanes.length > 1);
    this.lines = words.map((word, i) => {
      const made = lanes.map(() => ({ bar: h("span", { class: "dx-lane-bar" }), number: h("td", { class: "dx-number" }) }));
      const cells = made.flatMap(({ bar, number }, j) => {
        const side = lanes[j].kind === "share" ? "dx-lane" : "dx-lane dx-both-ways";
        return [h("td", { class: side }, h("span", { class: "dx-lane-rail" }, bar)), number];
      });
      const element = h("tr", {}, h("th", { scope: "row" }, word), ...cells);
      if (i < count2) this.listen(element, i);
      else element.className = "dx-no-word";
      return { element, lanes: made };
    });
    clear(this.body, ...this.lines.map(({ element }) => element));
  }
  listen(element, word) {
    element.addEventListener("pointerenter", () => this.use.over(word));
    element.addEventListener("pointerleave", () => this.use.over(null));
    element.addEventListener("click", () => this.use.pick(word));
  }
};

// src/attention_explorer/shares.ts
var KINDS2 = ["text", "earlier", "start", "pad"];
var NAMES = {
  text: "text",
  earlier: "earlier patches",
  start: "start",
  pad: "padding"
};
function four(of, words) {
  let total = 0;
  for (let word = 0; word < words; word++) total += of(word);
  return { text: total, start: of(words), pad: of(words + 1), earlier: of(words + 2) };
}
var SharesBar = class {
  element;
  bar = h("div", { class: "dx-stack", role: "img" });
  parts = /* @__PURE__ */ new Map();
  numbers = /* @__PURE__ */ new Map();
  constructor() {
    const key = h("dl", { class: "dx-stack-key" });
    for (const kind of KINDS2) {
      const part = h("span", { class: `dx-part dx-part-${kind}` });
      const number = h("dd", { class: "dx-number" });
      this.parts.set(kind, part);
      this.numbers.set(kind, number);
      this.bar.append(part);
      key.append(h("div", {}, h("dt", {}, h("span", { class: `dx-swatch dx-part-${kind}`, "aria-hidden": "true" }), NAMES[kind]), number));
    }
    this.element = h("div", { class: "dx-shares" }, this.bar, key);
  }
  /** Null: not known yet; the bar keeps its place. */
  show(shares, signed2) {
    const say = signed2 ? signedPercent : percent;
    const total = shares ? KINDS2.reduce((sum, kind) => sum + Math.abs(shares[kind]), 0) || 1 : 1;
    for (const kind of KINDS2) {
      const share2 = shares ? shares[kind] : 0;
      this.parts.get(kind).style.flexGrow = String(Math.abs(share2) / total);
      this.parts.get(kind).classList.toggle("dx-minus", share2 < 0);
      text(this.numbers.get(kind), shares ? say(share2) : "–");
    }
    const said = shares ? KINDS2.map((kind) => `${NAMES[kind]} ${say(shares[kind])}`).join(", ") : "not known yet";
    this.bar.setAttribute("aria-label", `looked at: ${said}`);
  }
};

// src/attention_explorer/panel.ts
var PADDING = "(padding)";
var Panel = class {
  constructor(store, parts, views, hands, say, reference, proof) {
    this.store = store;
    this.parts = parts;
    this.views = views;
    this.hands = hands;
    this.say = say;
    this.bars = new Bars({
      over: (word) => store.set("overWord", word === null ? null : { id: hands.id, word }),
      pick: (word) => {
        store.set("patch", -1);
        store.set("word", store.get("word") === word ? -1 : word);
      }
    });
    const head = h("div", { class: "dx-head" }, h("div", {}, this.title, this.which), reference);
    const looked = h("div", { class: "dx-looked" }, h("h4", {}, "looked at"), this.bar.element);
    this.trust = h("div", { class: "dx-trust" }, this.badge, h("div", { class: "dx-small" }, this.print, proof));
    this.element = h(
      "section",
      { class: "dx-panel", "aria-label": "what is in hand" },
      head,
      looked,
      this.bars.element,
      this.note,
      this.spoken
    );
    store.on(["over", "overWord", "patch", "word", "box", "tab", "by", "mode", "picks", "selected", "beside", "pictures"], () => this.update());
    store.on(["patch", "word", "box", "tab", "selected"], () => text(this.spoken, this.aloud()));
    parts.on(() => this.update());
    this.update();
  }
  store;
  parts;
  views;
  hands;
  say;
  element;
  trust;
  // how far to: it stands where there is room
  title = h("h3", { class: "dx-where" });
  which = h("p", { class: "dx-which dx-number" });
  bar = new SharesBar();
  bars;
  note = h("p", { class: "dx-note" });
  badge = h("p", { class: "dx-badge" });
  print = h("p", { class: "dx-print" });
  spoken = h("p", { class: "dx-unseen", role: "status" });
  update() {
    const { id, word } = this.hands.hand();
    const one = this.parts.picture(id);
    text(this.title, this.say.heading());
    text(this.which, this.say.which());
    this.bar.show(this.four(), this.store.get("by") === "signed");
    this.bars.show(this.names(), one?.words.length ?? 0, one ? this.lanes() : [], word);
    text(this.note, this.noted());
    this.trusted();
  }
  /** The words; where it is known what the padding after them gave, that too. */
  names() {
    const { id } = this.hands.hand();
    const words = this.parts.picture(id)?.words.map(({ text: text2 }) => text2) ?? [];
    const padded = this.parts.get(id)?.depends?.padding && (!this.say.looks || this.say.boxed);
    return padded ? [...words, PADDING] : words;
  }
  four() {
    const found = this.views.shares(this.hands.id);
    return found && four((column) => this.meanOf(column), found.words);
  }
  /** The mean share of a column over the patches in hand. */
  meanOf(column) {
    const found = this.views.shares(this.hands.id);
    const patches = this.hands.patches(this.hands.id);
    if (!patches) return found.means[column];
    let sum = 0;
    for (const patch of patches) sum += found.all[column * found.patches + patch];
    return sum / patches.length;
  }
  lanes() {
    const { boxed, looks: looks2 } = this.say;
    const lanes = [];
    if (looks2 || boxed) lanes.push(this.shareLane());
    if (!looks2 || boxed) lanes.push(this.bitsLane());
    return lanes;
  }
  shareLane() {
    const found = this.views.shares(this.hands.id);
    const words = found?.words ?? 0;
    const kind = this.store.get("by") === "signed" ? "signed" : "share";
    return { kind, values: this.withPadding(words), scale: kind === "signed" ? signedShare : share };
  }
  withPadding(words) {
    return Array.from({ length: words + (words ? 1 : 0) }, (_, i) => this.meanOf(i < words ? i : words + 1));
  }
  bitsLane() {
    const found = this.views.bits(this.hands.id);
    if (!found) return { kind: "bits", values: [], scale: bits2 };
    const patches = this.hands.patches(this.hands.id);
    if (!patches) return { kind: "bits", values: found.sums, scale: bitsOf(found.patches) };
    const values = Array.from(found.sums, (_, word) => patches.reduce((sum, patch) => sum + found.all[word * found.patches + patch], 0));
    return { kind: "bits", values, scale: patches.length === 1 ? bits2 : bitsOf(found.patches) };
  }
  noted() {
    if (this.say.boxed) return "Two answers to two questions: where it looked, and what it depended on.";
    const { patch, word } = this.hands.hand();
    if (this.store.get("picks").length && this.say.looks) return `${this.say.heads(false)}.`;
    if (patch < 0 && word < 0) return "Point at a patch or at a word; a click keeps it.";
    if (this.say.looks) return `${this.say.heads(false)}.`;
    return "Measured by taking each word away; losses of single words do not add up.";
  }
  /** How far to trust what is shown: the same question put in two ways, and the replay. */
  trusted() {
    const { id } = this.hands.hand();
    const one = this.parts.picture(id);
    const agreement = this.parts.get(id)?.agreement ?? null;
    const said = agreement ? firstWords(agreement, one?.words ?? []) : this.parts.get(id)?.refused.agreement ?? "";
    if (this.badge.textContent !== said) {
      const sign = agreement ? [icon(agreement.disagree ? "differ" : "same")] : [];
      this.badge.replaceChildren(...sign, ...said ? [h("span", {}, said)] : []);
    }
    this.badge.classList.toggle("dx-disagree", agreement?.disagree ?? false);
    text(this.print, one ? replayed(one.replay) : "");
  }
  /** What a screen reader says of what keys or a click took; of mere hovering it says nothing. */
  aloud() {
    const { id, patch, word } = this.hands.hand();
    const shares = this.four();
    const bits3 = this.views.bits(id);
    if (patch >= 0 && this.say.looks && shares) return `${this.say.which()}: looked at text ${percent(shares.text)}, earlier patches ${percent(shares.earlier)}`;
    if (word >= 0 && !this.say.looks && bits3) return `${this.say.which()}: ${signedBits(bits3.sums[word])} lost without it`;
    if (word >= 0 && this.say.looks && shares) return `${this.say.which()}: ${percent(this.meanOf(word))} of what it looked at`;
    return patch >= 0 || word >= 0 || this.say.boxed ? this.say.which() : "";
  }
};
function firstWords({ top, disagree }, words) {
  const looked = words[top.contribution ?? top.attention]?.text;
  const depended = words[top.knockout]?.text;
  if (looked === void 0 || depended === void 0) return "";
  const name = top.contribution !== void 0 ? "Contribution" : "Attention";
  const how = `(${MODE_NAMES.all})`;
  if (!disagree) return `${name} and knock-out ${how} agree on the first word: ${depended}.`;
  if (looked === depended) return `${name} and knock-out ${how} name ${depended} first, and disagree on the words after it.`;
  return `${name}’s first word: ${looked}. Knock-out’s first word ${how}: ${depended}. They disagree.`;
}
function replayed(error) {
  if (error === null) return "Not compared with what was recorded.";
  const [digits, power] = error.toExponential(1).split("e");
  const size = error === 0 ? "0" : error >= 0.01 ? error.toFixed(2) : `${digits} × 10${raised(power)}`;
  return `Replay error ${size} nats.`;
}
function raised(power) {
  const signs = { "-": "⁻", "+": "" };
  return [...String(Number(power))].map((sign) => signs[sign] ?? "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(sign)]).join("");
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

// src/shared/half.ts
var HALF = halves();
function halves() {
  const table = new Float32Array(32768);
  for (let pattern = 0; pattern < 32768; pattern++) {
    const exponent = pattern >> 10;
    const fraction = pattern & 1023;
    if (exponent === 31) table[pattern] = fraction ? NaN : Infinity;
    else if (exponent === 0) table[pattern] = fraction * 2 ** -24;
    else table[pattern] = (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
  return table;
}
function fromHalf(view) {
  return Float32Array.from(typed(view, Uint16Array), (bits3) => bits3 & 32768 ? -HALF[bits3 & 32767] : HALF[bits3]);
}

// src/attention_explorer/data.ts
var Data = class {
  picture = null;
  codes = null;
  looks = null;
  earlier = null;
  depends = null;
  lens = null;
  twin = null;
  heads = null;
  agreement = null;
  deletion = null;
  /** Why a part cannot be made, in a sentence. */
  refused = {};
  async take(part, header, given) {
    if (typeof header.refused === "string") {
      this.refused[part] = header.refused;
      return;
    }
    delete this.refused[part];
    const buffers = header.packed ? await Promise.all(given.map(unpacked)) : given;
    if (part === "picture") {
      this.picture = await picture(buffers[0]);
      this.codes = buffers[1]?.byteLength ? typed(buffers[1], Uint16Array) : null;
    } else if (part === "looks") this.looks = looks(header, buffers);
    else if (part === "earlier") {
      this.earlier = { attention: typed(buffers[0], Uint8Array), contribution: typed(buffers[1], Uint8Array), weight: fromHalf(buffers[2]) };
    } else if (part === "depends") {
      const found = header.modes.map((mode, i) => [mode, fromHalf(buffers[i])]);
      const { modes, rows, padding = false, replaced = [] } = header;
      this.depends = { modes, rows, padding, replaced, bits: Object.fromEntries(found) };
    } else if (part === "lens") {
      const images = await Promise.all(buffers.slice(0, -1).map(picture));
      this.lens = { names: header.names ?? [], kl: header.kl, images, bits: fromHalf(buffers[buffers.length - 1]) };
    } else if (part === "twin") {
      this.twin = { attention: typed(buffers[0], Uint8Array), contribution: typed(buffers[1], Uint8Array), correlation: header.correlation };
    } else if (part === "heads") this.heads = header;
    else if (part === "agreement") this.agreement = header;
    else if (part === "deletion") this.deletion = header;
  }
};
async function unpacked(view) {
  return new DataView((await inflate(view)).buffer);
}
function looks(header, buffers) {
  const { layers, heads, columns_w: columns, patches } = header;
  const found = {
    layers,
    heads,
    columns,
    patches,
    attention: typed(buffers[0], Uint8Array),
    contribution: typed(buffers[1], Uint8Array),
    signed: typed(buffers[2], Int8Array),
    weight: fromHalf(buffers[3]),
    signedWeight: fromHalf(buffers[4])
  };
  const size = layers * heads * columns * patches;
  if (found.contribution.length !== size) {
    throw new Error(`${found.contribution.length} bytes are not ${layers} x ${heads} x ${columns} x ${patches}`);
  }
  return found;
}

// src/attention_explorer/parts.ts
var AT_ONCE = ["picture", "looks", "earlier", "depends", "agreement"];
var FOR_PROOF = ["twin", "deletion"];
var FOR_MORE = ["heads", "lens"];
var Parts = class {
  constructor(store, fail) {
    this.store = store;
    this.fail = fail;
    store.onMessage((message, buffers) => {
      if (message.kind === "part") this.later(message, buffers);
    });
    store.on(["pictures"], () => this.prune());
    store.on(["pictures", "selected", "beside", "alive", "more", "proving"], () => this.ask());
    store.on(["geometry"], () => this.reset());
    store.on(["embedded"], () => this.unpack());
    this.unpack();
    this.ask();
  }
  store;
  fail;
  held = /* @__PURE__ */ new Map();
  asked = /* @__PURE__ */ new Set();
  listeners = [];
  queue = Promise.resolve();
  on(listener) {
    this.listeners.push(listener);
  }
  get(id) {
    return this.held.get(id) ?? null;
  }
  picture(id) {
    return this.store.get("pictures").find((one) => one.id === id);
  }
  /** The pictures side by side, in the order in which they came. */
  shown() {
    const ids = [this.store.get("selected"), this.store.get("beside")];
    return this.store.get("pictures").filter(({ id }) => ids.includes(id));
  }
  later(message, buffers) {
    this.queue = this.queue.then(() => this.take(message, buffers)).catch((error) => {
      this.fail(`A part of the picture could not be read: ${error.message}`);
    });
  }
  async take({ id, part, header }, buffers) {
    if (!PARTS.includes(part)) return;
    if (!this.held.has(id)) this.held.set(id, new Data());
    await this.held.get(id).take(part, header ?? {}, buffers);
    for (const listener of this.listeners) listener(id, part);
  }
  prune() {
    for (const id of this.held.keys()) if (!this.picture(id)) this.held.delete(id);
  }
  /** Everything of pictures on show that can be seen now; of others the picture alone. */
  ask() {
    if (!this.store.get("alive")) return;
    const shown = new Set(this.shown().map(({ id }) => id));
    for (const { id, state } of this.store.get("pictures")) {
      if (state !== "whole") continue;
      const wanted = shown.has(id) ? [...AT_ONCE] : ["picture"];
      if (shown.has(id) && this.store.get("proving")) wanted.push(...FOR_PROOF);
      if (shown.has(id) && this.store.get("more")) wanted.push(...FOR_MORE);
      for (const part of wanted) {
        if (this.asked.has(`${id} ${part}`)) continue;
        this.asked.add(`${id} ${part}`);
        this.store.send({ kind: "part", id, part });
      }
    }
  }
  unpack() {
    for (const [id, parts] of Object.entries(this.store.get("embedded") ?? {})) {
      for (const part of PARTS) {
        const held = parts[part];
        if (held) this.later({ kind: "part", id, part, header: held.header }, held.buffers);
      }
    }
  }
  reset() {
    this.held.clear();
    this.asked.clear();
    this.unpack();
    this.ask();
  }
};

// src/shared/difference.ts
function difference(a, b) {
  const common = Math.min(a.length, b.length);
  const mask = new Uint8Array(common);
  let first = -1;
  let differ = 0;
  for (let i = 0; i < common; i++) {
    if (a[i] === b[i]) continue;
    mask[i] = first < 0 ? 2 : 1;
    if (first < 0) first = i;
    differ++;
  }
  return { mask, first, differ, common };
}
function sentence(found, columns) {
  if (found.first < 0) return `No difference: all ${found.common} codes are the same.`;
  return `First flip at ${at(found.first, columns)}; ${found.differ} of ${found.common} patches differ; everything after it may follow from it.`;
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
var GridPlate = class {
  constructor(geometry) {
    this.geometry = geometry;
  }
  geometry;
  canvas = document.createElement("canvas");
  pen = pen(this.canvas);
  unit = 1;
  // device pixels of a patch
  thin = 1;
  // device pixels of a thin line
  hatch = null;
  /** Set how many device pixels stand for one pixel of the picture. */
  resize(zoom, ratio, look) {
    const { rows, columns, patch } = this.geometry;
    this.unit = patch * zoom;
    this.thin = Math.max(1, Math.round(ratio));
    this.canvas.width = columns * this.unit;
    this.canvas.height = rows * this.unit;
    this.canvas.style.width = `${this.canvas.width / ratio}px`;
    this.canvas.style.height = `${this.canvas.height / ratio}px`;
    this.pen.imageSmoothingEnabled = false;
    const gap = Math.max(4, Math.round(this.unit / 2));
    this.hatch = hatching(this.canvas.width, this.canvas.height, gap, this.thin, look);
  }
  /** The patch under a place given in CSS pixels; -1 outside. */
  patchAt(x, y) {
    const { rows, columns } = this.geometry;
    const column = Math.floor(x / this.canvas.clientWidth * columns);
    const row = Math.floor(y / this.canvas.clientHeight * rows);
    return row >= 0 && row < rows && column >= 0 && column < columns ? row * columns + column : -1;
  }
  /** The patch nearest to a place: a drag may leave the picture. */
  patchNear(x, y) {
    const clamp = (value, size) => Math.min(Math.max(value, 0), size - 1);
    return this.patchAt(clamp(x, this.canvas.clientWidth), clamp(y, this.canvas.clientHeight));
  }
  /** Hatch every patch from `known` on: the rest of its row, and the rows below. */
  hide(known) {
    const { rows, columns } = this.geometry;
    if (known >= rows * columns || !this.hatch) return;
    const row = Math.floor(known / columns);
    const column = known % columns;
    if (column > 0) {
      this.blit(column * this.unit, row * this.unit, this.canvas.width, (row + 1) * this.unit);
    }
    const below = column > 0 ? row + 1 : row;
    this.blit(0, below * this.unit, this.canvas.width, this.canvas.height);
  }
  blit(left, top, right, bottom) {
    const [wide, high] = [right - left, bottom - top];
    if (wide > 0 && high > 0) this.pen.drawImage(this.hatch, left, top, wide, high, left, top, wide, high);
  }
  /** Outline what a mask marks, as far as patch `end`. */
  outlines(mask, end, look) {
    this.pen.strokeStyle = look.accent;
    this.pen.globalAlpha = 0.55;
    this.pen.lineWidth = this.thin;
    this.pen.beginPath();
    for (let patch = 0; patch < end; patch++) if (mask[patch]) this.outline(patch, mask);
    this.pen.stroke();
    this.pen.globalAlpha = 1;
  }
  /** The sides of a marked patch that border on patches that are not. */
  outline(patch, mask) {
    const { columns } = this.geometry;
    const [x, y] = this.corner(patch);
    const u = this.unit;
    const half = this.thin / 2;
    const column = patch % columns;
    const line = (x0, y0, x1, y1) => {
      this.pen.moveTo(x0, y0);
      this.pen.lineTo(x1, y1);
    };
    if (!mask[patch - columns]) line(x, y + half, x + u, y + half);
    if (!mask[patch + columns]) line(x, y + u - half, x + u, y + u - half);
    if (column === 0 || !mask[patch - 1]) line(x + half, y, x + half, y + u);
    if (column === columns - 1 || !mask[patch + 1]) line(x + u - half, y, x + u - half, y + u);
  }
  grid(colour2 = "rgba(128, 124, 116, 0.26)") {
    const { rows, columns } = this.geometry;
    this.pen.strokeStyle = colour2;
    this.pen.lineWidth = this.thin;
    const half = this.thin % 2 / 2;
    this.pen.beginPath();
    for (let column = 1; column < columns; column++) {
      this.pen.moveTo(column * this.unit + half, 0);
      this.pen.lineTo(column * this.unit + half, this.canvas.height);
    }
    for (let row = 1; row < rows; row++) {
      this.pen.moveTo(0, row * this.unit + half);
      this.pen.lineTo(this.canvas.width, row * this.unit + half);
    }
    this.pen.stroke();
  }
  /** A frame around a patch, with a light edge so that it shows on any colour. */
  box(patch, colour2, weight) {
    const [x, y] = this.corner(patch);
    const thick = this.thin * weight;
    this.pen.lineWidth = thick + 2 * this.thin;
    this.pen.strokeStyle = "rgba(255, 255, 255, 0.85)";
    this.pen.strokeRect(x, y, this.unit, this.unit);
    this.pen.lineWidth = thick;
    this.pen.strokeStyle = colour2;
    this.pen.strokeRect(x, y, this.unit, this.unit);
  }
  /** A dashed frame around patches, which a thin colour may fill. */
  rectangle(box, look, filled = true) {
    const x = box.left * this.unit;
    const y = box.top * this.unit;
    const wide = (box.right - box.left + 1) * this.unit;
    const high = (box.bottom - box.top + 1) * this.unit;
    this.pen.fillStyle = look.accent;
    this.pen.globalAlpha = filled ? 0.16 : 0;
    this.pen.fillRect(x, y, wide, high);
    this.pen.globalAlpha = 1;
    this.pen.lineWidth = 3 * this.thin;
    this.pen.strokeStyle = "rgba(255, 255, 255, 0.9)";
    this.pen.strokeRect(x, y, wide, high);
    this.pen.lineWidth = 1.5 * this.thin;
    this.pen.strokeStyle = look.accent;
    this.pen.setLineDash([4 * this.thin, 3 * this.thin]);
    this.pen.strokeRect(x, y, wide, high);
    this.pen.setLineDash([]);
  }
  corner(patch) {
    const { columns } = this.geometry;
    return [patch % columns * this.unit, Math.floor(patch / columns) * this.unit];
  }
};
function magnify(from, patch, columns, to, side, paper) {
  const unit = from.width / columns;
  const x = (patch % columns - 2) * unit;
  const y = (Math.floor(patch / columns) - 2) * unit;
  to.fillStyle = paper;
  to.fillRect(0, 0, side, side);
  to.drawImage(from, x, y, 5 * unit, 5 * unit, 0, 0, side, side);
}

// src/shared/pointer.ts
var STILL_PX = 8;
function pointer(element, use, signal) {
  let start2 = null;
  const place2 = (event) => [event.offsetX, event.offsetY];
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    const [x, y] = place2(event);
    start2 = { x, y, moved: false, grabbed: use.grab?.(x, y) ?? false };
    if (start2.grabbed) element.setPointerCapture(event.pointerId);
    else use.hover(x, y, event);
  }, { signal });
  element.addEventListener("pointermove", (event) => {
    const [x, y] = place2(event);
    if (start2 && Math.hypot(x - start2.x, y - start2.y) > STILL_PX) start2.moved = true;
    if (start2?.grabbed) use.drag?.(x, y);
    else use.hover(x, y, event);
  }, { signal });
  element.addEventListener("pointerup", (event) => {
    const [x, y] = place2(event);
    if (start2?.grabbed) use.drop?.(x, y);
    else if (start2 && !start2.moved) use.tap(x, y, event);
    start2 = null;
    if (event.pointerType !== "mouse") use.leave();
  }, { signal });
  const stop = () => {
    start2 = null;
    use.leave();
  };
  element.addEventListener("pointercancel", stop, { signal });
  element.addEventListener("pointerleave", () => {
    if (!start2?.grabbed) stop();
  }, { signal });
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

// src/attention_explorer/map_plate.ts
var PicturePlate = class extends GridPlate {
  draw(image, found, marks, look) {
    const { width, height } = this.canvas;
    if (image) this.pen.drawImage(image, 0, 0, width, height);
    else this.hide(0);
    if (found && image) {
      this.outlines(found.mask, found.common, look);
      if (found.first >= 0) this.box(found.first, look.accent, 3);
    }
    this.mark(marks, look);
  }
  mark(marks, look) {
    if (marks.box) this.rectangle(marks.box, look, false);
    if (marks.patch >= 0) this.box(marks.patch, look.accent, 2);
    if (marks.over >= 0 && marks.over !== marks.patch) this.box(marks.over, marks.here ? look.accent : look.ink, 1);
  }
};
var MapPlate = class extends PicturePlate {
  grey = null;
  of = null;
  /** `hidden`: patches from here on had not been chosen when the one in hand was. */
  print(image, map, hidden, marks, look) {
    const { width, height } = this.canvas;
    if (image !== this.of) {
      this.of = image;
      this.grey = image && greyed(image);
    }
    if (!this.grey) this.hide(0);
    else {
      this.pen.drawImage(this.grey, 0, 0, width, height);
      if (map) this.pen.drawImage(map.image, 0, 0, width, height);
      if (map) this.grid("rgba(70, 64, 56, 0.16)");
      if (hidden >= 0) this.hide(hidden);
    }
    this.mark(marks, look);
  }
};
function greyed(image) {
  const made = canvas(image.width, image.height);
  const context = pen(made, true);
  context.drawImage(image, 0, 0);
  const pixels = context.getImageData(0, 0, image.width, image.height);
  const { data } = pixels;
  for (let i = 0; i < data.length; i += 4) {
    data[i] = data[i + 1] = data[i + 2] = grey(data[i], data[i + 1], data[i + 2]);
  }
  context.putImageData(pixels, 0, 0);
  return made;
}
function grey(r, g, b) {
  return Math.round(24 + 0.88 * (0.299 * r + 0.587 * g + 0.114 * b));
}

// src/attention_explorer/plates.ts
var GAP = 14;
var SMALL_PATCH_PX = 14;
var PAGES_APART = 24;
var LEAST_PX = 200;
var Plates = class {
  constructor(root, store, parts, views, hands, say) {
    this.root = root;
    this.store = store;
    this.parts = parts;
    this.views = views;
    this.hands = hands;
    this.say = say;
    this.tooltip = new Tooltip(root, this.element);
    store.on(["geometry"], () => this.rows.clear());
    store.on(["pictures", "selected", "beside", "geometry"], () => this.rebuild());
    store.on(["over", "overWord", "patch", "word", "box", "boxing"], () => this.draw());
    store.on(["tab", "by", "mode", "picks"], () => this.redraw());
    parts.on((_, part) => {
      if (part === "picture") this.feet();
      this.redraw();
    });
    this.rebuild();
  }
  root;
  store;
  parts;
  views;
  hands;
  say;
  element = h("div", { class: "dx-rows" });
  reference = h("canvas", { class: "dx-reference", "aria-hidden": "true" });
  tooltip;
  help = h(
    "p",
    { class: "dx-unseen", id: unique("keys") },
    "Arrow keys move the patch in hand, with Shift they stretch a box, [ and ] go from word to word, 1 and 2 change the page, o the quantity, Escape lets go."
  );
  rows = /* @__PURE__ */ new Map();
  look;
  from = null;
  revision = 0;
  pending = 0;
  /** The theme changed: colours are read from the style sheet again. */
  restyle() {
    this.look = lookOf(this.root);
    this.resize();
  }
  /** Fit the plates into the space there is: picture and map, or the map alone. */
  resize() {
    const { rows, columns, patch } = this.store.get("geometry");
    const ratio = window.devicePixelRatio || 1;
    const room = this.room();
    if (!room || !this.rows.size || !this.look) return;
    const big = this.root.classList.contains("dx-projector");
    const most = (big ? window.innerHeight - 220 : this.rows.size > 1 ? 640 : 420) / this.rows.size * ratio;
    const zoom = (across, least) => {
      const wide = (room - (across - 1) * GAP) / across * ratio;
      return Math.max(least, Math.floor(Math.min(wide / (columns * patch), most / (rows * patch))));
    };
    const side = (z) => columns * patch * z / ratio;
    let found = zoom(2, 0);
    const single = side(found) < Math.min(LEAST_PX, side(zoom(1, 1)));
    if (single) found = zoom(1, 1);
    this.root.classList.toggle("dx-single", single);
    this.root.style.setProperty("--dx-side", `${side(found)}px`);
    this.root.style.setProperty("--dx-plates", `${single ? side(found) : 2 * side(found) + GAP}px`);
    for (const { picture: picture2, map } of this.rows.values()) {
      picture2.resize(found, ratio, this.look);
      map.resize(found, ratio, this.look);
    }
    this.redraw();
  }
  room() {
    const style = getComputedStyle(this.root);
    const inside = this.root.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    if (this.root.classList.contains("dx-narrow")) return inside;
    return inside - parseFloat(style.getPropertyValue("--dx-panel")) - PAGES_APART;
  }
  redraw() {
    this.revision++;
    this.draw();
  }
  focus() {
    this.rows.get(this.store.get("selected"))?.map.canvas.focus();
  }
  /** Draw every plate whose scene changed. */
  draw() {
    if (!this.look) return;
    for (const [id, row] of this.rows) {
      const subject = this.hands.subject(id);
      const marks = this.marks(id);
      const key = JSON.stringify([this.revision, subject, marks]);
      if (key === row.last) continue;
      row.last = key;
      const data = this.parts.get(id);
      const map = this.views.map(id, subject);
      row.map.print(data?.picture ?? null, map, subject.kind === "patch" ? subject.patch : -1, marks, this.look);
      row.picture.draw(data?.picture ?? null, this.difference(id), marks, this.look);
      const said = this.say.ofMap(id, subject, map !== null);
      text(row.said, said);
      row.map.canvas.setAttribute("aria-label", `${said}: map over ${this.parts.picture(id)?.alt || "the picture"}`);
    }
    if (!this.pending) this.pending = requestAnimationFrame(() => this.refer());
  }
  /** Where only maps have room, a small picture stands beside the numbers. */
  refer() {
    this.pending = 0;
    const image = this.parts.get(this.hands.id)?.picture;
    if (!image) return;
    const { reference } = this;
    if (reference.width !== image.width) [reference.width, reference.height] = [image.width, image.height];
    reference.getContext("2d").drawImage(image, 0, 0);
  }
  marks(id) {
    const over = this.store.get("over");
    const mine = id === this.store.get("selected");
    return { patch: this.store.get("patch"), over: over?.patch ?? -1, here: over?.id === id, box: mine ? boxOf(this.store.get("box")) : null };
  }
  /** Where a picture drawn with the same noise differs from the first. */
  difference(id) {
    const [first] = this.parts.shown();
    if (!first || first.id === id || this.parts.picture(id)?.role === "first") return null;
    const [one, two] = [this.parts.get(first.id)?.codes, this.parts.get(id)?.codes];
    return one && two ? difference(one, two) : null;
  }
  rebuild() {
    const shown = this.parts.shown();
    const before = [...this.rows.keys()].join();
    const kept = this.rows;
    this.rows = new Map(shown.map((one) => [one.id, kept.get(one.id) ?? this.make(one)]));
    arrange(this.element, [...this.rows.values()].map(({ element }) => element));
    this.feet();
    if (this.look && before !== [...this.rows.keys()].join()) this.resize();
    else this.redraw();
  }
  make(one) {
    const geometry = this.store.get("geometry");
    const row = {
      picture: new PicturePlate(geometry),
      map: new MapPlate(geometry),
      last: "",
      element: h("div", { class: "dx-row" }),
      foot: h("figcaption", { class: "dx-foot" }),
      said: h("figcaption", { class: "dx-foot" })
    };
    for (const [plate, kind, foot] of [[row.picture, "picture", row.foot], [row.map, "map", row.said]]) {
      const { canvas: canvas2 } = plate;
      canvas2.className = "dx-plate";
      canvas2.tabIndex = kind === "map" ? 0 : -1;
      canvas2.setAttribute("role", "img");
      canvas2.setAttribute("aria-describedby", this.help.id);
      canvas2.dataset.picture = one.id;
      canvas2.dataset.kind = kind;
      this.listen(one.id, plate);
      row.element.append(h("figure", { class: `dx-figure dx-of-${kind}` }, canvas2, foot));
    }
    row.map.canvas.addEventListener("focus", () => choosePicture(this.store, this.parts, one.id), { signal: this.store.signal });
    return row;
  }
  listen(id, plate) {
    const { columns } = this.store.get("geometry");
    pointer(plate.canvas, {
      hover: (x, y, event) => this.hover(id, plate, plate.patchAt(x, y), event),
      leave: () => {
        this.store.set("over", null);
        this.tooltip.hide();
      },
      tap: (x, y) => {
        const patch = plate.patchAt(x, y);
        if (patch < 0) return;
        const again = patch === this.store.get("patch") && id === this.store.get("selected");
        choosePicture(this.store, this.parts, id);
        this.store.set("patch", again ? -1 : patch);
      },
      grab: (x, y) => {
        const patch = plate.patchAt(x, y);
        if (!this.store.get("boxing") || patch < 0) return false;
        choosePicture(this.store, this.parts, id);
        this.from = corner(patch, columns);
        this.stretch(plate, x, y);
        return true;
      },
      drag: (x, y) => this.stretch(plate, x, y),
      drop: (x, y) => this.stretch(plate, x, y)
    }, this.store.signal);
  }
  stretch(plate, x, y) {
    const patch = plate.patchNear(x, y);
    if (!this.from || patch < 0) return;
    const box = between(this.from, corner(patch, this.store.get("geometry").columns));
    this.store.set("box", [box.top, box.left, box.bottom, box.right]);
  }
  hover(id, plate, patch, event) {
    if (patch < 0) return;
    const { columns } = this.store.get("geometry");
    const small = event.pointerType === "touch" || plate.canvas.clientWidth / columns < SMALL_PATCH_PX;
    const places = this.tooltip.measure();
    const now = this.store.get("over");
    if (now?.patch !== patch || now.id !== id) this.store.set("over", { id, patch });
    const loupe = (to, side) => magnify(plate.canvas, patch, columns, to, side, this.look.paper);
    this.tooltip.show(places, event, this.note(id, patch), small ? loupe : null);
  }
  /** The number of the map where the pointer is. */
  note(id, patch) {
    const { columns } = this.store.get("geometry");
    const where = at(patch, columns);
    const subject = this.hands.subject(id);
    const map = this.views.map(id, subject);
    if (!map) return where;
    if (subject.kind === "patch" && subject.patch === patch) return `${where} · ${this.say.read(id, patch)}`;
    if (patch >= map.end) return `${where} · not chosen yet`;
    const value = map.values[patch];
    const depends = this.store.get("tab") === "depends";
    if (Number.isNaN(value)) return `${where} · not measured`;
    return `${where} · ${this.say.nameOf(id, subject)} ${depends ? signedBits(value) : this.store.get("by") === "signed" && subject.kind !== "patch" ? signedPercent(value) : percent(value)}`;
  }
  /** What stands under each picture, and what a screen reader says of it. */
  feet() {
    for (const [id, { element, foot, picture: picture2 }] of this.rows) {
      const one = this.parts.picture(id);
      element.classList.toggle("dx-selected", id === this.store.get("selected") && this.rows.size > 1);
      element.classList.toggle("dx-role-first", one.role === "first");
      const found = this.difference(id);
      const label = one.label || `seed ${one.seed}`;
      text(foot, one.state === "drawing" ? `${label} · being drawn` : found ? `${label} · ${sentence(found, this.store.get("geometry").columns)}` : label);
      foot.title = foot.textContent;
      picture2.canvas.setAttribute("aria-label", one.alt || label);
    }
  }
};

// src/attention_explorer/proof.ts
var TWIN = "The same network with random weights has read the same text and picture. Where its map looks as good, the map shows how such networks are built, not what this one has learned.";
var LOWEST = -0.5;
var ProofSheet = class {
  constructor(store, parts, views, hands) {
    this.store = store;
    this.parts = parts;
    this.views = views;
    this.hands = hands;
    const twin = h(
      "div",
      { class: "dx-proof-part" },
      this.word,
      h("div", { class: "dx-twins" }, h("figure", { class: "dx-figure" }, this.own, this.ownFoot), h("figure", { class: "dx-figure" }, this.other, this.otherFoot)),
      h("p", { class: "dx-hint" }, TWIN),
      this.across
    );
    this.element = h(
      "section",
      { class: "dx-proof dx-section", "aria-label": "proof", hidden: true },
      h("h3", {}, "Proof"),
      h("div", { class: "dx-proof-parts" }, twin, this.planted, this.lifts, this.deletion),
      this.made
    );
    store.on(["proving"], () => this.open());
    store.on(["proof", "selected"], () => this.tables());
    store.on(["overWord", "word", "by", "picks", "selected", "over"], () => this.maps());
    parts.on((_, part) => {
      if (part === "twin" || part === "looks") this.maps();
      if (part === "deletion") this.tables();
    });
    this.tables();
    this.open();
  }
  store;
  parts;
  views;
  hands;
  element;
  planted = h("div");
  across = h("div");
  lifts = h("div");
  deletion = h("div");
  own = h("canvas", { class: "dx-twin", role: "img" });
  other = h("canvas", { class: "dx-twin", role: "img" });
  ownFoot = h("figcaption", { class: "dx-foot" });
  otherFoot = h("figcaption", { class: "dx-foot" });
  made = h("p", { class: "dx-hint" });
  word = h("h4");
  open() {
    this.element.hidden = !this.store.get("proving");
    this.maps();
  }
  /** The map in hand, and the same of the twin: both over all heads, in one scale. */
  maps() {
    if (!this.store.get("proving")) return;
    const { id } = this.hands;
    const { rows, columns } = this.store.get("geometry");
    const word = this.hands.word(id);
    const name = word >= 0 ? `‘${this.parts.picture(id)?.words[word]?.text}’` : "all words";
    const by = this.store.get("by") === "attention" ? "attention" : "contribution";
    text(this.word, `Looks at ${name}, and the same of its twin`);
    const shares = this.views.shares(id);
    const twin = this.parts.get(id)?.twin ?? null;
    const draw = (target, all, foot, said) => {
      if (target.width !== columns || target.height !== rows) [target.width, target.height] = [columns, rows];
      if (all) paint(target, columnOf(all, word, shares?.words ?? 0, rows * columns), rows * columns, share, 1);
      else pen(target).clearRect(0, 0, columns, rows);
      target.setAttribute("aria-label", said);
      text(foot, said);
    };
    const signed2 = this.store.get("by") === "signed";
    draw(this.own, signed2 ? null : shares?.all ?? null, this.ownFoot, signed2 ? "signed shares have no twin" : "trained");
    const correlation = twin?.correlation[by];
    draw(
      this.other,
      twin && ofTwin(twin, by),
      this.otherFoot,
      twin ? `random weights${correlation === void 0 || correlation === null ? "" : ` · rank correlation ${correlation.toFixed(2)}`}` : this.parts.get(id)?.refused.twin ?? "not here yet"
    );
  }
  tables() {
    const proof = this.store.get("proof") ?? {};
    clear(this.planted, ...planted(proof.planted ?? []));
    clear(this.across, ...twins(proof.twin ?? []));
    clear(this.lifts, ...proof.localisation?.length ? [
      h("h4", {}, "Does it find the thing?"),
      localisation(proof.localisation),
      h("p", { class: "dx-hint" }, "The drawn world knows which pixels belong to which word. 0: no better than chance; 1: everything inside. Lines are 95 % intervals.")
    ] : []);
    const found = this.parts.get(this.store.get("selected"))?.deletion ?? null;
    clear(this.deletion, ...found ? [
      h("h4", {}, "Take words away, first ones first"),
      curve(found),
      h("p", { class: "dx-hint" }, "Bits of this picture lost as words go: in the order of looking (red), and in a random order (grey).")
    ] : []);
    for (const part of [this.planted, this.lifts, this.deletion]) part.className = part.childElementCount ? "dx-proof-part" : "dx-empty-part";
    text(this.made, proof.made ?? "The report card was not made for this model: python -m dalle_explore check instruments makes it.");
  }
};
function columnOf(all, word, words, patches) {
  if (word >= 0) return all.subarray(word * patches, (word + 1) * patches);
  const out = new Float32Array(patches);
  for (let i = 0; i < words * patches; i++) out[i % patches] += all[i];
  return out;
}
function planted(models) {
  if (!models.length) return [];
  const names = [...new Set(models.flatMap(({ first }) => Object.keys(first)))];
  const head = h("tr", {}, h("th", { scope: "col" }, "instrument"), ...models.map(({ name, truth }) => h("th", { scope: "col" }, `${name}: ${truth}`)));
  const body = names.map((name) => h("tr", {}, h("th", { scope: "row" }, name), ...models.map((one) => verdict(one, name))));
  return [
    h("h4", {}, "Does it find a truth that was planted?"),
    h("div", { class: "dx-scroll-x" }, h("table", { class: "dx-table" }, h("thead", {}, head), h("tbody", {}, ...body))),
    h("p", { class: "dx-hint" }, "Models whose weights were set by hand, and the word that decides. In the cells: the word an instrument puts first. ✓ as it has to be, ✗ not. Raw attention has to name the decoy, and in two hops all that looks at patches alone the relay: that is what they are."),
    h("ul", { class: "dx-says" }, ...models.map(({ name, says }) => h("li", {}, h("b", {}, name), ` ${says}`)))
  ];
}
function verdict({ first, holds }, name) {
  const word = first[name];
  const right = holds[name];
  const cell = h("td", { class: right === false ? "dx-wrong" : "" }, `${word ?? "–"}${right === void 0 ? "" : right ? " ✓" : " ✗"}`);
  cell.setAttribute("aria-label", `${word ?? "not asked"}${right === void 0 ? "" : right ? ": as it has to be" : ": not as it has to be"}`);
  return cell;
}
function twins(measured) {
  if (!measured.length) return [];
  const rows = measured.map((one) => h("tr", {}, h("th", { scope: "row" }, one.instrument), h("td", { class: "dx-number" }, interval(one))));
  return [h(
    "table",
    { class: "dx-table" },
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "instrument"), h("th", { scope: "col" }, `rank correlation with the twin, ${measured[0].n} prompts`))),
    h("tbody", {}, ...rows)
  )];
}
function localisation(lifts) {
  const place2 = (value) => `${100 * (Math.min(1, Math.max(LOWEST, value)) - LOWEST) / (1 - LOWEST)}%`;
  const rows = lifts.map((one) => {
    const line = h("span", { class: "dx-lift-line" });
    const dot = h("span", { class: "dx-lift-dot" });
    const zero = h("span", { class: "dx-lift-zero" });
    line.style.left = place2(one.low);
    line.style.right = `calc(100% - ${place2(one.high)})`;
    dot.style.left = place2(one.value);
    zero.style.left = place2(0);
    return h("tr", { title: `n = ${one.n}` }, h("th", { scope: "row" }, one.instrument), h("td", { class: "dx-lift", "aria-hidden": "true" }, zero, line, dot), h("td", { class: "dx-number" }, interval(one)));
  });
  const head = h("tr", {}, h("th", { scope: "col" }, "instrument"), h("th", { scope: "col", colspan: 2 }, "lift"));
  return h("table", { class: "dx-table dx-lifts" }, h("thead", {}, head), h("tbody", {}, ...rows));
}
function interval({ value, low, high }) {
  return `${value.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`.replaceAll("-", "−");
}
function curve({ steps, top, random }) {
  const [wide, high, edge] = [260, 110, 6];
  const most = Math.max(...top, ...random, 1e-9);
  const last = Math.max(...steps, 1);
  const path = (values) => values.map((value, i) => {
    const x = edge + (wide - 2 * edge) * steps[i] / last;
    const y = high - edge - (high - 2 * edge) * Math.max(0, value) / most;
    return `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
  }).join("");
  const made = svg(
    "svg",
    { viewBox: `0 0 ${wide} ${high}`, class: "dx-curve", role: "img" },
    svg("path", { d: `M${edge} ${high - edge}H${wide - edge}`, class: "dx-axis" }),
    svg("path", { d: path(random), class: "dx-random" }),
    svg("path", { d: path(top), class: "dx-top" })
  );
  made.setAttribute("aria-label", `bits lost when ${last} words are gone: ${top[top.length - 1]?.toFixed(1)} first ones first, ${random[random.length - 1]?.toFixed(1)} at random`);
  return made;
}

// src/attention_explorer/words.ts
var Sentence = class {
  constructor(id, store, parts, views, hands) {
    this.id = id;
    this.store = store;
    this.parts = parts;
    this.views = views;
    this.hands = hands;
  }
  id;
  store;
  parts;
  views;
  hands;
  element = h("div", { class: "dx-line", role: "group" });
  words = [];
  built = "";
  /** Light every word by its number: of the patch in hand, or of the whole picture. */
  update() {
    const one = this.parts.picture(this.id());
    const key = JSON.stringify([one?.prompt, one?.words]);
    if (key !== this.built) this.build(one);
    this.built = key;
    if (!one) return;
    const values = valuesOf2(one.id, this.store, this.views, this.hands);
    const held = this.hands.word(one.id);
    const pinned = one.id === this.store.get("selected") ? this.store.get("word") : -1;
    this.words.forEach(({ button: button2, number }, i) => {
      const value = values ? values.values[i] : NaN;
      const known = Number.isFinite(value);
      const rgb = known ? colour(values.scale, value) : null;
      button2.style.background = rgb ? `rgb(${rgb.join()})` : "";
      button2.style.color = rgb ? contrast(rgb) : "";
      text(number, known ? values.say(value) : "–");
      button2.classList.toggle("dx-held", i === held);
      button2.setAttribute("aria-pressed", String(i === pinned));
      button2.setAttribute("aria-label", `${one.words[i].text}: ${known ? values.aloud(value) : "not known yet"}`);
    });
  }
  /** Pin the next or the previous word. */
  step(by) {
    const count2 = this.words.length;
    if (!count2) return;
    const now = this.store.get("word");
    this.pin(now < 0 ? by > 0 ? 0 : count2 - 1 : (now + by + count2) % count2);
  }
  /** Move the focus along the words. */
  move(from, by) {
    const now = this.words.findIndex(({ button: button2 }) => button2 === from);
    if (now < 0) return false;
    this.words[(now + by + this.words.length) % this.words.length].button.focus();
    return true;
  }
  pin(word) {
    const mine = this.id() === this.store.get("selected");
    const again = mine && this.store.get("word") === word && this.store.get("patch") < 0;
    choosePicture(this.store, this.parts, this.id());
    this.store.set("patch", -1);
    this.store.set("word", again ? -1 : word);
  }
  build(one) {
    this.element.setAttribute("aria-label", one ? `words of: ${one.prompt}` : "words");
    if (!one) return clear(this.element);
    this.words = [];
    const pieces = [];
    let from = 0;
    one.words.forEach((word, i) => {
      pieces.push(between2(one.prompt.slice(from, word.start)));
      from = word.end;
      const number = h("span", { class: "dx-word-number dx-number", "aria-hidden": "true" });
      const button2 = h("button", { type: "button", class: "dx-word" }, h("span", { class: "dx-word-text" }, word.text), number);
      this.listen(button2, i);
      this.words.push({ button: button2, number });
      pieces.push(button2);
    });
    pieces.push(between2(one.prompt.slice(from)));
    clear(this.element, ...pieces);
  }
  listen(button2, word) {
    const { signal } = this.store;
    const over = () => this.store.set("overWord", { id: this.id(), word });
    const away = () => this.store.set("overWord", null);
    button2.addEventListener("pointerenter", over, { signal });
    button2.addEventListener("pointerleave", away, { signal });
    button2.addEventListener("focus", () => {
      if (button2.matches(":focus-visible")) over();
    }, { signal });
    button2.addEventListener("blur", away, { signal });
    button2.addEventListener("click", () => {
      this.pin(word);
      away();
    }, { signal });
  }
};
function between2(letters) {
  return letters.trim() ? h("span", { class: "dx-between" }, letters.trim()) : null;
}
function valuesOf2(id, store, views, hands) {
  const patches = hands.patches(id);
  if (store.get("tab") === "looks") {
    const found2 = views.shares(id);
    if (!found2) return null;
    const { all, words, means: means2 } = found2;
    const values2 = patches ? summed(all, words, found2.patches, patches).map((sum) => sum / patches.length) : means2.subarray(0, words);
    const signed2 = store.get("by") === "signed";
    const say = signed2 ? signedPercent : percent;
    return { values: values2, scale: signed2 ? signedShare : share, say, aloud: (value) => `${say(value)} of what it looked at` };
  }
  const found = views.bits(id);
  if (!found) return null;
  const values = patches ? summed(found.all, found.words, found.patches, patches) : found.sums;
  const scale = patches?.length === 1 ? bits2 : bitsOf(found.patches);
  return { values, scale, say: (value) => signedBits(value).replace(" bits", ""), aloud: (value) => `${signedBits(value)} lost without it` };
}
function summed(all, rows, p, patches) {
  return Float32Array.from({ length: rows }, (_, row) => patches.reduce((sum, patch) => sum + all[row * p + patch], 0));
}

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
  say(sentence2) {
    this.store.set("notice", sentence2);
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

// src/attention_explorer.ts
var NARROW = 720;
var ASKS = ["without", "second", "ablate", "python", "keep", "stop"];
var LOCAL = { over: null, overWord: null, boxing: false, proving: false, notice: "" };
function render({ model, el, signal }) {
  const end = new AbortController();
  signal?.addEventListener("abort", () => end.abort());
  const store = new Store(model, TRAITS, LOCAL, end.signal);
  const root = h("div", { class: "dx dx-explorer", role: "region", "aria-label": "attention explorer" });
  clear(el, root);
  build(root, store);
  store.send({ kind: "hello" });
  return () => end.abort();
}
function build(root, store) {
  const parts = new Parts(store, (sentence3) => store.set("notice", sentence3));
  const views = new Views(store, parts);
  const hands = new Hands(store, parts);
  const say = new Sayings(store, parts, views, hands);
  const plates = new Plates(root, store, parts, views, hands, say);
  const full = projector(root, () => plates.resize(), store.signal);
  const choose = new Choose(store, parts, views, hands, say);
  const proof = new ProofSheet(store, parts, views, hands);
  const prove = button("Proof", () => store.set("proving", !store.get("proving")), { icon: icon("proof"), quiet: true });
  const panel = new Panel(store, parts, views, hands, say, plates.reference, prove);
  const more = new More(store, parts, new HeadSheet(store, parts, hands), new LensStrip(store, parts), full, () => plates.focus());
  const status = new StatusLine(() => store.send({ kind: "stop" }));
  const gallery = new Gallery(store, parts);
  const first = () => parts.picture(hands.id)?.role === "without" ? hands.id : parts.shown()[0]?.id ?? store.get("selected");
  const second = () => parts.shown().find((one) => one.role === "second")?.id ?? "";
  const sentences = [first, second].map((id) => new Sentence(id, store, parts, views, hands));
  const caption = h("p", { class: "dx-caption" });
  const top = h("div", { class: "dx-top-line" }, choose.tabs, gallery.element);
  const lines = h("div", { class: "dx-lines-of-words" }, ...sentences.map(({ element }) => element));
  const tools = h("div", { class: "dx-tools" }, choose.element, choose.legend.element, more.toggle);
  const left = h("div", { class: "dx-plates" }, plates.element, tools, choose.legend.words, plates.help);
  root.append(top, lines, h("div", { class: "dx-spread" }, left, panel.element, panel.trust), status.element, proof.element, more.element, caption, plates.tooltip.element);
  const light = () => {
    sentences[1].element.hidden = !second() || second() === first();
    for (const sentence3 of sentences) sentence3.update();
  };
  store.on(["over", "overWord", "patch", "word", "box", "tab", "by", "mode", "picks", "pictures", "selected", "beside"], light);
  parts.on(light);
  light();
  const tell = () => status.show(store.get("status"), store.get("notice"));
  store.on(["status", "notice"], tell);
  store.on(["caption"], () => text(caption, store.get("caption")));
  store.on(["boxing"], () => root.classList.toggle("dx-marking", store.get("boxing")));
  store.on(["proving"], () => prove.setAttribute("aria-expanded", String(store.get("proving"))));
  prove.setAttribute("aria-expanded", "false");
  new Patience(store, ASKS, ["status", "pictures"]);
  tell();
  text(caption, store.get("caption"));
  const sentence2 = () => sentences[store.get("selected") === second() ? 1 : 0];
  keys(root, keymap(store, { choose, plates, sentence: sentence2, full }), store.signal);
  watch(root, plates, store.signal);
}
function watch(root, plates, signal) {
  followTheme(root, () => plates.restyle(), signal);
  let wide = 0;
  const size = new ResizeObserver(() => {
    if (root.clientWidth === wide) return;
    wide = root.clientWidth;
    root.classList.toggle("dx-narrow", wide < NARROW);
    plates.restyle();
  });
  size.observe(root);
  signal.addEventListener("abort", () => size.disconnect());
}
var attention_explorer_default = { render };
export {
  attention_explorer_default as default
};
