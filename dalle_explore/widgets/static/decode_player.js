// src/decode_player.traits.ts
var TRAITS = [
  "status",
  "alive",
  "caption",
  "alt",
  "geometry",
  "prompt",
  "seed",
  "n",
  "settings",
  "branches",
  "shown",
  "selected",
  "compared",
  "step",
  "patch",
  "overlay",
  "reshape",
  "embedded"
];

// src/shared/format.ts
function percent(share) {
  const value = 100 * share;
  if (!(value > 0)) return "0 %";
  if (value >= 99.95) return "100 %";
  if (value >= 10) return `${value.toFixed(1)} %`;
  if (value < 1e-3) return "< 0.001 %";
  return `${value.toFixed(Math.min(5, 1 - Math.floor(Math.log10(value))))} %`;
}
function bits(value) {
  return `${(Math.abs(value) < 5e-3 ? 0 : value).toFixed(2)} bits`;
}
function count(value) {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}
function seconds(value) {
  if (value < 1) return "less than a second left";
  if (value < 90) return `${Math.round(value)} s left`;
  return `${Math.round(value / 60)} min left`;
}
function at(patch, columns) {
  return `row ${Math.floor(patch / columns)}, column ${patch % columns}`;
}

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
var count2 = 0;
function unique(stem) {
  return `dx-${stem}-${++count2}-${Math.floor(performance.now() * 1e3).toString(36)}`;
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

// src/decode_player/grouped.ts
var EXACT = 96;
var WIDTH = 1 / 32;
var NEGLIGIBLE = 36;
var Grouped = class {
  values = [];
  // mean log-probability
  counts = [];
  starts = [0];
  constructor(spread, e, k) {
    for (let patch = 0; patch < e; patch++) {
      this.group(spread.subarray(patch * k, (patch + 1) * k));
      this.starts.push(this.values.length);
    }
  }
  /** The entropy in bits of every patch, reshaped. */
  entropies(how) {
    const out = new Float32Array(this.starts.length - 1);
    if (how.temperature === 0) return out;
    for (let patch = 0; patch < out.length; patch++) {
      out[patch] = this.entropy(this.starts[patch], this.starts[patch + 1], how);
    }
    return out;
  }
  group(row) {
    for (let i = 0; i < row.length; ) {
      const first = row[i];
      let sum = 0;
      let end = i;
      do
        sum += row[end++];
      while (i >= EXACT && end < row.length && first - row[end] < WIDTH);
      this.values.push(sum / (end - i));
      this.counts.push(end - i);
      i = end;
    }
  }
  entropy(from, to, how) {
    const { temperature: T, top_p } = how;
    const top = this.values[from];
    const most = how.top_k ?? Infinity;
    const enough = top_p !== null && top_p < 1 ? top_p * this.total(from, to, T, most) : Infinity;
    let kept = 0;
    let total = 0;
    let weighed = 0;
    for (let i = from; i < to && kept < most && total < enough; i++) {
      const far = (this.values[i] - top) / T;
      if (!(far > -NEGLIGIBLE)) break;
      const share = Math.exp(far);
      const count3 = Math.min(this.counts[i], most - kept, Math.ceil((enough - total) / share));
      kept += count3;
      total += count3 * share;
      weighed += count3 * share * far;
    }
    return Math.max(0, (Math.log(total) - weighed / total) / Math.LN2);
  }
  /** The sum of what top-k leaves, as shares of the likeliest. */
  total(from, to, T, most) {
    const top = this.values[from];
    let kept = 0;
    let total = 0;
    for (let i = from; i < to && kept < most; i++) {
      const far = (this.values[i] - top) / T;
      if (!(far > -NEGLIGIBLE)) break;
      const count3 = Math.min(this.counts[i], most - kept);
      kept += count3;
      total += count3 * Math.exp(far);
    }
    return total;
  }
};

// src/decode_player/overlays.ts
var NAMES = {
  picture: "picture",
  entropy: "entropy",
  filtered: "reshaped entropy",
  average: "against average",
  surprise: "surprise",
  rank: "rank",
  difference: "difference"
};
var MEANINGS = {
  picture: "Hatched patches are not drawn yet; at their edge the decoder sees a neutral code.",
  entropy: "How open the choice was before each code was drawn (guided, temperature 1).",
  filtered: "How open the choice is under the what-if settings.",
  average: "Entropy minus the held-out average of the same patch: purple is surer, brown more open than usual.",
  surprise: "How unlikely the code was that was drawn.",
  rank: "Where the code stood among all codes: 1 is the likeliest.",
  difference: "Where the codes of two pictures differ."
};
function scaleOf(overlay, codes) {
  const whole = Math.log2(codes);
  const bits2 = { low: 0, log: false, lut: amount, unit: "bits" };
  if (overlay === "entropy" || overlay === "filtered") {
    return { ...bits2, high: whole, ticks: evenly(0, whole, 4) };
  }
  if (overlay === "surprise") {
    const ticks = [0, 4, 8, 12].map((at2) => ({ at: at2, label: String(at2) }));
    return { ...bits2, high: 16, ticks: [...ticks, { at: 16, label: "≥ 16" }] };
  }
  if (overlay === "average") {
    const ticks = [-6, -3, 0, 3, 6].map((at2) => ({ at: at2, label: at2 > 0 ? `+${at2}` : String(at2).replace("-", "−") }));
    return { low: -6, high: 6, log: false, lut: signed, unit: "bits", ticks };
  }
  if (overlay === "rank") {
    const ticks = [1, 10, 100, 1e3, 1e4].filter((at2) => at2 <= codes / 10).map((at2) => ({ at: at2, label: at2.toLocaleString("en") }));
    ticks.push({ at: codes, label: codes.toLocaleString("en") });
    return { low: 1, high: codes, log: true, lut: amount, unit: "", ticks };
  }
  return null;
}
function evenly(low, high, steps) {
  return Array.from({ length: steps + 1 }, (_, i) => {
    const at2 = low + (high - low) * i / steps;
    return { at: at2, label: Number.isInteger(at2) ? String(at2) : at2.toFixed(1) };
  });
}
function values(overlay, numbers, geometry, how) {
  const { end, entropy, logProbability, rank, spread, k } = numbers;
  if (overlay === "entropy") return entropy.map((nats) => nats / Math.LN2);
  if (overlay === "surprise") return logProbability.map((nats) => -nats / Math.LN2);
  if (overlay === "rank") return Float32Array.from(rank, (place2) => place2 + 1);
  if (overlay === "filtered" && spread) {
    numbers.grouped ??= new Grouped(spread, end, k);
    return numbers.grouped.entropies(how);
  }
  if (overlay === "average" && geometry.average) {
    const usual = geometry.average;
    return entropy.map((nats, patch) => nats / Math.LN2 - usual[patch]);
  }
  return null;
}
function paintMap(found, scale, geometry) {
  const made = canvas(geometry.columns, geometry.rows);
  const image = new ImageData(geometry.columns, geometry.rows);
  found.forEach((value, patch) => {
    image.data.set([...colour(scale, value), 255], 4 * patch);
  });
  pen(made).putImageData(image, 0, 0);
  return made;
}

// src/decode_player/types.ts
var OVERLAYS = ["picture", "entropy", "filtered", "average", "surprise", "rank", "difference"];
var PARTS = ["picture", "numbers", "frames", "choices"];
var DRAWING_NEEDS_KERNEL = "Drawing needs a running kernel: open the notebook and run the cell. Everything else works here.";

// src/decode_player/choose.ts
var Choose = class {
  constructor(store, maps, films) {
    this.store = store;
    this.maps = maps;
    this.films = films;
    const id = unique("show");
    this.select = h("select", { id });
    this.element = h("div", { class: "dx-show" }, h("label", { for: id }, "Show"), this.select);
    this.select.addEventListener("change", () => store.set("overlay", this.select.value));
    store.on(["geometry"], () => this.fill());
    store.on(["overlay", "geometry", "selected", "compared", "branches"], () => this.follow());
    store.on(["hover", "patch", "reshape"], () => this.point());
    films.on((_, part) => {
      if (part === "numbers") this.follow();
    });
    this.fill();
    this.follow();
  }
  store;
  maps;
  films;
  element;
  legend = new Legend();
  select;
  /** The next overlay that has something to say. */
  next() {
    const able = [...this.select.options].map(({ value }) => value);
    this.store.set("overlay", able[(able.indexOf(this.store.get("overlay")) + 1) % able.length]);
  }
  fill() {
    const able = OVERLAYS.filter((name) => name !== "average" || this.store.get("geometry").average);
    this.select.replaceChildren(...able.map((name) => h("option", { value: name }, NAMES[name])));
    this.select.value = this.store.get("overlay");
  }
  follow() {
    const overlay = this.store.get("overlay");
    this.select.value = overlay;
    this.legend.show(this.maps.scale, this.meaning(overlay));
    this.point();
  }
  meaning(overlay) {
    if (overlay === "difference") return this.difference();
    const numbers = this.films.get(this.store.get("selected"))?.numbers;
    if (overlay === "filtered" && numbers && !numbers.spread) return "All probabilities would be needed: they were left out here.";
    return MEANINGS[overlay];
  }
  difference() {
    const { columns } = this.store.get("geometry");
    const found = this.maps.difference();
    if (found) return sentence(found, columns);
    const [one, two] = [this.store.get("selected"), this.store.get("compared")];
    return two && one !== two ? "The numbers of both pictures are not here yet." : "Choose a second picture: press compare beside one below.";
  }
  point() {
    if (!this.maps.scale) return;
    const hand = this.store.get("hover") ?? { id: this.store.get("selected"), patch: this.store.get("patch") };
    const known = hand.patch >= 0 ? this.maps.of(hand.id)?.values : void 0;
    this.legend.point(known && hand.patch < known.length ? known[hand.patch] : null);
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

// src/decode_player/clock.ts
var FASTEST = 60;
var SECONDS = 4;
var CALM_MS = 500;
var Clock = class {
  constructor(store, films) {
    this.store = store;
    this.films = films;
    this.play = button("play", () => this.toggle(), { icon: icon("play"), bare: true });
    this.element = h("div", { class: "dx-clock" }, this.play, this.slider, this.said);
    this.slider.addEventListener("input", () => {
      store.set("playing", false);
      store.set("step", Number(this.slider.value));
    });
    store.on(["step", "geometry"], () => this.follow());
    store.on(["shown"], () => this.able());
    store.on(["playing"], () => this.change());
    store.signal.addEventListener("abort", () => cancelAnimationFrame(this.frame));
    this.follow();
    this.able();
  }
  store;
  films;
  element;
  play;
  slider = h("input", { type: "range", min: 0, step: 1, "aria-label": "patches drawn" });
  said = h("output", { class: "dx-steps dx-number" });
  past = 0;
  exact = 0;
  frame = 0;
  get patches() {
    const { rows, columns } = this.store.get("geometry");
    return rows * columns;
  }
  toggle() {
    const playing = !this.store.get("playing") && !this.play.disabled;
    if (playing && this.store.get("step") >= this.last()) this.store.set("step", 0);
    this.store.set("playing", playing);
  }
  go(step) {
    this.store.set("playing", false);
    this.store.set("step", Math.min(this.patches, Math.max(0, step)));
  }
  /** Where playing ends: with the longest of the pictures on show. */
  last() {
    const ends = this.store.get("shown").map((id) => this.films.end(id));
    return Math.max(1, ...ends);
  }
  /** Where nothing is drawn there is nothing to play. */
  able() {
    this.play.disabled = this.slider.disabled = !this.store.get("shown").length;
  }
  change() {
    const playing = this.store.get("playing");
    this.play.replaceChildren(icon(playing ? "pause" : "play"));
    this.play.setAttribute("aria-label", playing ? "pause" : "play");
    this.play.title = playing ? "pause" : "play";
    cancelAnimationFrame(this.frame);
    if (!playing) return;
    this.exact = this.store.get("step");
    this.past = performance.now();
    this.frame = requestAnimationFrame((now) => this.tick(now));
  }
  tick(now) {
    if (this.store.get("step") !== Math.floor(this.exact)) this.exact = this.store.get("step");
    const { columns } = this.store.get("geometry");
    if (!calm()) {
      this.exact += Math.max(0, now - this.past) / 1e3 * Math.min(FASTEST, this.patches / SECONDS);
      this.past = now;
    } else if (now - this.past >= CALM_MS) {
      this.exact = (Math.floor(this.exact / columns) + 1) * columns;
      this.past = now;
    }
    const last = this.last();
    if (this.exact >= last) {
      this.store.set("step", last);
      this.store.set("playing", false);
      return;
    }
    this.store.set("step", Math.floor(this.exact));
    this.frame = requestAnimationFrame((next) => this.tick(next));
  }
  follow() {
    const step = Math.min(this.store.get("step"), this.patches);
    const words = `${count(step)} of ${count(this.patches)}`;
    this.slider.max = String(this.patches);
    this.slider.value = String(step);
    this.slider.setAttribute("aria-valuetext", `${words} patches`);
    text(this.said, words);
  }
};

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

// src/decode_player/spread.ts
function decodeSpread(raw, e, k) {
  const n = e * k;
  if (raw.length !== 2 * n) throw new Error(`a spread of ${raw.length} bytes is not ${e} x ${k}`);
  const out = new Float32Array(n);
  for (let patch = 0, i = 0; patch < e; patch++) {
    let pattern = 0;
    for (let code = 0; code < k; code++, i++) {
      pattern = pattern + raw[i] + (raw[n + i] << 8) & 65535;
      out[i] = -HALF[pattern & 32767];
    }
  }
  return out;
}

// src/decode_player/windows.ts
function windowAt(patch, reach, rows, columns) {
  const high = Math.min(2 * reach + 1, rows);
  const wide = Math.min(2 * reach + 1, columns);
  const row = Math.floor(patch / columns);
  const column = patch % columns;
  return {
    row: Math.min(Math.max(row - reach, 0), rows - high),
    column: Math.min(Math.max(column - reach, 0), columns - wide),
    rows: high,
    columns: wide
  };
}
function layout(header) {
  const { across, side, height: high = side } = header;
  const { left: left2 = 0, above = 0, over = side, down = high } = header;
  return { across, side, high, left: left2, above, over, down };
}
function inAtlas(i, atlas) {
  return {
    x: i % atlas.across * atlas.over + atlas.left,
    y: Math.floor(i / atlas.across) * atlas.down + atlas.above
  };
}

// src/decode_player/film.ts
var Film = class {
  constructor(id, geometry) {
    this.id = id;
    this.geometry = geometry;
    this.width = geometry.columns * geometry.patch;
    this.height = geometry.rows * geometry.patch;
    this.canvas = canvas(this.width, this.height);
    this.pen = pen(this.canvas);
  }
  id;
  geometry;
  width;
  height;
  canvas;
  picture = null;
  blank = null;
  numbers = null;
  frames = null;
  choices = null;
  pen;
  at = -1;
  // the step the canvas shows
  kept = /* @__PURE__ */ new Map();
  get patches() {
    return this.geometry.rows * this.geometry.columns;
  }
  /** How many patches are drawn, as far as this film knows; null: nothing has come yet. */
  get end() {
    return this.numbers?.end ?? null;
  }
  async take(part, header, buffers) {
    if (part === "picture") {
      [this.picture, this.blank] = await Promise.all([picture(buffers[0]), picture(buffers[1])]);
    } else if (part === "numbers") {
      this.numbers = await readNumbers(header, buffers);
    } else if (part === "frames") {
      const image = await picture(buffers[0]);
      this.frames = { image, ...layout(header), first: 0, steps: header.steps, reach: header.reach };
    } else if (part === "choices") {
      const image = await picture(buffers[0]);
      const { first = 0, top, margin } = header;
      this.choices = { image, ...layout(header), first, steps: top, reach: margin };
    }
    this.forget();
  }
  /** Paint the picture after `step` patches on `canvas`, if its crops are here. */
  paint(step) {
    if (step === this.at) return true;
    const last = this.numbers?.end ?? this.frames?.steps ?? this.patches;
    if (this.picture && step >= last) this.restore(this.picture);
    else if (this.frames && this.blank) this.play(Math.min(step, this.frames.steps));
    else return this.coarse(step);
    this.at = step;
    return true;
  }
  /** Without crops there is only the beginning and the end. */
  coarse(step) {
    const image = step > 0 ? this.picture : this.blank;
    if (!image) return false;
    this.restore(image);
    this.at = step;
    return true;
  }
  play(step) {
    const row = this.geometry.columns;
    let from = this.at;
    const whole = step - step % row;
    if (from < 0 || from > step || from < whole || this.atEnd(from)) {
      from = whole;
      while (from > 0 && !this.kept.has(from)) from -= row;
      this.restore(from > 0 ? this.kept.get(from) : this.blank);
    }
    for (let patch = from; patch < step; patch++) {
      this.crop(patch);
      if ((patch + 1) % row === 0) this.keep(patch + 1);
    }
  }
  /** At the end the canvas holds the final picture, from which nothing can be painted on. */
  atEnd(step) {
    return this.picture !== null && step >= (this.numbers?.end ?? this.frames.steps);
  }
  crop(patch) {
    const { rows, columns, patch: side } = this.geometry;
    const atlas = this.frames;
    const window2 = windowAt(patch, atlas.reach, rows, columns);
    const { x, y } = inAtlas(patch, atlas);
    const wide = window2.columns * side;
    const high = window2.rows * side;
    this.pen.drawImage(atlas.image, x, y, wide, high, window2.column * side, window2.row * side, wide, high);
  }
  keep(step) {
    if (this.kept.has(step)) return;
    const copy = canvas(this.width, this.height);
    pen(copy).drawImage(this.canvas, 0, 0);
    this.kept.set(step, copy);
  }
  restore(image) {
    this.pen.drawImage(image, 0, 0, this.width, this.height);
  }
  forget() {
    this.at = -1;
    this.kept.clear();
  }
};
async function readNumbers(header, buffers) {
  const { end, a, k } = header;
  const stats = typed(buffers[3], Float32Array);
  return {
    end,
    a,
    k,
    grouped: null,
    codes: typed(buffers[0], Uint16Array),
    rank: typed(buffers[1], Uint16Array),
    forced: typed(buffers[2], Uint8Array),
    logProbability: stats.subarray(0, end),
    entropy: stats.subarray(end, 2 * end),
    topCodes: typed(buffers[4], Uint16Array),
    topLogProbability: typed(buffers[5], Float32Array),
    spread: header.spread === false || !buffers[6]?.byteLength ? null : decodeSpread(await inflate(buffers[6]), end, k)
  };
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

// src/decode_player/films.ts
var Films = class {
  constructor(store, fail) {
    this.store = store;
    this.fail = fail;
    store.onMessage((message, buffers) => {
      if (message.kind === "film") this.later(() => this.film(message, buffers));
      if (message.kind === "live") this.later(() => this.live(message, buffers[0]));
    });
    store.on(["branches"], () => this.prune());
    store.on(["branches", "shown", "selected", "compared", "alive"], () => this.ask());
    store.on(["geometry"], () => this.reset());
    store.on(["embedded"], () => this.unpack());
    this.unpack();
    this.ask();
  }
  store;
  fail;
  films = /* @__PURE__ */ new Map();
  reels = /* @__PURE__ */ new Map();
  asked = /* @__PURE__ */ new Map();
  listeners = [];
  /** Messages are unpacked one after another: strips that overtake each other paint nonsense. */
  queue = Promise.resolve();
  on(listener) {
    this.listeners.push(listener);
  }
  get(id) {
    return this.films.get(id);
  }
  reel(id) {
    return this.reels.get(id);
  }
  branch(id) {
    return this.store.get("branches").find((branch) => branch.id === id);
  }
  /** The picture after `step` patches: of the film, else as it grew; null: nothing is here yet. */
  frame(id, step) {
    const film = this.films.get(id);
    if (film?.paint(step)) return film.canvas;
    const reel = this.reels.get(id);
    return reel?.paint(step) ? reel.canvas : null;
  }
  /** How many patches of a picture are drawn. */
  end(id) {
    const branch = this.branch(id);
    if (branch?.state === "drawing") return Math.max(branch.end, this.reels.get(id)?.step ?? 0);
    return this.films.get(id)?.end ?? branch?.end ?? 0;
  }
  later(work) {
    this.queue = this.queue.then(work).catch((error) => this.fail(`A part of the film could not be read: ${error.message}`));
  }
  async film(message, buffers) {
    const { id, part, header } = message;
    let film = this.films.get(id);
    if (!film) this.films.set(id, film = new Film(id, this.store.get("geometry")));
    await film.take(part, header ?? {}, buffers);
    if (part === "frames" || part === "numbers") this.tidy(id);
    this.tell(id, part);
  }
  async live(message, buffer) {
    const { columns, patch } = this.store.get("geometry");
    for (const [id, strip] of await strips(message, buffer, columns * patch)) {
      let reel = this.reels.get(id);
      if (!reel) this.reels.set(id, reel = new LiveReel(this.store.get("geometry")));
      reel.add(strip);
      this.tell(id, "live");
    }
  }
  /** The coarse frames go when the fine ones are here. */
  tidy(id) {
    const film = this.films.get(id);
    if (film?.frames && film.numbers) this.reels.delete(id);
  }
  /** A picture that is gone takes its film with it. */
  prune() {
    for (const all of [this.films, this.reels]) {
      for (const id of all.keys()) if (!this.branch(id)) all.delete(id);
    }
  }
  tell(id, part) {
    for (const listener of this.listeners) listener(id, part);
  }
  /** Ask for what is lacking: everything of pictures on show, the picture alone of others. */
  ask() {
    if (!this.store.get("alive")) return;
    const near = /* @__PURE__ */ new Set([...this.store.get("shown"), this.store.get("selected"), this.store.get("compared")]);
    for (const branch of this.store.get("branches")) {
      if (branch.state === "drawing") continue;
      const key = `${branch.id} ${branch.end}`;
      const asked = this.asked.get(key) ?? /* @__PURE__ */ new Set();
      const wanted = near.has(branch.id) ? PARTS : ["picture"];
      const parts = wanted.filter((part) => !asked.has(part));
      if (!parts.length) continue;
      this.asked.set(key, /* @__PURE__ */ new Set([...asked, ...parts]));
      this.store.send({ kind: "film", id: branch.id, parts });
    }
  }
  unpack() {
    for (const [id, parts] of Object.entries(this.store.get("embedded") ?? {})) {
      for (const part of PARTS) {
        const held = parts[part];
        if (held) this.later(() => this.film({ kind: "film", id, part, header: held.header }, held.buffers));
      }
    }
  }
  reset() {
    this.films.clear();
    this.reels.clear();
    this.asked.clear();
    this.unpack();
    this.ask();
  }
};

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

// src/shared/kernel.ts
var NEEDS_KERNEL = "This needs a running kernel: open the notebook and run the cell.";

// src/decode_player/region.ts
function stretched(id, a, b) {
  return { id, ...between(a, b) };
}
var RegionBar = class {
  constructor(store) {
    this.store = store;
    this.toggle = button("Redraw a region", () => this.switch(!store.get("regionMode")), {
      icon: icon("region"),
      quiet: true
    });
    this.these = button("Redraw this", () => this.send("redraw"));
    this.below = button("Redraw below its top row", () => this.send("below"), { quiet: true });
    const leave = button("leave", () => this.switch(false), { icon: icon("close"), bare: true });
    this.element = h(
      "div",
      { class: "dx-region", role: "group", "aria-label": "redraw a region" },
      this.words,
      this.these,
      this.below,
      leave
    );
    store.on(["region", "regionMode", "alive", "geometry"], () => this.update());
    store.on(["selected"], () => {
      const region = store.get("region");
      if (region && region.id !== store.get("selected")) store.set("region", null);
    });
    this.update();
  }
  store;
  toggle;
  element;
  words = h("span", { class: "dx-hint", role: "status" });
  these;
  below;
  switch(on) {
    this.store.set("regionMode", on);
    if (!on) this.store.set("region", null);
  }
  send(kind) {
    const region = this.store.get("region");
    if (!region) return;
    const { columns } = this.store.get("geometry");
    if (kind === "below") this.store.send({ kind, id: region.id, row: region.top });
    else this.store.send({ kind, id: region.id, patches: patchesOf(region, columns) });
    this.switch(false);
  }
  update() {
    const on = this.store.get("regionMode");
    const region = this.store.get("region");
    const alive = this.store.get("alive");
    this.element.hidden = !on;
    this.toggle.setAttribute("aria-pressed", String(on));
    this.toggle.disabled = !alive;
    this.toggle.title = alive ? "" : NEEDS_KERNEL;
    this.these.hidden = this.below.hidden = !region;
    if (!region) return text(this.words, "Drag over the patches to draw anew (keys: Shift and arrows).");
    const count3 = patchesOf(region, this.store.get("geometry").columns).length;
    text(this.words, `${count3} ${count3 === 1 ? "patch" : "patches"}, from row ${region.top + 1}`);
  }
};

// src/decode_player/keymap.ts
function keymap(store, parts) {
  let anchor = null;
  store.on(["regionMode", "selected"], () => anchor = null);
  const move = (key, stretch) => {
    const grid = store.get("geometry");
    const from = corner(Math.max(0, store.get("patch")), grid.columns);
    const first = store.get("patch") < 0;
    const to = first ? from : moved(from, key, grid);
    if (store.get("regionMode")) {
      if (!stretch || !anchor) anchor = stretch ? from : to;
      store.set("region", stretched(store.get("selected"), anchor, to));
    }
    store.set("patch", to.row * grid.columns + to.column);
    return true;
  };
  const step = (key, row) => {
    const { columns } = store.get("geometry");
    const far = (row ? columns : 1) * (key === "ArrowLeft" ? -1 : 1);
    parts.clock.go(store.get("step") + far);
    return true;
  };
  const escape = () => {
    anchor = null;
    if (store.get("regionMode")) parts.region.switch(false);
    else store.set("patch", -1);
    store.set("hover", null);
    parts.pictures.tooltip.hide();
    return false;
  };
  return (event) => {
    const target = event.target;
    const onPicture = target.matches("canvas.dx-plate");
    const onSlider = target.matches("input[type=range]");
    const clockSlider = onSlider && target.closest(".dx-clock") !== null;
    const { key } = event;
    if (key === "Escape") return escape();
    if (target.matches("input[type=radio], input[type=checkbox]")) return false;
    if (key in ARROWS && onPicture) return move(key, event.shiftKey);
    if (key === " ") return parts.clock.toggle(), true;
    if (key === "f") return parts.full(), true;
    if (key === "o") return parts.choose.next(), true;
    if (key === "Enter" && onPicture) return store.set("patch", store.get("patch") < 0 ? 0 : store.get("patch")), true;
    if (onSlider && !clockSlider) return false;
    if (key === "ArrowLeft" || key === "ArrowRight") return step(key, event.shiftKey);
    if (key === "Home") return parts.clock.go(0), true;
    if (key === "End") return parts.clock.go(parts.clock.patches), true;
    return false;
  };
}

// src/decode_player/maps.ts
var Maps = class {
  constructor(store, films) {
    this.store = store;
    this.films = films;
    store.on(["overlay", "geometry"], () => this.made.clear());
    store.on(["reshape"], () => {
      if (store.get("overlay") === "filtered") this.made.clear();
    });
    films.on((id, part) => {
      if (part === "numbers") this.made.delete(id);
      if (part === "numbers") this.compared = null;
    });
  }
  store;
  films;
  made = /* @__PURE__ */ new Map();
  compared = null;
  get scale() {
    return scaleOf(this.store.get("overlay"), this.store.get("geometry").codes);
  }
  of(id) {
    const known = this.made.get(id);
    if (known !== void 0) return known;
    const made = this.make(id);
    this.made.set(id, made);
    return made;
  }
  /** Where the two compared pictures differ; null: there are no two, or one is not here yet. */
  difference() {
    const [a, b] = [this.store.get("selected"), this.store.get("compared")];
    const key = `${a} ${b}`;
    if (this.compared?.key !== key) {
      const [one, two] = [this.films.get(a)?.numbers, this.films.get(b)?.numbers];
      const found = one && two && a !== b ? difference(one.codes, two.codes) : null;
      this.compared = { key, found };
    }
    return this.compared.found;
  }
  make(id) {
    const numbers = this.films.get(id)?.numbers;
    const scale = this.scale;
    if (!numbers || !scale) return null;
    const geometry = this.store.get("geometry");
    const found = values(this.store.get("overlay"), numbers, geometry, this.store.get("reshape"));
    return found && { values: found, image: paintMap(found, scale, geometry) };
  }
};

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

// src/decode_player/more.ts
var MOST_BYTES = 2e7;
var SEEDS = 2n ** 63n;
var More = class {
  constructor(store, region, projector2) {
    this.store = store;
    const id = unique("more");
    this.copy = new CopyPython(store);
    this.toggle = button("More", () => this.open(this.element.hidden === true), { icon: icon("more"), quiet: true });
    this.toggle.setAttribute("aria-controls", id);
    this.element = h(
      "div",
      { class: "dx-more", id, hidden: true },
      h("div", { class: "dx-fields" }, ...this.fields()),
      h("div", { class: "dx-actions" }, region, ...this.actions(), button("Full screen", projector2, { icon: icon("full"), quiet: true })),
      this.upload(),
      this.sentence,
      this.copy.code,
      this.copy.said
    );
    store.on(["n", "seed", "settings", "geometry"], () => this.follow());
    store.on(["alive"], () => this.able());
    this.open(false);
    this.follow();
    this.able();
  }
  store;
  toggle;
  element;
  needs = /* @__PURE__ */ new Set();
  followers = [];
  sentence = h("p", { class: "dx-hint dx-needs" }, NEEDS_KERNEL);
  copy;
  open(open) {
    this.element.hidden = !open;
    this.toggle.setAttribute("aria-expanded", String(open));
  }
  fields() {
    const { store } = this;
    const settings = (change) => store.set("settings", { ...store.get("settings"), ...change });
    return [
      this.number("pictures", () => store.get("n"), { min: 1, max: 8, step: 1 }, (value) => store.set("n", value)),
      this.seed(),
      this.number("temperature", () => store.get("settings").temperature, { min: 0, max: 4, step: 0.05 }, (value) => settings({ temperature: value })),
      this.number("top-k", () => store.get("settings").top_k, { min: 1, step: 1, empty: true }, (value) => settings({ top_k: value })),
      this.number("top-p", () => store.get("settings").top_p, { min: 0.01, max: 1, step: 0.01, empty: true }, (value) => settings({ top_p: value })),
      this.number("guidance", () => store.get("settings").guidance, { min: 0, max: 20, step: 0.25 }, (value) => settings({ guidance: value }))
    ];
  }
  /** A field for a number; what is not one is put back as it was. Empty means "all" where it may. */
  number(name, read, limits, write) {
    const { empty, ...rest } = limits;
    const input = h("input", { type: "number", ...rest, placeholder: empty ? "all" : null, inputmode: "decimal" });
    const follow2 = () => input.value = String(read() ?? "");
    input.addEventListener("change", () => {
      const value = input.value === "" && empty && !input.validity.badInput ? null : Number(input.value);
      const most = limits.max ?? Infinity;
      const whole = limits.step !== 1 || value === null || Number.isInteger(value);
      const good = value === null ? empty : input.value !== "" && whole && value >= limits.min && value <= most;
      if (good) write(value);
      else this.store.set("notice", `${name} is a ${limits.step === 1 ? "whole " : ""}number from ${limits.min}${limits.max ? ` to ${limits.max}` : " on"}: it stays as it was.`);
      follow2();
    });
    this.followers.push(follow2);
    return this.labelled(name, input);
  }
  seed() {
    const input = h("input", { type: "text", inputmode: "numeric", maxlength: 19 });
    const follow2 = () => input.value = this.store.get("seed");
    input.addEventListener("change", () => {
      const digits = /^\s*\d{1,19}\s*$/.test(input.value) ? BigInt(input.value) : null;
      if (digits !== null && digits < SEEDS) this.store.set("seed", String(digits));
      else this.store.set("notice", "A seed is a whole number of at most 63 bits: it stays as it was.");
      follow2();
    });
    this.followers.push(follow2);
    const field = this.labelled("seed", input);
    field.classList.add("dx-field-long");
    return field;
  }
  labelled(name, input) {
    this.needs.add(input);
    return h("label", { class: "dx-field" }, h("span", {}, name), input);
  }
  actions() {
    const send = (kind) => () => this.store.send({ kind });
    const made = [
      button("New dice", send("dice"), { icon: icon("dice"), quiet: true, title: "the same prompt, other seeds" }),
      button("Surprise me", send("surprise"), { icon: icon("surprise"), quiet: true, title: "another prompt" }),
      this.copy.button,
      button("Keep", send("keep"), { icon: icon("keep"), quiet: true, title: "write a still with its caption into the notebook" })
    ];
    for (const one of made) this.needs.add(one);
    return made;
  }
  upload() {
    const name = unique("fit");
    const file = h("input", { type: "file", accept: "image/*", class: "dx-unseen", tabindex: -1, "aria-label": "picture to upload" });
    const radio = (fit2, said, on) => h("label", { class: "dx-radio" }, h("input", { type: "radio", name, value: fit2, checked: on }), said);
    const pick = button("Upload a picture", () => file.click(), {
      icon: icon("upload"),
      quiet: true,
      title: "it becomes codes, with the prompt as its caption"
    });
    const group = h(
      "div",
      { class: "dx-upload", role: "group", "aria-label": "upload" },
      pick,
      file,
      radio("crop", "cropped to fit", true),
      radio("frame", "framed in white", false)
    );
    file.addEventListener("change", async () => {
      const [chosen] = file.files ?? [];
      file.value = "";
      if (!chosen) return;
      if (chosen.size > MOST_BYTES) return this.store.set("notice", "The picture is larger than 20 MB: take a smaller one.");
      const fit2 = group.querySelector("input:checked").value;
      const prompt = this.store.get("prompt");
      this.store.send({ kind: "upload", name: chosen.name, prompt, fit: fit2 }, [await chosen.arrayBuffer()]);
    });
    this.needs.add(pick);
    for (const one of group.querySelectorAll("input[type=radio]")) this.needs.add(one);
    return group;
  }
  follow() {
    for (const follow2 of this.followers) follow2();
  }
  able() {
    const alive = this.store.get("alive");
    this.sentence.hidden = alive;
    for (const element of this.needs) {
      element.disabled = !alive;
      if (!alive) element.title = NEEDS_KERNEL;
    }
  }
};

// src/decode_player/reshape.ts
var NEGLIGIBLE2 = 36;
function reshaped(rows, start, k, how) {
  const { temperature: T } = how;
  const top = rows[start];
  if (T === 0) return { kept: 1, top: 0, total: 1, entropy: 0 };
  let kept = how.top_k === null ? k : Math.min(k, how.top_k);
  if (how.top_p !== null && how.top_p < 1) kept = nucleus(rows, start, kept, T, how.top_p);
  let total = 0;
  let weighed = 0;
  for (let i = 0; i < kept; i++) {
    const far = (rows[start + i] - top) / T;
    if (!(far > -NEGLIGIBLE2)) break;
    const share = Math.exp(far);
    total += share;
    weighed += share * far;
  }
  const entropy = (Math.log(total) - weighed / total) / Math.LN2;
  return { kept, top: top / T, total, entropy: Math.max(0, entropy) };
}
function nucleus(rows, start, kept, T, top_p) {
  const top = rows[start];
  let total = 0;
  for (let i = 0; i < kept; i++) {
    const far = (rows[start + i] - top) / T;
    if (!(far > -NEGLIGIBLE2)) break;
    total += Math.exp(far);
  }
  let before = 0;
  for (let i = 0; i < kept; i++) {
    if (before >= top_p * total) return i;
    before += Math.exp((rows[start + i] - top) / T);
  }
  return kept;
}
function shareOf(shape, rank, logProbability, how) {
  if (rank >= shape.kept) return 0;
  if (how.temperature === 0) return rank === 0 ? 1 : 0;
  return Math.exp(logProbability / how.temperature - shape.top) / shape.total;
}

// src/decode_player/alternatives.ts
var ROWS = 8;
var CROP = 80;
var Alternatives = class {
  constructor(store, changed) {
    this.store = store;
    this.changed = changed;
    this.rows = Array.from({ length: ROWS }, () => this.row());
    const heading = h(
      "div",
      { class: "dx-alt-head" },
      h("span", {}, "likeliest codes"),
      h("span", { class: "dx-key-raw" }, "model"),
      h("span", { class: "dx-key-shaped" }, "what if")
    );
    this.element = h(
      "div",
      { class: "dx-alternatives" },
      heading,
      h("ol", { "aria-label": "likeliest codes" }, ...this.rows.map(({ element }) => element))
    );
    store.onMessage((message, buffers) => {
      if (message.kind === "crops") this.take(message, buffers[0]);
    });
  }
  store;
  changed;
  element;
  rows;
  crops = /* @__PURE__ */ new Map();
  asked = /* @__PURE__ */ new Set();
  at = null;
  /** Fill the rows for a patch; `film` is null where nothing is known of it. */
  show(film, patch, shape) {
    const numbers = film?.numbers ?? null;
    this.at = film && { id: film.id, patch };
    const alive = this.store.get("alive");
    this.rows.forEach((row, j) => {
      const here = numbers !== null && j < numbers.a;
      row.element.style.visibility = here ? "visible" : "hidden";
      if (!here) return;
      const code = numbers.topCodes[patch * numbers.a + j];
      const log = numbers.topLogProbability[patch * numbers.a + j];
      this.fill(row, film, patch, j, code, log, shape);
      const drawn = code === numbers.codes[patch];
      row.element.classList.toggle("dx-drawn", drawn);
      row.fork.disabled = !alive || drawn;
      const act = drawn ? "this is the code that was drawn" : alive ? "draw the rest anew from here, with the same noise" : NEEDS_KERNEL;
      row.fork.title = act;
      row.fork.setAttribute("aria-label", `fork with code ${code}, ${percent(Math.exp(log))}: ${act}`);
    });
  }
  /** Ask for sharper and more pictures of a patch that stays in hand. */
  ask(id, patch) {
    const key = `${id} ${patch}`;
    if (!this.store.get("alive") || this.asked.has(key)) return;
    this.asked.add(key);
    this.store.send({ kind: "crops", id, patch, top: ROWS });
  }
  fill(row, film, patch, j, code, log, shape) {
    const share = Math.exp(log);
    const what = shape ? shareOf(shape, j, log, this.store.get("reshape")) : share;
    row.now = code;
    text(row.code, String(code));
    text(row.share, shape ? `${percent(share)} → ${percent(what)}` : percent(share));
    row.raw.style.transform = `scaleX(${Math.sqrt(share).toFixed(4)})`;
    row.shaped.style.transform = `scaleX(${shape ? Math.sqrt(what).toFixed(4) : 0})`;
    this.draw(row, film, patch, j, code);
  }
  draw(row, film, patch, j, code) {
    const { rows, columns, patch: unit } = film.geometry;
    const mark = (window2, across) => {
      const scale = CROP / across;
      row.pen.strokeStyle = "rgba(255, 255, 255, 0.9)";
      row.pen.lineWidth = 1.5;
      const x = (patch % columns - window2.column) * scale;
      const y = (Math.floor(patch / columns) - window2.row) * scale;
      row.pen.strokeRect(x + 0.5, y + 0.5, scale - 1, scale - 1);
    };
    const sharp = this.crops.get(`${film.id} ${patch}`);
    const found = sharp ? sharp.codes.indexOf(code) : -1;
    const atlas = film.choices;
    let seen = true;
    if (sharp && found >= 0) {
      row.pen.drawImage(sharp.images[found], 0, 0, CROP, CROP);
      mark(sharp, sharp.side / unit);
    } else if (atlas && j < atlas.steps && patch >= atlas.first) {
      const window2 = windowAt(patch, atlas.reach, rows, columns);
      const { x, y } = inAtlas((patch - atlas.first) * atlas.steps + j, atlas);
      row.pen.drawImage(atlas.image, x, y, atlas.side, atlas.high, 0, 0, CROP, CROP);
      mark(window2, window2.columns);
    } else {
      row.pen.clearRect(0, 0, CROP, CROP);
      seen = false;
    }
    row.crop.style.visibility = seen ? "inherit" : "hidden";
  }
  row() {
    const crop = canvas(CROP, CROP);
    const made = {
      crop,
      pen: pen(crop),
      now: -1,
      code: h("span", { class: "dx-code dx-number" }),
      share: h("span", { class: "dx-share dx-number" }),
      raw: h("span", { class: "dx-bar dx-bar-raw" }),
      shaped: h("span", { class: "dx-bar dx-bar-shaped" })
    };
    crop.className = "dx-crop";
    crop.setAttribute("aria-hidden", "true");
    const fork = h(
      "button",
      { type: "button", class: "dx-alt" },
      crop,
      h("span", { class: "dx-alt-text" }, made.code, made.share),
      h("span", { class: "dx-bars" }, made.raw, made.shaped)
    );
    const sign = h("span", { class: "dx-fork", "aria-hidden": "true" }, "fork");
    sign.prepend(icon("fork"));
    fork.append(sign);
    const row = { ...made, fork, element: h("li", {}, fork) };
    fork.addEventListener("click", () => {
      if (this.at) this.store.send({ kind: "fork", id: this.at.id, patch: this.at.patch, code: row.now });
    });
    return row;
  }
  take(message, buffer) {
    const { id, patch, codes, row, column, side } = message;
    const size = side * side * 3;
    const pixels = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
    const images = codes.map((_, i) => {
      const image = canvas(side, side);
      pen(image).putImageData(rgbImage(pixels.subarray(i * size, (i + 1) * size), side, side), 0, 0);
      return image;
    });
    this.crops.set(`${id} ${patch}`, { codes, row, column, side, images });
    this.changed();
  }
};

// src/decode_player/panel.ts
var ROWS2 = ["probability", "rank", "surprise", "entropy"];
var Panel = class {
  constructor(store, films) {
    this.store = store;
    this.films = films;
    this.alternatives = new Alternatives(store, () => this.update());
    const head = h("tr", {}, h("td"), h("th", { scope: "col" }, "model"), h("th", { scope: "col" }, "what if"));
    this.table = h("table", { class: "dx-numbers" }, h("thead", {}, head), h("tbody", {}, ...ROWS2.map((name) => this.line(name))));
    this.sliders = sliders(store);
    this.reset = button("as drawn", () => store.set("reshape", plain(store)), { quiet: true });
    this.reset.title = "back to the settings of the next Draw";
    const group = h(
      "div",
      { class: "dx-sliders", role: "group", "aria-label": "what if" },
      h("div", { class: "dx-what-if" }, h("span", {}, "What if"), this.reset),
      ...this.sliders.map(({ element }) => element)
    );
    this.element = h(
      "section",
      { class: "dx-panel dx-unmet", "aria-label": "the patch in hand" },
      this.title,
      this.which,
      this.table,
      group,
      this.alternatives.element,
      this.spoken
    );
    store.on(["hover", "patch", "selected", "alive", "geometry"], () => this.update());
    store.on(["reshape", "geometry"], () => {
      for (const slider2 of this.sliders) slider2.follow();
      this.update();
    });
    store.on(["patch", "selected", "alive"], () => this.ask());
    store.on(["step"], () => {
      const { id, patch } = this.hand();
      text(this.which, this.said(this.films.get(id)?.numbers ?? null, patch));
    });
    store.on(["patch", "selected"], () => text(this.spoken, this.aloud()));
    films.on((id, part) => {
      if (id === this.hand().id && part !== "live") this.update();
      if (id === this.hand().id && part === "numbers") this.ask();
    });
    this.update();
    this.ask();
  }
  store;
  films;
  element;
  title = h("h3", { class: "dx-where" });
  which = h("p", { class: "dx-which" });
  spoken = h("p", { class: "dx-unseen", role: "status" });
  cells = /* @__PURE__ */ new Map();
  table;
  alternatives;
  sliders;
  reset;
  /** The patch the panel speaks of: the one under the pointer, else the pinned one. */
  hand() {
    const hover = this.store.get("hover");
    return hover ?? { id: this.store.get("selected"), patch: this.store.get("patch") };
  }
  update() {
    const { id, patch } = this.hand();
    const { columns } = this.store.get("geometry");
    const film = this.films.get(id) ?? null;
    const numbers = film?.numbers ?? null;
    const known = numbers !== null && patch >= 0 && patch < numbers.end;
    this.element.classList.toggle("dx-nothing", !known);
    text(this.title, patch < 0 ? "Any patch" : at(patch, columns));
    const asked = !neutral(this.store.get("reshape"));
    const shape = known && numbers.spread && asked ? reshaped(numbers.spread, patch * numbers.k, numbers.k, this.store.get("reshape")) : null;
    text(this.which, this.said(numbers, patch));
    if (known) this.element.classList.remove("dx-unmet");
    if (known) this.numbers(numbers, patch, shape);
    else for (const name of ROWS2) this.put(name, "–", "");
    this.alternatives.show(known ? film : null, patch, shape);
  }
  said(numbers, patch) {
    if (patch < 0) return "Point at a picture to see what else could have stood there; a click keeps it.";
    if (!numbers) return "Its numbers are not here yet.";
    if (patch >= numbers.end) return "Not drawn.";
    const forced = numbers.forced[patch] ? " · forced: it was given, not drawn" : "";
    const pinned = this.store.get("patch") === patch ? " · pinned" : "";
    const later = patch >= this.store.get("step") ? " · drawn later" : "";
    return `code ${numbers.codes[patch]}${forced}${later}${pinned}`;
  }
  /** What a screen reader says of a patch that keys or a click took; of mere hovering it says nothing. */
  aloud() {
    const patch = this.store.get("patch");
    const numbers = this.films.get(this.store.get("selected"))?.numbers;
    if (patch < 0) return "";
    const where = at(patch, this.store.get("geometry").columns);
    if (!numbers || patch >= numbers.end) return `${where}: not drawn`;
    const share = percent(Math.exp(numbers.logProbability[patch]));
    return `${where}: code ${numbers.codes[patch]}, ${share}, entropy ${bits(numbers.entropy[patch] / Math.LN2)}`;
  }
  numbers(numbers, patch, shape) {
    const log = numbers.logProbability[patch];
    const rank = numbers.rank[patch];
    const how = this.store.get("reshape");
    const what = shape ? shareOf(shape, rank, log, how) : NaN;
    this.put("probability", percent(Math.exp(log)), shape ? percent(what) : "");
    this.put("surprise", bits(-log / Math.LN2), !shape ? "" : what > 0 ? bits(-Math.log2(what)) : "never drawn");
    this.put("entropy", bits(numbers.entropy[patch] / Math.LN2), shape ? bits(shape.entropy) : "");
    this.table.classList.toggle("dx-asked", shape !== null);
    this.put("rank", `${count(rank + 1)} of ${count(numbers.k)}`, shape ? left(rank, shape.kept, numbers.k) : "");
  }
  line(name) {
    const cell = { raw: h("td", { class: "dx-number" }), shaped: h("td", { class: "dx-number dx-shaped" }) };
    this.cells.set(name, cell);
    return h("tr", {}, h("th", { scope: "row" }, name), cell.raw, cell.shaped);
  }
  put(name, raw, shaped) {
    const cell = this.cells.get(name);
    text(cell.raw, raw);
    text(cell.shaped, shaped);
  }
  ask() {
    const patch = this.store.get("patch");
    const id = this.store.get("selected");
    const numbers = this.films.get(id)?.numbers;
    if (numbers && patch >= 0 && patch < numbers.end) this.alternatives.ask(id, patch);
  }
};
function sliders(store) {
  const codes = () => store.get("geometry").codes;
  const steps = 4;
  const most = () => Math.ceil(steps * Math.log2(codes()));
  return [
    slider(
      store,
      "temperature",
      () => [0, 2, 0.05],
      (r) => r.temperature,
      (v) => ({ temperature: Math.round(v * 100) / 100 }),
      (r) => r.temperature.toFixed(2)
    ),
    slider(
      store,
      "top-k",
      () => [0, most(), 1],
      (r) => r.top_k === null || r.top_k >= codes() ? most() : Math.round(steps * Math.log2(r.top_k)),
      (v) => ({ top_k: v >= most() ? null : Math.max(1, Math.round(2 ** (v / steps))) }),
      (r) => r.top_k === null || r.top_k >= codes() ? "all" : count(r.top_k)
    ),
    slider(
      store,
      "top-p",
      () => [0.05, 1, 0.01],
      (r) => r.top_p ?? 1,
      (v) => ({ top_p: v >= 1 ? null : Math.round(v * 100) / 100 }),
      (r) => r.top_p === null || r.top_p >= 1 ? "all" : r.top_p.toFixed(2)
    )
  ];
}
function slider(store, name, range, read, write, say) {
  const id = unique("slider");
  const input = h("input", { type: "range", id, "aria-label": `what if: ${name}` });
  const output = h("output", { class: "dx-number", for: id });
  input.addEventListener("input", () => {
    store.set("reshape", { ...store.get("reshape"), ...write(Number(input.value)) });
  });
  const follow2 = () => {
    const [min, max, step] = range();
    input.min = String(min);
    input.max = String(max);
    input.step = String(step);
    const how = store.get("reshape");
    input.value = String(read(how));
    text(output, say(how));
    input.setAttribute("aria-valuetext", say(how));
  };
  follow2();
  return { element: h("div", { class: "dx-slider" }, h("label", { for: id }, name), input, output), follow: follow2 };
}
function left(rank, kept, k) {
  if (kept === k) return "the same";
  return rank < kept ? `of ${count(kept)} left` : `cut: ${count(kept)} left`;
}
function neutral(how) {
  return how.temperature === 1 && how.top_k === null && (how.top_p === null || how.top_p >= 1);
}
function plain(store) {
  const { temperature, top_k, top_p } = store.get("settings");
  return { temperature, top_k, top_p };
}

// src/shared/fit.ts
function fit(space) {
  const { count: count3, width, height, room, most, gap, foot, ratio } = space;
  let best = { across: 1, zoom: 1 };
  let found = false;
  const even = (across2) => Math.ceil(count3 / Math.ceil(count3 / across2));
  for (let across2 = 1; across2 <= count3; across2++) {
    const wide = (room - (across2 - 1) * gap) / across2 * ratio;
    const rows = Math.ceil(count3 / across2);
    const high = ((most - (rows - 1) * gap) / rows - foot) * ratio;
    const zoom = Math.floor(Math.min(wide / width, high / height));
    if (zoom >= 1 && (!found || zoom >= best.zoom)) {
      best = { across: across2, zoom };
      found = true;
    }
  }
  if (found) return { across: even(best.across), zoom: best.zoom };
  const across = Math.max(1, Math.floor((room + gap) / (width / ratio + gap)));
  return { across: even(Math.min(across, count3)), zoom: 1 };
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
  blit(left2, top, right, bottom) {
    const [wide, high] = [right - left2, bottom - top];
    if (wide > 0 && high > 0) this.pen.drawImage(this.hatch, left2, top, wide, high, left2, top, wide, high);
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
  let start = null;
  const place2 = (event) => [event.offsetX, event.offsetY];
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    const [x, y] = place2(event);
    start = { x, y, moved: false, grabbed: use.grab?.(x, y) ?? false };
    if (start.grabbed) element.setPointerCapture(event.pointerId);
    else use.hover(x, y, event);
  }, { signal });
  element.addEventListener("pointermove", (event) => {
    const [x, y] = place2(event);
    if (start && Math.hypot(x - start.x, y - start.y) > STILL_PX) start.moved = true;
    if (start?.grabbed) use.drag?.(x, y);
    else use.hover(x, y, event);
  }, { signal });
  element.addEventListener("pointerup", (event) => {
    const [x, y] = place2(event);
    if (start?.grabbed) use.drop?.(x, y);
    else if (start && !start.moved) use.tap(x, y, event);
    start = null;
    if (event.pointerType !== "mouse") use.leave();
  }, { signal });
  const stop = () => {
    start = null;
    use.leave();
  };
  element.addEventListener("pointercancel", stop, { signal });
  element.addEventListener("pointerleave", () => {
    if (!start?.grabbed) stop();
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
  show(places, event, line, draw2) {
    text(this.words, line);
    this.glass.style.display = draw2 ? "block" : "none";
    if (draw2) draw2(this.context, this.glass.width);
    this.move(places, event, draw2 !== null);
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

// src/decode_player/plate.ts
var Plate = class extends GridPlate {
  draw(scene, look) {
    const { width, height } = this.canvas;
    const source = scene.map ?? scene.frame;
    if (source) this.pen.drawImage(source, 0, 0, width, height);
    const known = Math.min(scene.step, scene.map ? scene.mapped : scene.step);
    this.hide(source ? known : 0);
    if (scene.difference) this.differences(scene.difference, known, look);
    if (scene.grid) this.grid();
    if (scene.region) this.rectangle(scene.region, look);
    if (scene.pinned >= 0) this.box(scene.pinned, look.accent, 2);
    if (scene.hover >= 0) this.box(scene.hover, scene.here ? look.accent : look.ink, 1);
  }
  /** Veil what is the same, outline what differs, and frame the first flip. */
  differences(found, known, look) {
    this.pen.fillStyle = look.veil;
    const end = Math.min(known, found.common);
    for (let patch = 0; patch < end; patch++) {
      if (!found.mask[patch]) this.pen.fillRect(...this.corner(patch), this.unit, this.unit);
    }
    this.outlines(found.mask, end, look);
    if (found.first >= 0 && found.first < end) this.box(found.first, look.accent, 3);
  }
};

// src/decode_player/select.ts
function select(store, id) {
  const before = store.get("selected");
  if (before === id) return;
  store.set("selected", id);
  if (store.get("compared") === id) store.set("compared", before);
}

// src/decode_player/pictures.ts
var EMPTY = "Nothing is drawn yet: write what you want to see, and press Draw.";
var GAP = 14;
var FOOT = 26;
var LEAST = 420;
var PAGES_APART = 28;
var SMALL_PATCH_PX = 14;
var Pictures = class {
  constructor(root, store, films, maps) {
    this.root = root;
    this.store = store;
    this.films = films;
    this.maps = maps;
    this.tooltip = new Tooltip(root, this.element);
    store.on(["geometry"], () => this.shown.clear());
    store.on(["shown", "branches", "geometry"], () => this.rebuild());
    store.on(["selected", "compared"], () => this.feet());
    store.on(["step", "hover", "patch", "region", "regionMode", "selected", "compared", "overlay"], () => this.draw());
    store.on(["reshape"], () => {
      if (store.get("overlay") === "filtered") this.redraw();
    });
    films.on((id) => {
      const shown = this.shown.get(id);
      if (shown) shown.last = "";
      this.draw();
    });
    this.rebuild();
  }
  root;
  store;
  films;
  maps;
  element = h("div", { class: "dx-pictures" });
  help = h(
    "p",
    { class: "dx-unseen", id: unique("keys") },
    "Arrow keys move the patch in hand, Enter pins it, Escape lets go, Space plays."
  );
  tooltip;
  empty = h("p", { class: "dx-empty" }, h("span", {}, EMPTY));
  before = "";
  // the picture that was selected when a pointer came down
  shown = /* @__PURE__ */ new Map();
  look;
  from = null;
  revision = 0;
  /** The theme changed: colours are read from the style sheet again. */
  restyle() {
    this.look = lookOf(this.root);
    this.resize();
  }
  /** Fit the pictures into the space there is. */
  resize() {
    const { rows, columns, patch } = this.store.get("geometry");
    const ratio = window.devicePixelRatio || 1;
    const big = this.root.classList.contains("dx-projector");
    const room = this.room();
    if (!room || !this.shown.size) return;
    const found = fit({
      count: this.shown.size,
      width: columns * patch,
      height: rows * patch,
      room,
      ratio,
      most: big ? window.innerHeight - 170 : Math.max(420, Math.min(600, room * 1.05)),
      gap: GAP,
      foot: FOOT
    });
    const side = columns * patch * found.zoom / ratio;
    this.root.style.setProperty("--dx-plates", `${Math.max(Math.min(LEAST, room), found.across * (side + GAP) - GAP)}px`);
    this.element.style.gridTemplateColumns = `repeat(${found.across}, ${side}px)`;
    for (const { plate } of this.shown.values()) plate.resize(found.zoom, ratio, this.look);
    this.redraw();
  }
  /** The space across: what the page about the patch does not need. */
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
  /** Draw every plate whose scene changed. */
  draw() {
    if (!this.look) return;
    for (const [id, shown] of this.shown) {
      const key = this.key(id);
      if (key === shown.last) continue;
      shown.last = key;
      shown.plate.draw(this.scene(id), this.look);
    }
  }
  focus(id) {
    this.shown.get(id)?.plate.canvas.focus();
  }
  key(id) {
    const s = this.store;
    const hover = s.get("hover");
    const region = s.get("region");
    const end = Math.min(s.get("step"), this.films.end(id));
    const marks = [hover?.patch ?? -1, hover?.id === id, s.get("patch"), s.get("regionMode") && id === s.get("selected")];
    const two = s.get("overlay") === "difference" ? `${s.get("selected")} ${s.get("compared")}` : "";
    return [this.revision, end, s.get("overlay"), two, ...marks, region?.id === id ? Object.values(region) : ""].join();
  }
  scene(id) {
    const s = this.store;
    const hover = s.get("hover");
    const region = s.get("region");
    const pair = id === s.get("selected") || id === s.get("compared");
    const map = this.maps.of(id);
    const step = Math.min(s.get("step"), this.films.end(id));
    const marking = s.get("regionMode") && id === s.get("selected");
    return {
      frame: map ? null : this.films.frame(id, step),
      map: map?.image ?? null,
      mapped: map?.values.length ?? 0,
      step,
      difference: s.get("overlay") === "difference" && pair ? this.maps.difference() : null,
      hover: hover?.patch ?? -1,
      here: hover?.id === id,
      pinned: s.get("patch"),
      region: region?.id === id ? region : null,
      grid: hover?.id === id || marking
    };
  }
  rebuild() {
    const ids = this.store.get("shown").filter((id) => this.films.branch(id));
    const kept = this.shown;
    const before = [...kept.keys()].join();
    this.shown = new Map(ids.map((id) => [id, kept.get(id) ?? this.make(id)]));
    const figures = [...this.shown.values()].map(({ figure }) => figure);
    arrange(this.element, ids.length ? figures : [this.empty]);
    this.feet();
    if (this.look && before !== ids.join()) this.resize();
    else this.draw();
  }
  make(id) {
    const plate = new Plate(this.store.get("geometry"));
    const foot = h("figcaption", { class: "dx-foot" });
    const figure = h("figure", { class: "dx-figure" }, plate.canvas, foot);
    plate.canvas.className = "dx-plate";
    plate.canvas.tabIndex = 0;
    plate.canvas.setAttribute("role", "img");
    plate.canvas.setAttribute("aria-describedby", this.help.id);
    plate.canvas.dataset.branch = id;
    plate.canvas.addEventListener("pointerdown", () => this.before = this.store.get("selected"), { signal: this.store.signal });
    plate.canvas.addEventListener("focus", () => select(this.store, id), { signal: this.store.signal });
    this.listen(id, plate);
    return { plate, figure, foot, last: "" };
  }
  listen(id, plate) {
    const { columns } = this.store.get("geometry");
    const marking = () => this.store.get("regionMode");
    pointer(plate.canvas, {
      hover: (x, y, event) => this.hover(id, plate.patchAt(x, y), event),
      leave: () => {
        this.store.set("hover", null);
        this.tooltip.hide();
      },
      tap: (x, y) => {
        const patch = plate.patchAt(x, y);
        select(this.store, id);
        const again = patch === this.store.get("patch") && this.before === id;
        this.store.set("patch", again ? -1 : patch);
      },
      grab: (x, y) => {
        if (!marking() || plate.patchAt(x, y) < 0) return false;
        select(this.store, id);
        this.from = { id, corner: corner(plate.patchAt(x, y), columns) };
        return true;
      },
      drag: (x, y) => this.stretch(plate, x, y),
      drop: (x, y) => this.stretch(plate, x, y)
    }, this.store.signal);
  }
  stretch(plate, x, y) {
    if (!this.from) return;
    const patch = plate.patchNear(x, y);
    if (patch < 0) return;
    const { columns } = this.store.get("geometry");
    this.store.set("region", stretched(this.from.id, this.from.corner, corner(patch, columns)));
  }
  hover(id, patch, event) {
    const now = this.store.get("hover");
    if (patch < 0) return;
    const canvas2 = event.target;
    const { columns } = this.store.get("geometry");
    const small = event.pointerType === "touch" || canvas2.clientWidth / columns < SMALL_PATCH_PX;
    const places = this.tooltip.measure();
    if (now?.patch !== patch || now.id !== id) this.store.set("hover", { id, patch });
    this.tooltip.show(places, event, this.note(id, patch), small ? (pen2, side) => this.loupe(id, patch, pen2, side) : null);
  }
  note(id, patch) {
    const { columns } = this.store.get("geometry");
    const numbers = this.films.get(id)?.numbers;
    const where = at(patch, columns);
    if (patch >= Math.min(this.store.get("step"), this.films.end(id))) return `${where} · not drawn yet`;
    if (!numbers || patch >= numbers.end) return where;
    return `${where} · code ${numbers.codes[patch]} · ${bits(numbers.entropy[patch] / Math.LN2)}`;
  }
  /** Five by five patches around the one in hand, from the canvas as it is. */
  loupe(id, patch, pen2, side) {
    const plate = this.shown.get(id)?.plate;
    if (!plate) return;
    magnify(plate.canvas, patch, this.store.get("geometry").columns, pen2, side, this.look.paper);
  }
  /** What stands under each picture, and what a screen reader says of it. */
  feet() {
    const [selected, compared] = [this.store.get("selected"), this.store.get("compared")];
    for (const [id, { figure, foot, plate }] of this.shown) {
      const branch = this.films.branch(id);
      figure.classList.toggle("dx-selected", id === selected);
      figure.classList.toggle("dx-compared", id === compared && compared !== selected);
      text(foot, footOf(branch, id === compared && compared !== selected));
      foot.title = foot.textContent;
      plate.canvas.setAttribute("aria-label", branch.alt || branch.label || this.store.get("alt"));
    }
  }
};
function footOf(branch, compared) {
  const parts = [branch.how === "drawn" ? `seed ${branch.seed}` : branch.label];
  if (branch.rank !== null) parts.push(`CLIP ${branch.rank}${ordinal(branch.rank)} of ${branch.drawn}`);
  if (branch.state === "unfinished") parts.push("unfinished");
  if (compared) parts.push("compared");
  return parts.join(" · ");
}
function ordinal(n) {
  if (n % 100 >= 11 && n % 100 <= 13) return "th";
  return ["th", "st", "nd", "rd"][n % 10] ?? "th";
}

// src/decode_player/prompt.ts
var TYPED_AFTER_MS = 120;
var KINDS = {
  seen: "Of the training world.",
  "held out": "A combination never shown in training.",
  weird: "No such thing in the rules of its world."
};
function pieces(prompt, flags) {
  const out = [];
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
var Prompt = class {
  constructor(store, draw2) {
    this.store = store;
    this.hint = h("div", { class: "dx-words", id: unique("words"), "aria-live": "polite" });
    this.field = h("textarea", {
      class: "dx-prompt-field",
      rows: 1,
      spellcheck: "false",
      autocomplete: "off",
      maxlength: 2e3,
      "aria-label": "prompt",
      "aria-describedby": this.hint.id,
      placeholder: "What shall be drawn?"
    });
    this.go = button("Draw", draw2);
    this.go.classList.add("dx-draw");
    this.element = h(
      "div",
      { class: "dx-prompt" },
      h("div", { class: "dx-prompt-line" }, h("div", { class: "dx-paper" }, this.mirror, this.field), this.go),
      this.hint
    );
    this.listen(draw2);
    store.on(["prompt"], () => this.follow());
    store.on(["alive", "status"], () => this.able());
    this.follow();
    this.able();
  }
  store;
  element;
  field;
  mirror = h("div", { class: "dx-mirror", "aria-hidden": "true" });
  hint;
  flags = [];
  number = 0;
  timer;
  go;
  listen(draw2) {
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
      if (!this.go.disabled) draw2();
    });
    this.store.onMessage((message) => {
      if (message.kind === "words" && message.number === this.number) this.words(message);
      if (message.kind === "surprise") this.surprise(message);
    });
  }
  typed() {
    clearTimeout(this.timer);
    if (!this.store.get("alive")) return;
    const number = ++this.number;
    this.timer = setTimeout(() => {
      this.store.send({ kind: "typed", prompt: this.store.get("prompt"), number });
    }, TYPED_AFTER_MS);
  }
  words(message) {
    this.flags = message.words ?? [];
    this.paint();
    const rows = this.flags.slice(0, 3).map((flag) => this.known(flag));
    if (!rows.length) rows.push(h("span", { class: "dx-hint" }, KINDS[message.kind_of] ?? ""));
    clear(this.hint, ...rows);
  }
  known(flag) {
    const replace = flag.near.slice(0, 4).map((word) => button(word, () => this.replace(flag, word), { quiet: true }));
    for (const made of replace) made.setAttribute("aria-label", `write ${made.textContent} instead of ${flag.word}`);
    return h(
      "span",
      { class: "dx-known" },
      h("span", { class: "dx-hint" }, "not in its world: "),
      h("em", {}, flag.word),
      ...replace
    );
  }
  replace(flag, word) {
    const { value } = this.field;
    this.store.set("prompt", value.slice(0, flag.start) + word + value.slice(flag.end));
    this.typed();
    this.field.focus();
  }
  surprise(message) {
    this.number++;
    clearTimeout(this.timer);
    this.store.set("prompt", message.prompt);
    clear(this.hint, h("span", { class: "dx-hint" }, message.why || KINDS[message.kind_of] || ""));
  }
  follow() {
    const prompt = this.store.get("prompt");
    if (this.field.value === prompt) return this.paint();
    this.field.value = prompt;
    this.number++;
    this.flags = [];
    clear(this.hint);
    this.paint();
  }
  /** The mirror below the field has the same text: it gives the height and carries the underlines. */
  paint() {
    const parts = pieces(this.field.value, this.flags);
    clear(this.mirror, ...parts.map((part) => part.flag ? h("mark", { class: "dx-flag" }, part.text) : part.text), "​");
    if (this.flags.length) this.field.setAttribute("aria-invalid", "spelling");
    else this.field.removeAttribute("aria-invalid");
  }
  able() {
    const alive = this.store.get("alive");
    this.go.disabled = !alive || this.store.get("status").state === "drawing";
    this.go.title = alive ? "" : NEEDS_KERNEL;
    this.field.readOnly = !alive;
    if (!alive) clear(this.hint, h("span", { class: "dx-hint" }, DRAWING_NEEDS_KERNEL));
    text(this.go.querySelector("span"), this.store.get("status").state === "drawing" ? "Drawing" : "Draw");
  }
};

// src/decode_player/tree_layout.ts
function treeLayout(branches) {
  const known = new Set(branches.map((branch) => branch.id));
  const children = /* @__PURE__ */ new Map();
  for (const branch of branches) {
    const parent = branch.parent !== null && known.has(branch.parent) ? branch.parent : null;
    children.set(parent, [...children.get(parent) ?? [], branch]);
  }
  const places = [];
  let width = 0;
  let height = 0;
  const put = (branch, x, y, parent) => {
    places.push({ id: branch.id, x, y, parent });
    height = Math.max(height, y + 1);
    let next = x;
    for (const child of children.get(branch.id) ?? []) next = put(child, next, y + 1, branch.id);
    return Math.max(next, x + 1);
  };
  for (const root of children.get(null) ?? []) width = put(root, width, 0, null);
  return { places, width, height };
}

// src/decode_player/tree.ts
var WIDE = 130;
var HIGH = 112;
var THUMB = 56;
var Tree = class {
  constructor(store, films) {
    this.store = store;
    this.films = films;
    this.element = h(
      "section",
      { class: "dx-tree", "aria-label": "family of the pictures" },
      h("h3", {}, "Branches"),
      h("div", { class: "dx-scroll" }, this.board)
    );
    store.on(["branches", "geometry"], () => this.build());
    store.on(["selected", "compared", "shown"], () => this.mark());
    store.on(["overlay", "shown"], () => this.reveal());
    films.on((id, part) => {
      if (part === "picture" || part === "live") this.thumb(id);
    });
    this.build();
  }
  store;
  films;
  element;
  board = h("div", { class: "dx-board" });
  nodes = /* @__PURE__ */ new Map();
  build() {
    const branches = this.store.get("branches");
    const layout2 = treeLayout(branches);
    this.reveal();
    const kept = this.nodes;
    this.nodes = new Map(branches.map((branch) => [branch.id, kept.get(branch.id) ?? this.node(branch)]));
    this.board.style.width = `${layout2.width * WIDE}px`;
    this.board.style.height = `${layout2.height * HIGH}px`;
    for (const { id, x, y } of layout2.places) {
      const { element, label } = this.nodes.get(id);
      element.style.left = `${x * WIDE}px`;
      element.style.top = `${y * HIGH}px`;
      const branch = this.films.branch(id);
      text(label, branch.label || `seed ${branch.seed}`);
      this.thumb(id);
    }
    arrange(this.board, [lines(layout2), ...[...this.nodes.values()].map(({ element }) => element)]);
    this.mark();
  }
  /** A tree without a fork says nothing that the pictures do not say; but it is where one compares. */
  reveal() {
    const branches = this.store.get("branches");
    const forked = branches.some(({ parent }) => parent !== null);
    const comparing = this.store.get("overlay") === "difference" && branches.length > 1;
    this.element.hidden = !forked && !comparing && branches.length <= this.store.get("shown").length;
  }
  node(branch) {
    const { rows, columns, patch } = this.store.get("geometry");
    const thumb = canvas(columns * patch, rows * patch);
    thumb.className = "dx-thumb";
    const label = h("span", { class: "dx-label" });
    const pick = h("button", { type: "button", class: "dx-pick" }, thumb, label);
    pick.addEventListener("click", () => this.pick(branch.id));
    const compare = button("compare", () => this.compare(branch.id), { quiet: true });
    return { element: h("div", { class: "dx-node" }, pick, compare), pick, label, compare, thumb };
  }
  pick(id) {
    const { store } = this;
    if (!store.get("shown").includes(id)) store.send({ kind: "show", ids: [id, ...this.kin(id)] });
    select(store, id);
  }
  /** The parent is worth seeing beside a fork. */
  kin(id) {
    const parent = this.films.branch(id)?.parent;
    return parent && this.films.branch(parent) ? [parent] : [];
  }
  compare(id) {
    const on = this.store.get("compared") === id;
    this.store.set("compared", on ? "" : id);
    if (!on) this.store.set("overlay", "difference");
    else if (this.store.get("overlay") === "difference") this.store.set("overlay", "picture");
  }
  mark() {
    const [selected, compared] = [this.store.get("selected"), this.store.get("compared")];
    const shown = new Set(this.store.get("shown"));
    for (const [id, node] of this.nodes) {
      node.pick.setAttribute("aria-pressed", String(id === selected));
      node.element.classList.toggle("dx-away", !shown.has(id));
      node.compare.setAttribute("aria-pressed", String(id === compared && id !== selected));
      node.compare.style.visibility = id === selected ? "hidden" : "visible";
      const name = this.films.branch(id).label || `seed ${this.films.branch(id).seed}`;
      node.pick.setAttribute("aria-label", `select ${name}`);
      node.compare.setAttribute("aria-label", `compare with ${name}`);
    }
  }
  thumb(id) {
    const node = this.nodes.get(id);
    const film = this.films.get(id);
    const source = film?.picture ?? this.films.reel(id)?.canvas;
    if (!node || !source) return;
    pen(node.thumb).drawImage(source, 0, 0, node.thumb.width, node.thumb.height);
  }
};
function lines(layout2) {
  const place2 = new Map(layout2.places.map((found) => [found.id, found]));
  const paths = layout2.places.filter(({ parent }) => parent !== null).map(({ x, y, parent }) => {
    const from = place2.get(parent);
    const middle = (column) => column * WIDE + THUMB / 2 + 2;
    const start = from.x === x ? `M${middle(x)} ${from.y * HIGH + THUMB + 4}V${y * HIGH}` : `M${from.x * WIDE + THUMB + 4} ${from.y * HIGH + THUMB / 2}H${middle(x) - 8}q8 0 8 8V${y * HIGH}`;
    return svg("path", { d: start });
  });
  const size = { width: layout2.width * WIDE, height: layout2.height * HIGH, class: "dx-lines", "aria-hidden": "true" };
  return svg("svg", size, ...paths);
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

// src/decode_player.ts
var NARROW = 760;
var ASKS = ["draw", "dice", "surprise", "fork", "redraw", "below", "upload", "python", "keep", "stop"];
var LOCAL = {
  hover: null,
  playing: false,
  regionMode: false,
  region: null,
  notice: "",
  theme: ""
};
function render({ model, el, signal }) {
  const end = new AbortController();
  signal?.addEventListener("abort", () => end.abort());
  const store = new Store(model, TRAITS, LOCAL, end.signal);
  const root = h("div", { class: "dx dx-player", role: "region", "aria-label": "decode player" });
  clear(el, root);
  build(root, store);
  store.send({ kind: "hello" });
  return () => end.abort();
}
function build(root, store) {
  const films = new Films(store, (sentence2) => store.set("notice", sentence2));
  const maps = new Maps(store, films);
  const pictures = new Pictures(root, store, films, maps);
  const resize = () => pictures.resize();
  const full = projector(root, resize, store.signal);
  const clock = new Clock(store, films);
  const choose = new Choose(store, maps, films);
  const region = new RegionBar(store);
  const panel = new Panel(store, films);
  const tree = new Tree(store, films);
  const more = new More(store, region.toggle, full);
  const status = new StatusLine(() => store.send({ kind: "stop" }));
  const prompt = new Prompt(store, () => draw(store));
  const caption = h("p", { class: "dx-caption" });
  const tools = h("div", { class: "dx-tools" }, choose.element, choose.legend.element, more.toggle);
  const below = h("div", { class: "dx-below" }, choose.legend.words, region.element);
  const plates = h(
    "div",
    { class: "dx-plates" },
    pictures.element,
    clock.element,
    tools,
    below,
    status.element,
    more.element,
    pictures.help
  );
  const rest = h("div", { class: "dx-rest" }, caption, tree.element);
  root.append(prompt.element, h("div", { class: "dx-spread" }, plates, panel.element, rest), pictures.tooltip.element);
  const tell = () => status.show(store.get("status"), store.get("notice"));
  store.on(["status", "notice"], tell);
  store.on(["caption"], () => text(caption, store.get("caption")));
  store.on(["regionMode"], () => root.classList.toggle("dx-marking", store.get("regionMode")));
  new Patience(store, ASKS, ["status", "branches"]);
  follow(store, films);
  tell();
  text(caption, store.get("caption"));
  keys(root, keymap(store, { clock, choose, region, pictures, full }), store.signal);
  watch(root, pictures, store.signal);
}
function draw(store) {
  const { prompt, seed, n, settings } = Object.fromEntries(
    ["prompt", "seed", "n", "settings"].map((name) => [name, store.get(name)])
  );
  store.set("playing", false);
  store.send({ kind: "draw", prompt, seed, n, settings });
}
function follow(store, films) {
  let newest = 0;
  let waiting = false;
  let behind = false;
  films.on((id, part) => {
    if (part !== "live") return;
    const step = films.reel(id)?.step ?? 0;
    if (step > newest) {
      behind = newest > 0 && !waiting && store.get("step") < newest;
      newest = step;
    }
    if (behind || store.get("playing") || waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      if (newest) store.set("step", newest, true);
    });
  });
  store.on(["status"], () => {
    if (store.get("status").state === "drawing") return;
    const { rows, columns } = store.get("geometry");
    if (newest && !behind && !store.get("playing")) store.set("step", rows * columns, true);
    newest = 0;
    behind = false;
  });
}
function watch(root, pictures, signal) {
  followTheme(root, () => pictures.restyle(), signal);
  let wide = 0;
  const size = new ResizeObserver(() => {
    if (root.clientWidth === wide) return;
    wide = root.clientWidth;
    root.classList.toggle("dx-narrow", wide < NARROW);
    pictures.restyle();
  });
  size.observe(root);
  signal.addEventListener("abort", () => size.disconnect());
}
var decode_player_default = { render };
export {
  decode_player_default as default
};
