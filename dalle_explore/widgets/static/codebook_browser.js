// src/codebook_browser.traits.ts
var TRAITS = [
  "status",
  "alive",
  "caption",
  "alt",
  "geometry",
  "about",
  "tab",
  "sort",
  "selected",
  "at",
  "show",
  "painting",
  "embedded"
];

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
async function picture(view) {
  const kind = view.byteLength > 0 && view.getUint8(0) === 137 ? "image/png" : "image/webp";
  return createImageBitmap(new Blob([bytes(view)], { type: kind }), {
    colorSpaceConversion: "none",
    premultiplyAlpha: "none"
  });
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

// src/codebook_browser/order.ts
function ranksOf(counts) {
  const order = byCount(counts);
  const ranks = new Uint32Array(counts.length);
  order.forEach((code, place2) => ranks[code] = counts[code] ? place2 + 1 : 0);
  return ranks;
}
function byCount(counts) {
  return Array.from(counts.keys()).sort((a, b) => counts[b] - counts[a] || a - b);
}
function ordered(codes, sort, counts, colours, only) {
  let found = Array.from({ length: codes }, (_, code) => code);
  if (sort === "usage" && counts) found = byCount(counts);
  if (sort === "colour" && colours) found = Array.from(colours);
  if (!only) return found;
  const wanted = new Set(only);
  return found.filter((code) => wanted.has(code));
}
var ACROSS = [32, 24, 20, 16, 12, 10, 8, 6, 4];
function layout({ codes, side, room, most, least, gap, ratio: ratio2 }) {
  const zoomFor = (across2) => Math.floor(((room * ratio2 - gap) / across2 - gap) / side);
  const large = (across2) => zoomFor(across2) >= 1 && side * zoomFor(across2) >= least * ratio2;
  const few = Math.max(1, Math.ceil(Math.sqrt(codes)));
  let across = ACROSS.find((one) => large(one)) ?? ACROSS[ACROSS.length - 1];
  across = Math.min(across, few);
  const biggest = Math.max(1, Math.floor(48 * ratio2 / side));
  const zoom = Math.max(1, Math.min(zoomFor(across), biggest));
  const step = side * zoom + gap;
  const rows = Math.max(1, Math.floor((most * ratio2 - gap) / step));
  const down = Math.max(1, Math.min(rows, across, Math.ceil(codes / across)));
  return { across, down, zoom };
}
function pagesOf(codes, { across, down }) {
  return Math.max(1, Math.ceil(codes / (across * down)));
}
function pageOf(place2, { across, down }) {
  return Math.floor(Math.max(0, place2) / (across * down));
}
function stepped(place2, key, { across }, codes) {
  const far = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -across, ArrowDown: across };
  const to = place2 + (far[key] ?? 0);
  return to < 0 || to >= codes ? place2 : to;
}
function codeIn(typed2, codes) {
  if (!/^\s*\d{1,9}\s*$/.test(typed2)) return null;
  const code = Number(typed2);
  return code < codes ? code : null;
}
function ordinal(n) {
  const figures = String(n).replace(/\B(?=(\d{3})+$)/g, ",");
  if (n % 100 >= 11 && n % 100 <= 13) return `${figures}th`;
  return figures + (["th", "st", "nd", "rd"][n % 10] ?? "th");
}

// src/codebook_browser/book.ts
var ENTRY_AFTER_MS = 90;
var Book = class {
  constructor(store) {
    this.store = store;
    const { codes, patch } = store.get("geometry");
    this.across = Math.ceil(Math.sqrt(codes));
    this.tiles = canvas(this.across * patch, Math.ceil(codes / this.across) * patch);
    this.made = new Uint8Array(codes);
    store.onMessage((message, buffers) => {
      if (message.kind === "part") this.later(message, buffers);
    });
    store.on(["selected"], () => this.want());
    this.unpack();
    for (const part of ["usage", "tiles", "picture", "start"]) this.ask(part);
    this.want();
    store.signal.addEventListener("abort", () => clearTimeout(this.timer));
  }
  store;
  counts = null;
  ranks = null;
  tiles;
  // all, in rows of `across`, where they are made
  across;
  now = null;
  // the picture that is painted on
  start = null;
  answered = 0;
  // the last message of a stroke whose pixels are here
  made;
  colours = null;
  near = null;
  entries = /* @__PURE__ */ new Map();
  listeners = [];
  queue = Promise.resolve();
  timer;
  order = null;
  on(listener) {
    this.listeners.push(listener);
  }
  has(code) {
    return this.made[code] === 1;
  }
  /** Whether some tiles are here: the others are being made, or that was stopped. */
  get begun() {
    return this.made.includes(1);
  }
  /** Whether a code never occurs where codes were counted. */
  dead(code) {
    return this.counts !== null && this.counts[code] === 0;
  }
  /** Where the tile of a code begins, in pixels of `tiles`. */
  corner(code) {
    const { patch } = this.store.get("geometry");
    return [code % this.across * patch, Math.floor(code / this.across) * patch];
  }
  /** What is known of a code; of those that do not travel with a page, which codes are like it. */
  entry(code) {
    const found = this.entries.get(code);
    if (found || !this.near || code < 0) return found ?? null;
    const { n, most, codes, away, typical } = this.near;
    const near = Array.from({ length: n }, (_, i) => ({ code: codes[code * n + i], distance: away[code * n + i] / 65535 * most, crop: null }));
    return { code, typical: typical[code] / 65535 * most, side: 0, crops: [], near, whole: false };
  }
  /** The codes of the sheet, in their order. */
  sheet() {
    return this.sorted().codes;
  }
  /** Where a code stands in that order; -1: nowhere. */
  place(code) {
    return this.sorted().places.get(code) ?? -1;
  }
  /** Whether the sheet stands in the order that was asked for. */
  get settled() {
    const sort = this.store.get("sort");
    return sort === "number" || (sort === "usage" ? this.counts : this.colours) !== null;
  }
  /** Ask for tiles once more: the making of them can be stopped. */
  goOn() {
    this.ask("tiles");
  }
  sorted() {
    const sort = this.store.get("sort");
    const key = `${sort} ${this.settled}`;
    if (this.order?.key !== key) {
      const only = this.store.get("about").only;
      const codes = ordered(this.store.get("geometry").codes, sort, this.counts, this.colours, only);
      this.order = { key, codes, places: new Map(codes.map((code, place2) => [code, place2])) };
    }
    return this.order;
  }
  ask(part, more = {}) {
    if (this.store.get("alive")) this.store.send({ kind: "part", part, ...more });
  }
  want() {
    clearTimeout(this.timer);
    const code = this.store.get("selected");
    if (code < 0 || this.entries.has(code) || !this.store.get("alive")) return;
    this.timer = setTimeout(() => this.ask("entry", { code }), ENTRY_AFTER_MS);
  }
  unpack() {
    for (const [name, part] of Object.entries(this.store.get("embedded") ?? {})) {
      this.later({ kind: "part", part: name.split(" ")[0], header: part.header }, part.buffers);
    }
  }
  later(message, buffers) {
    this.queue = this.queue.then(() => this.take(message, buffers)).catch((error) => {
      this.store.set("notice", `A part of the codebook could not be read: ${error.message}`);
    });
  }
  async take({ part, header }, buffers) {
    if (part === "usage") this.takeUsage(buffers);
    else if (part === "tiles") await this.takeTiles(header, buffers);
    else if (part === "order") this.colours = typed(buffers[0], Uint16Array);
    else if (part === "near") this.takeNear(header, buffers);
    else if (part === "entry") await this.takeEntry(header, buffers);
    else if (part === "picture") this.now = await asCanvas(buffers[0]);
    else if (part === "start") this.start = await asCanvas(buffers[0]);
    else if (part === "pixels") this.takePixels(header, buffers);
    else return;
    const news = part === "picture" ? "pixels" : part === "near" ? "entry" : part;
    for (const listener of this.listeners) listener(news);
  }
  takeUsage(buffers) {
    this.counts = typed(buffers[0], Uint32Array);
    this.ranks = ranksOf(this.counts);
  }
  async takeTiles({ across, side }, buffers) {
    const codes = typed(buffers[0], Uint16Array);
    const image = await picture(buffers[1]);
    const paint = pen(this.tiles);
    codes.forEach((code, i) => {
      const [x, y] = this.corner(code);
      paint.drawImage(image, i % across * side, Math.floor(i / across) * side, side, side, x, y, side, side);
      this.made[code] = 1;
    });
  }
  takeNear({ n, most }, buffers) {
    const [codes, away, typical] = buffers.map((one) => typed(one, Uint16Array));
    this.near = { n, most, codes, away, typical };
  }
  async takeEntry(header, buffers) {
    const image = buffers.length ? await picture(buffers[0]) : null;
    let x = 0;
    const crop = (about) => ({ ...about, image, x: (x += header.side) - header.side });
    const crops = header.crops.map(crop);
    const near = header.near.map(({ code: code2, distance, at: at2 }) => ({ code: code2, distance, crop: at2 ? crop({ at: at2 }) : null }));
    const { code, typical, side } = header;
    this.entries.set(code, { code, typical, side, crops, near, whole: true });
  }
  takePixels({ top, left, width, height, number }, buffers) {
    this.answered = Math.max(this.answered, number);
    if (this.now && width && height) pen(this.now).putImageData(rgbImage(bytes(buffers[0]), width, height), left, top);
  }
};
async function asCanvas(view) {
  const image = await picture(view);
  const made = canvas(image.width, image.height);
  pen(made, true).drawImage(image, 0, 0);
  return made;
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

// src/shared/format.ts
function percent(share) {
  const value = 100 * share;
  if (!(value > 0)) return "0 %";
  if (value >= 99.95) return "100 %";
  if (value >= 10) return `${value.toFixed(1)} %`;
  if (value < 1e-3) return "< 0.001 %";
  return `${value.toFixed(Math.min(5, 1 - Math.floor(Math.log10(value))))} %`;
}
function count2(value) {
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
  resize(zoom, ratio2, look) {
    const { rows, columns, patch } = this.geometry;
    this.unit = patch * zoom;
    this.thin = Math.max(1, Math.round(ratio2));
    this.canvas.width = columns * this.unit;
    this.canvas.height = rows * this.unit;
    this.canvas.style.width = `${this.canvas.width / ratio2}px`;
    this.canvas.style.height = `${this.canvas.height / ratio2}px`;
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
    const line2 = (x0, y0, x1, y1) => {
      this.pen.moveTo(x0, y0);
      this.pen.lineTo(x1, y1);
    };
    if (!mask[patch - columns]) line2(x, y + half, x + u, y + half);
    if (!mask[patch + columns]) line2(x, y + u - half, x + u, y + u - half);
    if (column === 0 || !mask[patch - 1]) line2(x + half, y, x + half, y + u);
    if (column === columns - 1 || !mask[patch + 1]) line2(x + u - half, y, x + u - half, y + u);
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
  show(places, event, line2, draw) {
    text(this.words, line2);
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

// src/codebook_browser/edge.ts
var DOT_PX = 3.6;
var HIGH_PX = 132;
var PAD_PX = 3;
function columnsFor(codes, page, wide) {
  const high = (columns) => Math.ceil(codes / columns) * wide / columns;
  const far = (columns) => Math.abs(Math.log(wide / columns / DOT_PX));
  const whole = Array.from({ length: page }, (_, rows) => page / (rows + 1));
  const fine = whole.filter((one) => Number.isInteger(one) && one >= 8 && high(one) <= HIGH_PX && wide / one >= 2);
  const least = Math.ceil(Math.sqrt(codes * wide / HIGH_PX));
  return fine.reduce((best, one) => far(one) < far(best) ? one : best, fine[0] ?? Math.max(least, Math.round(wide / DOT_PX)));
}
function outlineOf(first, last, columns) {
  const out = [];
  const [top, bottom] = [Math.floor(first / columns), Math.floor(last / columns)];
  const run = (row) => [
    row === top ? first % columns : 0,
    row === bottom ? last % columns + 1 : columns
  ];
  const inside = (row, x) => row >= top && row <= bottom && x >= run(row)[0] && x < run(row)[1];
  for (let row = top; row <= bottom; row++) {
    const [from, to] = run(row);
    out.push([from, row, from, row + 1], [to, row, to, row + 1]);
    for (const [other, y] of [[row - 1, row], [row + 1, row + 1]]) {
      let begun = -1;
      for (let x = from; x <= to; x++) {
        const open = x < to && !inside(other, x);
        if (open && begun < 0) begun = x;
        if (!open && begun >= 0) {
          out.push([begun, y, x, y]);
          begun = -1;
        }
      }
    }
  }
  return out;
}
var Edge = class {
  constructor(store, book, open) {
    this.book = book;
    const turn = (x, y) => {
      const place2 = this.placeAt(x, y);
      if (place2 >= 0) open(place2);
    };
    pointer(this.element, { hover: () => {
    }, leave: () => {
    }, tap: turn, grab: (x, y) => (turn(x, y), true), drag: turn, drop: turn }, store.signal);
    book.on((news) => {
      if (news === "tiles" || news === "usage" || news === "order") this.renew();
    });
    store.on(["sort"], () => this.renew());
  }
  book;
  element = h("canvas", { class: "dx-edge", tabindex: 0, role: "slider", "aria-label": "page of the codebook", "aria-orientation": "vertical" });
  pen = pen(this.element);
  columns = 1;
  rows = 1;
  lay = { across: 1, down: 1, zoom: 1 };
  look = null;
  ratio = 1;
  dot = 1;
  // device pixels of a dot; its place is rounded, not its size
  page = 0;
  means = canvas(1, 1);
  dots = null;
  pending = 0;
  fit(wide, lay, look, ratio2) {
    const codes = this.book.sheet().length;
    this.lay = lay;
    this.look = look;
    this.ratio = ratio2;
    const page = lay.across * lay.down;
    this.element.hidden = codes <= page;
    this.columns = columnsFor(codes, page, wide);
    this.rows = Math.ceil(codes / this.columns);
    this.dot = (wide - 2 * PAD_PX) / this.columns * ratio2;
    this.element.width = Math.round(this.columns * this.dot + 2 * PAD_PX * ratio2);
    this.element.height = Math.round(this.rows * this.dot + 2 * PAD_PX * ratio2);
    this.element.style.width = `${this.element.width / ratio2}px`;
    this.element.style.height = `${this.element.height / ratio2}px`;
    this.renew();
  }
  show(page, pages) {
    this.page = page;
    this.element.setAttribute("aria-valuemin", "1");
    this.element.setAttribute("aria-valuemax", String(pages));
    this.element.setAttribute("aria-valuenow", String(page + 1));
    this.element.setAttribute("aria-valuetext", `page ${page + 1} of ${pages}`);
    this.draw();
  }
  placeAt(x, y) {
    const limit = (value, size) => Math.min(Math.max(value, 0), size - 1);
    const column = limit(Math.floor((x - PAD_PX) * this.ratio / this.dot), this.columns);
    const row = limit(Math.floor((y - PAD_PX) * this.ratio / this.dot), this.rows);
    return Math.min(row * this.columns + column, this.book.sheet().length - 1);
  }
  renew() {
    this.dots = null;
    this.draw();
  }
  draw() {
    if (this.pending || !this.look || this.element.hidden) return;
    this.pending = requestAnimationFrame(() => {
      this.pending = 0;
      this.paint();
    });
  }
  /** One pixel a code, in the order of the sheet. */
  make() {
    const { tiles, across } = this.book;
    const down = tiles.height / (tiles.width / across);
    [this.means.width, this.means.height] = [across, down];
    const small2 = pen(this.means, true);
    small2.imageSmoothingEnabled = true;
    small2.imageSmoothingQuality = "high";
    small2.drawImage(tiles, 0, 0, across, down);
    const { data } = small2.getImageData(0, 0, across, down);
    const made = canvas(this.columns, this.rows);
    const image = new ImageData(this.columns, this.rows);
    this.book.sheet().forEach((code, place2) => {
      if (!this.book.has(code)) return;
      image.data.set(data.subarray(4 * code, 4 * code + 3), 4 * place2);
      image.data[4 * place2 + 3] = this.book.dead(code) ? 60 : 255;
    });
    pen(made).putImageData(image, 0, 0);
    return made;
  }
  paint() {
    this.dots ??= this.make();
    const { width, height } = this.element;
    const pad = PAD_PX * this.ratio;
    const at2 = (place2) => Math.round(pad + place2 * this.dot);
    this.pen.imageSmoothingEnabled = false;
    this.pen.clearRect(0, 0, width, height);
    this.pen.fillStyle = this.look.paper;
    this.pen.fillRect(pad, pad, at2(this.columns) - pad, at2(this.rows) - pad);
    this.pen.drawImage(this.dots, pad, pad, at2(this.columns) - pad, at2(this.rows) - pad);
    const page = this.lay.across * this.lay.down;
    const last = Math.min((this.page + 1) * page, this.book.sheet().length) - 1;
    for (const [colour2, weight] of [["rgba(255, 255, 255, 0.95)", 6], [this.look.accent, 4]]) {
      this.pen.strokeStyle = colour2;
      this.pen.lineWidth = weight * Math.max(1, Math.round(this.ratio));
      this.pen.lineCap = "square";
      this.pen.beginPath();
      for (const [x0, y0, x1, y1] of outlineOf(this.page * page, last, this.columns)) {
        this.pen.moveTo(at2(x0), at2(y0));
        this.pen.lineTo(at2(x1), at2(y1));
      }
      this.pen.stroke();
    }
    for (let place2 = this.page * page; place2 <= last; ) {
      const [row, column] = [Math.floor(place2 / this.columns), place2 % this.columns];
      const count3 = Math.min(this.columns - column, last - place2 + 1);
      this.pen.drawImage(this.dots, column, row, count3, 1, at2(column), at2(row), at2(column + count3) - at2(column), at2(row + 1) - at2(row));
      place2 += count3;
    }
  }
};

// src/codebook_browser/sheet.ts
var GAP_PX = 2;
var LEGIBLE_PX = 40;
var Sheet = class {
  // for tiles once more, since the page was turned
  constructor(root, store, book) {
    this.root = root;
    this.store = store;
    this.book = book;
    this.tooltip = new Tooltip(root, root);
    this.edge = new Edge(store, book, (place2) => this.open(place2));
    this.back = button("page before", () => this.turn(-1), { icon: icon("left"), bare: true });
    this.forth = button("page after", () => this.turn(1), { icon: icon("right"), bare: true });
    this.canvas.setAttribute("aria-describedby", this.help.id);
    const said = h("span", { class: "dx-artificial", title: "each is the middle of a whole picture of one code, which the decoder never learned from" }, "artificial tiles: one code alone");
    this.pager = h("div", { class: "dx-pager" }, this.back, this.where, this.forth, said);
    this.element = h("div", { class: "dx-sheet" }, this.canvas, this.pager, this.edge.element, this.help, this.tooltip.element, this.spoken);
    store.on(["selected", "over"], () => this.draw());
    store.on(["at", "selected", "sort"], () => this.follow());
    store.on(["sort"], () => this.draw());
    store.on(["selected"], () => text(this.spoken, this.aloud()));
    book.on((news) => {
      if (news === "usage" || news === "tiles" || news === "order") this.draw();
      if (news === "usage" || news === "order") this.follow();
    });
    this.listen();
  }
  root;
  store;
  book;
  element;
  canvas = h("canvas", { class: "dx-plate dx-sheet-plate", tabindex: 0, role: "img" });
  help = h(
    "p",
    { class: "dx-unseen", id: unique("keys") },
    "Arrow keys go from code to code, Page Up and Page Down turn pages, b paints with the code in hand, Escape lets go."
  );
  edge;
  tooltip;
  pen = pen(this.canvas);
  where = h("span", { class: "dx-number dx-page-number" });
  back;
  forth;
  pager;
  spoken = h("p", { class: "dx-unseen", role: "status" });
  lay = { across: 1, down: 1, zoom: 1 };
  room = null;
  ratio = 1;
  look;
  pending = 0;
  asked = false;
  /** Fit into a room, and take the colours of the theme. */
  fit(room) {
    this.room = room;
    this.look = lookOf(this.root);
    this.ratio = window.devicePixelRatio || 1;
    const { patch } = this.store.get("geometry");
    const codes = this.book.sheet().length;
    this.lay = layout({ codes, side: patch, room: room.wide, most: room.high, least: room.least, gap: this.gap, ratio: this.ratio });
    const { across, down } = this.lay;
    this.canvas.width = across * this.step + this.gap;
    this.canvas.height = down * this.step + this.gap;
    this.canvas.style.width = `${this.canvas.width / this.ratio}px`;
    this.canvas.style.height = `${this.canvas.height / this.ratio}px`;
    this.pager.style.maxWidth = this.canvas.style.width;
    this.edge.fit(this.canvas.width / this.ratio, this.lay, this.look, this.ratio);
    this.follow();
    this.draw();
  }
  /** CSS pixels across, once it was fitted. */
  get wide() {
    return this.canvas.width / this.ratio;
  }
  /** The page that is open. */
  get page() {
    const at2 = this.store.get("at");
    const place2 = at2 >= 0 ? at2 : this.book.place(this.store.get("selected"));
    return Math.min(pageOf(place2, this.lay), this.pages - 1);
  }
  get pages() {
    return pagesOf(this.book.sheet().length, this.lay);
  }
  turn(by) {
    const page = Math.min(Math.max(this.page + by, 0), this.pages - 1);
    this.open(page * this.lay.across * this.lay.down);
  }
  /** The code in hand goes one step along the sheet. */
  move(key) {
    const codes = this.book.sheet();
    const place2 = this.book.place(this.store.get("selected"));
    const first = this.page * this.lay.across * this.lay.down;
    this.take(codes[place2 < 0 ? first : stepped(place2, key, this.lay, codes.length)]);
  }
  /** The first or the last code of the sheet. */
  end(last) {
    const codes = this.book.sheet();
    this.take(codes[last ? codes.length - 1 : 0]);
  }
  take(code) {
    this.store.set("selected", code);
    this.store.set("at", -1);
  }
  open(place2) {
    this.asked = false;
    this.store.set("at", place2);
  }
  get gap() {
    return Math.round(GAP_PX * this.ratio);
  }
  get step() {
    return this.store.get("geometry").patch * this.lay.zoom + this.gap;
  }
  /** The code under a place in CSS pixels; -1: none. */
  codeAt(x, y) {
    const column = Math.floor((x * this.ratio - this.gap / 2) / this.step);
    const row = Math.floor((y * this.ratio - this.gap / 2) / this.step);
    const { across, down } = this.lay;
    if (column < 0 || row < 0 || column >= across || row >= down) return -1;
    return this.book.sheet()[this.page * across * down + row * across + column] ?? -1;
  }
  listen() {
    pointer(this.canvas, {
      hover: (x, y, event) => {
        const code = this.codeAt(x, y);
        const places = this.tooltip.measure();
        this.store.set("over", code);
        if (code < 0) return this.tooltip.hide();
        const small2 = event.pointerType === "touch" || (this.step - this.gap) / this.ratio < LEGIBLE_PX;
        this.tooltip.show(places, event, note(this.store, this.book, code), small2 ? (to, side) => this.loupe(code, to, side) : null);
      },
      leave: () => {
        this.store.set("over", -1);
        this.tooltip.hide();
      },
      tap: (x, y) => {
        const code = this.codeAt(x, y);
        if (code < 0) return;
        const again = code === this.store.get("selected") && this.store.get("tab") === "look";
        if (again) this.store.set("at", this.page * this.lay.across * this.lay.down);
        this.store.set("selected", again ? -1 : code);
      }
    }, this.store.signal);
  }
  loupe(code, to, side) {
    const { patch } = this.store.get("geometry");
    to.fillStyle = this.look.paper;
    to.fillRect(0, 0, side, side);
    if (this.book.has(code)) to.drawImage(this.book.tiles, ...this.book.corner(code), patch, patch, 0, 0, side, side);
  }
  follow() {
    const pages = this.pages;
    text(this.where, `page ${this.page + 1} of ${pages}`);
    this.back.disabled = this.page <= 0;
    this.forth.disabled = this.page >= pages - 1;
    for (const one of [this.back, this.where, this.forth]) one.hidden = pages < 2;
    this.edge.show(this.page, pages);
    const { across, down } = this.lay;
    this.canvas.setAttribute("aria-label", `a page of ${across} by ${down} tiles, artificial, one a code; page ${this.page + 1} of ${pages}`);
    this.draw();
  }
  aloud() {
    const code = this.store.get("selected");
    return code < 0 ? "" : note(this.store, this.book, code);
  }
  draw() {
    if (this.pending || !this.room) return;
    this.pending = requestAnimationFrame(() => {
      this.pending = 0;
      this.paint();
    });
  }
  paint() {
    const { across, down } = this.lay;
    const codes = this.book.sheet();
    const first = this.page * across * down;
    const { patch } = this.store.get("geometry");
    const side = patch * this.lay.zoom;
    this.pen.imageSmoothingEnabled = false;
    this.pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    let lacking = false;
    for (let i = 0; i < across * down && first + i < codes.length; i++) {
      const code = codes[first + i];
      const x = this.gap + i % across * this.step;
      const y = this.gap + Math.floor(i / across) * this.step;
      if (this.book.has(code)) this.pen.drawImage(this.book.tiles, ...this.book.corner(code), patch, patch, x, y, side, side);
      else {
        lacking = true;
        this.hatch(x, y, side);
      }
      if (this.book.dead(code)) this.strike(x, y, side);
    }
    this.frame(codes, this.store.get("over"), this.look.accent, 1);
    this.frame(codes, this.store.get("selected"), this.look.accent, 2);
    const busy = this.store.get("status").state === "working";
    if (lacking && !busy && !this.asked && this.book.begun) {
      this.asked = true;
      this.book.goOn();
    }
  }
  hatch(x, y, side) {
    this.pen.fillStyle = this.look.paper;
    this.pen.fillRect(x, y, side, side);
    this.slash(x, y, side, this.look.line, this.gap / 2);
  }
  /** A code that never occurs: faint, and crossed out. */
  strike(x, y, side) {
    this.pen.fillStyle = this.look.veil;
    this.pen.fillRect(x, y, side, side);
    this.slash(x, y, side, this.look.ink, this.gap / 2);
  }
  slash(x, y, side, colour2, thick) {
    this.pen.strokeStyle = colour2;
    this.pen.lineWidth = Math.max(1, thick);
    this.pen.beginPath();
    this.pen.moveTo(x, y + side);
    this.pen.lineTo(x + side, y);
    this.pen.stroke();
  }
  frame(codes, code, colour2, weight) {
    const { across, down } = this.lay;
    const place2 = this.book.place(code) - this.page * across * down;
    if (code < 0 || place2 < 0 || place2 >= across * down || codes.length === 0) return;
    const thin = this.gap / 2;
    const x = this.gap + place2 % across * this.step - thin;
    const y = this.gap + Math.floor(place2 / across) * this.step - thin;
    const side = this.step;
    this.pen.lineWidth = 2 * thin * weight;
    this.pen.strokeStyle = colour2;
    this.pen.strokeRect(x, y, side, side);
    this.pen.lineWidth = thin;
    this.pen.strokeStyle = "rgba(255, 255, 255, 0.9)";
    this.pen.strokeRect(x + thin * weight, y + thin * weight, side - 2 * thin * weight, side - 2 * thin * weight);
  }
};
function note(store, book, code) {
  if (!book.counts || !book.ranks) return `code ${code}`;
  const rank = book.ranks[code];
  if (!rank) return `code ${code} · never occurs`;
  return `code ${code} · ${ordinal(rank)} of ${count2(store.get("geometry").codes)} · in ${count2(book.counts[code])} ${book.counts[code] === 1 ? "patch" : "patches"}`;
}

// src/codebook_browser/tile.ts
var ratio = () => window.devicePixelRatio || 1;
function small(kind) {
  return h("canvas", { class: `dx-small-plate ${kind}`, "aria-hidden": "true" });
}
function drawTile(target, book, code, patch, px) {
  const side = sized(target, patch, px);
  const to = pen(target);
  to.clearRect(0, 0, side, side);
  if (code >= 0 && book.has(code)) to.drawImage(book.tiles, ...book.corner(code), patch, patch, 0, 0, side, side);
}
function drawCrop(target, crop, of, patch, px) {
  const side = sized(target, of, px);
  const to = pen(target);
  to.drawImage(crop.image, crop.x, 0, of, crop.image.height, 0, 0, side, side * crop.image.height / of);
  const unit = patch * side / of;
  const thin = Math.max(1, Math.round(ratio()));
  const [row, column] = crop.at;
  for (const [colour2, weight] of [["rgba(255, 255, 255, 0.92)", 3], ["#1f1c18", 1]]) {
    to.lineWidth = weight * thin;
    to.strokeStyle = colour2;
    to.strokeRect(column * unit, row * unit, unit, unit);
  }
}
function sideOf(pixels, px) {
  return pixels * Math.max(1, Math.round(px * ratio() / pixels)) / ratio();
}
function sized(target, pixels, px) {
  const css = sideOf(pixels, px);
  const side = Math.round(css * ratio());
  if (target.width !== side) target.width = target.height = side;
  target.style.width = target.style.height = `${css}px`;
  return side;
}

// src/codebook_browser/brush.ts
var BRUSH_PX = 56;
var SWATCH_PX = 32;
var Brush = class {
  constructor(store, book, take) {
    this.store = store;
    this.book = book;
    this.take = take;
    this.nearRow = h("div", { class: "dx-swatch-row" }, h("h4", {}, "Nearest"), this.near);
    this.lateRow = h("div", { class: "dx-swatch-row" }, h("h4", {}, "Used before"), this.late);
    this.element = h(
      "section",
      { class: "dx-brush", "aria-label": "the brush" },
      h("div", { class: "dx-brush-head" }, this.tile, h("div", {}, this.name, this.said)),
      this.nearRow,
      this.lateRow
    );
    store.on(["selected", "late"], () => this.update());
    book.on((news) => {
      if (news === "entry" || news === "usage") this.update();
      if (news === "tiles") this.tiles();
    });
    this.update();
  }
  store;
  book;
  take;
  element;
  tile = small("dx-tile");
  name = h("h3", { class: "dx-where dx-number" });
  said = h("p", { class: "dx-hint dx-number" });
  near = h("div", { class: "dx-swatches", role: "group", "aria-label": "nearest codes" });
  late = h("div", { class: "dx-swatches", role: "group", "aria-label": "codes used before" });
  nearRow;
  lateRow;
  update() {
    const code = this.store.get("selected");
    text(this.name, code < 0 ? "No brush yet" : `Brush: code ${code}`);
    text(this.said, code < 0 ? "Choose a code on the sheet, or pick one from the picture." : `${note(this.store, this.book, code).replace(/^code \d+( · )?/, "")}`);
    clear(this.near, ...(this.book.entry(code)?.near ?? []).map((near) => this.swatch(near.code)));
    const late = this.store.get("late").filter((one) => one !== code).slice(0, 6);
    clear(this.late, ...late.map((one) => this.swatch(one)));
    this.lateRow.style.visibility = late.length ? "visible" : "hidden";
    this.tile.style.visibility = code < 0 ? "hidden" : "visible";
    this.tiles();
  }
  tiles() {
    const { patch } = this.store.get("geometry");
    drawTile(this.tile, this.book, this.store.get("selected"), patch, BRUSH_PX);
    for (const canvas2 of this.element.querySelectorAll("canvas[data-tile]")) {
      drawTile(canvas2, this.book, Number(canvas2.dataset.tile), patch, SWATCH_PX);
    }
  }
  swatch(code) {
    const made = small("dx-tile");
    made.dataset.tile = String(code);
    const act = h("button", { type: "button", class: "dx-swatch-of-code", title: `code ${code}`, "aria-label": `take code ${code}` }, made);
    act.addEventListener("click", () => this.take(code));
    return act;
  }
};

// src/codebook_browser/types.ts
var TABS = ["look", "paint"];
var SORTS = ["usage", "colour", "number"];
var PAINTING_NEEDS_KERNEL = "Painting needs a running kernel, which decodes: open the notebook and run the cell. Picking codes from the picture works here.";

// src/codebook_browser/choose.ts
var TAB_NAMES = { look: "look through", paint: "paint" };
var SORT_NAMES = { usage: "by usage", colour: "by colour", number: "by number" };
var TYPED_AFTER_MS = 350;
var Choose = class {
  constructor(store, take) {
    this.store = store;
    this.take = take;
    this.tabs = h("div", { class: "dx-tabs", role: "tablist", "aria-label": "what to do" });
    for (const tab of TABS) {
      const made = h("button", { type: "button", role: "tab", class: "dx-tab" }, TAB_NAMES[tab]);
      made.addEventListener("click", () => store.set("tab", tab));
      this.buttons.set(tab, made);
      this.tabs.append(made);
    }
    const [find, order] = [unique("find"), unique("order")];
    this.field = h("input", { type: "text", inputmode: "numeric", maxlength: 9, autocomplete: "off", id: find, class: "dx-find-field", placeholder: "number", "aria-label": "code: find it by its number" });
    this.field.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.look(false), TYPED_AFTER_MS);
    });
    this.field.addEventListener("change", () => this.look(true));
    this.field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.look(true);
    });
    this.find = h("div", { class: "dx-show" }, h("label", { for: find }, "Code"), this.field);
    this.select = h("select", { id: order, "aria-label": "order" }, ...SORTS.map((sort) => h("option", { value: sort }, SORT_NAMES[sort])));
    this.select.addEventListener("change", () => this.sort(this.select.value));
    this.element = h("div", { class: "dx-show" }, h("label", { for: order }, "Order"), this.select);
    store.on(["tab", "sort", "about", "selected"], () => this.follow());
    store.signal.addEventListener("abort", () => clearTimeout(this.timer));
    this.follow();
  }
  store;
  take;
  tabs;
  find;
  element;
  buttons = /* @__PURE__ */ new Map();
  field;
  select;
  timer;
  focus() {
    this.field.focus();
    this.field.select();
  }
  go(tab) {
    this.store.set("tab", tab);
  }
  /** The other page, for arrow keys on the tabs. */
  turn() {
    const tab = this.store.get("tab") === "look" ? "paint" : "look";
    this.store.set("tab", tab);
    this.buttons.get(tab).focus();
  }
  /** The next order of the sheet. */
  next() {
    const able = [...this.select.options].filter((option) => !option.disabled).map(({ value }) => value);
    this.sort(able[(able.indexOf(this.store.get("sort")) + 1) % able.length]);
  }
  sort(sort) {
    this.store.set("sort", sort);
    this.store.set("at", -1);
  }
  look(aloud) {
    clearTimeout(this.timer);
    const { value } = this.field;
    if (!value.trim()) return;
    const { codes } = this.store.get("geometry");
    const code = codeIn(value, codes);
    if (code !== null) {
      this.store.set("notice", "");
      this.take(code);
    } else if (aloud) this.store.set("notice", `‘${value}’ is no code of this model: codes are whole numbers from 0 to ${count2(codes - 1)}.`);
  }
  follow() {
    const tab = this.store.get("tab");
    for (const [name, made] of this.buttons) {
      made.setAttribute("aria-selected", String(name === tab));
      made.tabIndex = name === tab ? 0 : -1;
    }
    const { refused } = this.store.get("about");
    for (const option of this.select.options) option.disabled = option.value === "usage" && refused !== "";
    this.select.value = this.store.get("sort");
    const code = this.store.get("selected");
    if (document.activeElement !== this.field) this.field.value = code < 0 ? "" : String(code);
  }
};

// src/shared/kernel.ts
var NEEDS_KERNEL = "This needs a running kernel: open the notebook and run the cell.";

// src/codebook_browser/curve.ts
var WIDE = 300;
var HIGH = 44;
function curveOf(sorted) {
  const used = sorted.filter((one) => one > 0);
  if (used.length < 2) return [];
  const out = [];
  let last = -1;
  for (let i = 0; i < used.length; i++) {
    const x = along(i + 1, used.length);
    if (i < used.length - 1 && x - last < 4e-3) continue;
    last = x;
    out.push([x, upwards(used[i], used[0])]);
  }
  return out;
}
function along(rank, used) {
  return used > 1 ? Math.log(rank) / Math.log(used) : 0;
}
function upwards(value, most) {
  return most > 1 ? Math.log(value) / Math.log(most) : 1;
}
var Curve = class {
  constructor(book) {
    this.book = book;
    this.picture = svg("svg", { viewBox: `-4 -4 ${WIDE + 8} ${HIGH + 8}`, class: "dx-usage-curve", role: "img", preserveAspectRatio: "none" }, this.line, this.drop);
    const over = svg("svg", { class: "dx-usage-over", "aria-hidden": "true" }, this.dot);
    this.element = h("div", { class: "dx-usage" });
    const frame = h("div", { class: "dx-usage-frame" });
    frame.append(this.picture, over);
    this.element.append(frame, h("div", { class: "dx-usage-ends dx-number" }, ...this.ends));
    book.on((news) => {
      if (news === "usage") this.take();
    });
    this.take();
  }
  book;
  element;
  line = svg("path", { class: "dx-usage-line" });
  drop = svg("path", { class: "dx-usage-drop" });
  dot = svg("circle", { class: "dx-usage-dot", r: 3.5 });
  ends = [h("span", {}), h("span", {}, "every code, the commonest first; both scales logarithmic"), h("span", {})];
  picture;
  used = 0;
  most = 0;
  /** Mark a code; -1: none. */
  mark(code) {
    const rank = code >= 0 && this.book.ranks ? this.book.ranks[code] : 0;
    this.dot.style.visibility = this.drop.style.visibility = rank ? "visible" : "hidden";
    if (!rank || !this.book.counts) return;
    const x = along(rank, this.used);
    const y = upwards(this.book.counts[code], this.most);
    this.dot.setAttribute("cx", `${100 * (4 + x * WIDE) / (WIDE + 8)}%`);
    this.dot.setAttribute("cy", `${100 * (4 + (1 - y) * HIGH) / (HIGH + 8)}%`);
    this.drop.setAttribute("d", `M${(x * WIDE).toFixed(1)} ${((1 - y) * HIGH).toFixed(1)}V${HIGH}`);
  }
  take() {
    const { counts } = this.book;
    this.element.hidden = !counts;
    if (!counts) return;
    const sorted = Array.from(counts).sort((a, b) => b - a);
    this.used = sorted.filter((one) => one > 0).length;
    this.most = sorted[0] ?? 0;
    const points = curveOf(sorted);
    this.line.setAttribute("d", points.map(([x, y], i) => `${i ? "L" : "M"}${(x * WIDE).toFixed(1)} ${((1 - y) * HIGH).toFixed(1)}`).join(""));
    text(this.ends[0], `${count2(this.most)} patches`);
    text(this.ends[2], count2(sorted[this.used - 1] ?? 0));
    this.picture.setAttribute("aria-label", `how often codes occur, from ${count2(this.most)} patches for the commonest to ${count2(sorted[this.used - 1] ?? 0)}`);
  }
};

// src/codebook_browser/entry.ts
var CROP_PX = 72;
var NEAR_PX = 48;
var TILE_PX = 64;
var PLACES = 8;
var EntryPage = class {
  constructor(store, book, take) {
    this.store = store;
    this.book = book;
    this.take = take;
    this.curve = new Curve(book);
    this.brush = button("Paint with it", () => store.set("tab", "paint"), { icon: icon("brush"), quiet: true });
    this.head = h("div", { class: "dx-entry-head" }, h("h3", { class: "dx-word-of-code" }, h("span", { class: "dx-code-word" }, "code"), this.number), this.brush);
    this.real.append(h("h4", {}, "In training pictures"), this.realSaid, this.citations);
    this.likeSection.append(h("h4", {}, "Nearest codes"), this.like, this.likeSaid);
    this.alone.append(h("h4", {}, "By itself: artificial"), h(
      "div",
      { class: "dx-alone-row" },
      this.tile,
      h("p", { class: "dx-hint" }, "The middle of a whole picture of this one code; the decoder never learned from such pictures.")
    ));
    this.opening = h("div", { class: "dx-intro" }, this.intro, this.begin);
    this.element = h(
      "section",
      { class: "dx-panel dx-entry", "aria-label": "the code in hand" },
      this.head,
      this.usage,
      this.curve.element,
      this.opening,
      this.real,
      h("div", { class: "dx-kin" }, this.likeSection, this.alone)
    );
    store.on(["selected", "painting", "about"], () => this.update());
    book.on((news) => {
      if (news === "usage" || news === "entry") this.update();
      if (news === "tiles") this.tiles();
    });
    this.update();
  }
  store;
  book;
  take;
  element;
  head;
  number = h("span", { class: "dx-headword" });
  usage = h("p", { class: "dx-which dx-number" });
  curve;
  brush;
  intro = h("p", {});
  begin = h("div", { class: "dx-begin" });
  opening;
  real = h("section", { class: "dx-real" });
  realSaid = h("p", { class: "dx-hint" });
  citations = h("ol", { class: "dx-citations" });
  likeSection = h("section", { class: "dx-like" });
  like = h("ol", { class: "dx-near" });
  likeSaid = h("p", { class: "dx-hint" });
  alone = h("section", { class: "dx-alone" });
  tile = small("dx-tile");
  shown = "";
  scale = 1;
  /** Pixels of another size, or colours of another theme; larger on a projector. */
  restyle(big) {
    this.shown = "";
    this.scale = big ? 4 / 3 : 1;
    this.element.style.setProperty("--dx-crop", `${sideOf(3 * this.store.get("geometry").patch, CROP_PX * this.scale)}px`);
    this.update();
  }
  update() {
    const code = this.store.get("selected");
    const none = code < 0;
    this.element.classList.toggle("dx-none", none);
    this.head.hidden = none;
    text(this.number, String(code));
    this.curve.mark(code);
    text(this.usage, this.used(code));
    this.opening.hidden = !none;
    this.real.hidden = this.likeSection.hidden = this.alone.hidden = none;
    if (!none) return this.fill(code);
    this.shown = "";
    text(this.intro, this.introduction());
    clear(this.begin, ...this.places().map(([code2, said]) => this.place(code2, said)));
    this.tiles();
  }
  introduction() {
    const { rows, columns, codes } = this.store.get("geometry");
    return `Every picture of this model is ${rows} × ${columns} codes out of ${count2(codes)}; the decoder turns them into pixels. A code means something among its neighbours: choose one, and see where it stands in pictures that the model learned from.`;
  }
  /** Codes to begin with: the commonest, one in the middle, the rarest, and one that never occurs. */
  places() {
    const { counts, ranks } = this.book;
    if (!counts || !ranks) return [];
    const order = byCount(counts);
    const { used } = this.store.get("about");
    const found = [[order[0], "the commonest"], [order[used >> 1], "one in the middle"], [order[used - 1], "the rarest"]];
    if (used < order.length) found.push([order[used], "one that never occurs"]);
    return found.filter(([code], i) => found.findIndex(([one]) => one === code) === i);
  }
  place(code, said) {
    const made = small("dx-tile");
    made.dataset.tile = String(code);
    const act = h("button", { type: "button", class: "dx-begin-one" }, made, h("span", {}, said), h("span", { class: "dx-number dx-hint" }, `code ${code}`));
    act.addEventListener("click", () => this.take(code));
    return act;
  }
  used(code) {
    const { pictures, patches, world, refused } = this.store.get("about");
    if (refused) return `How often codes occur is not known. ${refused}`;
    if (code < 0) return `Counted in the first ${count2(pictures)} training pictures of world ${world}.`;
    const { counts, ranks } = this.book;
    if (!counts || !ranks) return "";
    const here = this.here(code);
    if (!counts[code]) return `Never occurs in the ${count2(pictures)} training pictures that were counted (world ${world}): a dead code.${here}`;
    return `${ordinal(ranks[code])} of ${count2(this.store.get("geometry").codes)} codes: ${count2(counts[code])} of the ${count2(patches)} patches of ${count2(pictures)} training pictures (world ${world}), ${percent(counts[code] / patches).replace(" ", " ")}.${here}`;
  }
  here(code) {
    if (!this.store.get("about").canvas) return "";
    const found = this.store.get("painting").grid.filter((one) => one === code).length;
    return found ? ` In the picture at hand: ${found} ${found === 1 ? "patch" : "patches"}.` : " Not in the picture at hand.";
  }
  fill(code) {
    const entry = this.book.entry(code);
    const key = `${code} ${entry ? entry.whole : "none"} ${this.store.get("alive")} ${this.book.counts !== null}`;
    this.tiles();
    if (key === this.shown) return;
    this.shown = key;
    this.realPlaces(code, entry);
    this.alike(entry);
  }
  tiles() {
    const code = this.store.get("selected");
    const { patch } = this.store.get("geometry");
    drawTile(this.tile, this.book, code, patch, TILE_PX * this.scale);
    for (const canvas2 of this.element.querySelectorAll("canvas[data-tile]")) {
      drawTile(canvas2, this.book, Number(canvas2.dataset.tile), patch, NEAR_PX * this.scale);
    }
  }
  realPlaces(code, entry) {
    const { refused } = this.store.get("about");
    const said = () => {
      if (refused) return "Where it stands is not known, as codes were not counted.";
      if (this.book.dead(code)) return "There is none: no training picture that was counted has it.";
      if (entry?.whole) return "Where the encoder chose it (framed), in pictures as the world draws them.";
      return this.store.get("alive") ? "Looking its places up, and drawing these pictures anew." : `The crops of this code did not travel with the page. ${NEEDS_KERNEL}`;
    };
    text(this.realSaid, said());
    const waiting = !entry && this.store.get("alive") && !refused && !this.book.dead(code);
    const places = waiting ? Math.min(PLACES, this.book.counts?.[code] ?? PLACES) : 0;
    const items = entry ? entry.crops.map((crop) => this.citation(crop, entry.side)) : Array.from({ length: places }, () => h("li", { class: "dx-citation dx-awaited" }, h("span", { class: "dx-small-plate" })));
    clear(this.citations, ...items);
  }
  citation(crop, side) {
    const made = small("dx-crop-of-code");
    drawCrop(made, crop, side, this.store.get("geometry").patch, CROP_PX * this.scale);
    const [row, column] = crop.patch;
    return h(
      "li",
      { class: "dx-citation" },
      made,
      h("div", {}, h("p", { class: "dx-quote" }, crop.caption), h("p", { class: "dx-source dx-number" }, `no. ${count2(crop.index)} · row ${row}, column ${column}`))
    );
  }
  alike(entry) {
    clear(this.like, ...(entry?.near ?? []).map((near) => this.alikeOne(near, entry)));
    text(this.likeSaid, entry ? `By the vectors that the decoder reads; half of all codes are farther than ${entry.typical.toFixed(2)}.` : "");
  }
  alikeOne(near, entry) {
    const { patch } = this.store.get("geometry");
    const made = small("dx-crop-of-code");
    if (near.crop) drawCrop(made, near.crop, entry.side, patch, NEAR_PX * this.scale);
    else {
      made.dataset.tile = String(near.code);
      drawTile(made, this.book, near.code, patch, NEAR_PX * this.scale);
    }
    const bar = h("span", { class: "dx-away" });
    bar.style.transform = `scaleX(${Math.min(1, entry.typical > 0 ? near.distance / entry.typical : 0)})`;
    const kind = near.crop ? "" : ", its tile, artificial";
    const act = h(
      "button",
      { type: "button", class: "dx-near-one", "aria-label": `code ${near.code}, distance ${near.distance.toFixed(2)}${kind}` },
      made,
      h("span", { class: "dx-near-code dx-number" }, String(near.code)),
      h("span", { class: "dx-near-far dx-number" }, near.distance.toFixed(2)),
      h("span", { class: "dx-away-rail" }, bar)
    );
    if (!near.crop) act.title = "its tile: artificial";
    act.addEventListener("click", () => this.take(near.code));
    return h("li", {}, act);
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
function moved(from, key, { rows, columns }) {
  const [down, right] = ARROWS[key];
  const limit = (value, size) => Math.min(Math.max(value, 0), size - 1);
  return { row: limit(from.row + down, rows), column: limit(from.column + right, columns) };
}

// src/codebook_browser/keymap.ts
function keymap(store, { choose, sheet, paint, full }) {
  const escape = () => {
    if (store.get("tool") === "pick") store.set("tool", "brush");
    else if (store.get("tab") === "look") store.set("selected", -1);
    store.set("patch", -1);
    store.set("over", -1);
    return false;
  };
  const pages = { PageUp: -1, PageDown: 1 };
  return (event) => {
    const target = event.target;
    const { key } = event;
    if (key === "Escape") return escape();
    if (key === "f") return full(), true;
    if (key === "o") return choose.next(), true;
    if (key === "/") return choose.focus(), true;
    if (key === "1" || key === "2") return choose.go(key === "1" ? "look" : "paint"), true;
    if (key === "b" && store.get("selected") >= 0) return choose.go("paint"), true;
    if (key in pages) return sheet.turn(pages[key]), true;
    if (target.matches("[role=tab]") && (key === "ArrowLeft" || key === "ArrowRight")) return choose.turn(), true;
    if (target.matches(".dx-edge")) {
      if (key in ARROWS) return sheet.turn(key === "ArrowLeft" || key === "ArrowUp" ? -1 : 1), true;
      if (key === "Home" || key === "End") return sheet.turn(key === "Home" ? -Infinity : Infinity), true;
    }
    if (target.matches(".dx-sheet-plate")) {
      if (key in ARROWS) return sheet.move(key), true;
      if (key === "Home" || key === "End") return sheet.end(key === "End"), true;
      if (key === "Enter" && store.get("selected") < 0) return sheet.move(""), true;
    }
    if (store.get("tab") !== "paint") return false;
    if (key === "z" || key === "y") return paint.step(key === "z" ? "undo" : "redo"), true;
    if (key === "e") return pickOrArm(store, paint), true;
    if (target.matches(".dx-canvas-plate")) {
      if (key in ARROWS) return paint.move(key), true;
      if (key === "Enter" || key === " ") return paint.use(), true;
    }
    return false;
  };
}
function pickOrArm(store, paint) {
  if (store.get("patch") >= 0) paint.pick(store.get("patch"));
  else store.set("tool", "pick");
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

// src/codebook_browser/more.ts
var KEYS = "Keys: arrows go from code to code, Page Up and Page Down turn pages, / finds a number, o changes the order, 1 and 2 change the page, b paints with the code in hand; on the picture Enter paints, e picks, z undoes, y does again; f fills the screen.";
var More = class {
  constructor(store, projector2) {
    this.store = store;
    const id = unique("more");
    const copy = new CopyPython(store);
    const keep = button("Keep", () => store.send({ kind: "keep" }), { icon: icon("keep"), quiet: true, title: "write a still with its caption into the notebook" });
    this.needs = [copy.button, keep];
    this.toggle = button("More", () => this.open(this.element.hidden === true), { icon: icon("more"), quiet: true });
    this.toggle.setAttribute("aria-controls", id);
    this.element = h(
      "div",
      { class: "dx-more", id, hidden: true },
      h("div", { class: "dx-actions" }, copy.button, keep, button("Full screen", projector2, { icon: icon("full"), quiet: true })),
      this.sentence,
      copy.code,
      copy.said,
      h("p", { class: "dx-hint dx-keys" }, KEYS)
    );
    store.on(["alive"], () => this.able());
    this.open(false);
    this.able();
  }
  store;
  toggle;
  element;
  needs;
  sentence = h("p", { class: "dx-hint dx-needs" }, NEEDS_KERNEL);
  open(open) {
    this.element.hidden = !open;
    this.toggle.setAttribute("aria-expanded", String(open));
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
    const along2 = i / 255 * (stops.length - 1);
    const first = Math.min(Math.floor(along2), stops.length - 2);
    for (let c = 0; c < 3; c++) {
      const [low, high] = [colours[first][c], colours[first + 1][c]];
      lut[3 * i + c] = Math.round(low + (high - low) * (along2 - first));
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

// src/codebook_browser/canvas_plate.ts
var CanvasPlate = class extends GridPlate {
  context = this.canvas.getContext("2d");
  draw(scene, look) {
    const { width, height } = this.canvas;
    this.context.imageSmoothingEnabled = false;
    if (scene.picture) this.context.drawImage(scene.picture, 0, 0, width, height);
    else this.hide(0);
    for (const [patch, code] of scene.pending) scene.tile(code, ...this.corner(patch), this.unit);
    if (scene.grid) this.grid();
    for (const patch of scene.same) this.spot(patch, look);
    this.outlines(scene.painted, scene.painted.length, look);
    if (scene.reach) this.dashed(scene.reach, look);
    if (scene.over >= 0) this.box(scene.over, look.accent, 2);
  }
  /** A small mark in the corner of a patch that has the code in hand. */
  spot(patch, look) {
    const [x, y] = this.corner(patch);
    const size = Math.max(3, Math.round(this.unit / 5));
    this.context.fillStyle = "rgba(255, 255, 255, 0.9)";
    this.context.fillRect(x + this.thin, y + this.thin, size + 2 * this.thin, size + 2 * this.thin);
    this.context.fillStyle = look.ink;
    this.context.fillRect(x + 2 * this.thin, y + 2 * this.thin, size, size);
  }
  /** The border of a region, dashed: as far as a code reaches. */
  dashed(mask, look) {
    const { rows, columns } = this.geometry;
    const u = this.unit;
    const at2 = (row, column) => row >= 0 && column >= 0 && row < rows && column < columns && mask[row * columns + column] === 1;
    const path = new Path2D();
    for (let row = 0; row <= rows; row++) {
      for (let column = 0; column <= columns; column++) {
        if (column < columns && at2(row, column) !== at2(row - 1, column)) {
          path.moveTo(column * u, this.inside(row * u));
          path.lineTo((column + 1) * u, this.inside(row * u));
        }
        if (row < rows && at2(row, column) !== at2(row, column - 1)) {
          path.moveTo(this.inside(column * u), row * u);
          path.lineTo(this.inside(column * u), (row + 1) * u);
        }
      }
    }
    this.context.lineWidth = 2 * this.thin;
    this.context.strokeStyle = "rgba(255, 255, 255, 0.75)";
    this.context.stroke(path);
    this.context.lineWidth = this.thin;
    this.context.strokeStyle = look.accent;
    this.context.setLineDash([3 * this.thin, 3 * this.thin]);
    this.context.stroke(path);
    this.context.setLineDash([]);
  }
  /** A line at the very edge would be cut in half. */
  inside(place2) {
    return Math.min(Math.max(place2, this.thin), this.canvas.width - this.thin);
  }
};

// src/codebook_browser/hand.ts
var LOST_MS = 4e3;
var Hand = class {
  constructor(store, book, changed2) {
    this.store = store;
    this.book = book;
    this.changed = changed2;
    book.on((news) => {
      if (news === "pixels") this.answered();
    });
    store.on(["status"], () => {
      if (store.get("status").state === "failed") this.forget();
    });
    store.signal.addEventListener("abort", () => clearTimeout(this.timer));
  }
  store;
  book;
  changed;
  /** Patches whose pixels are not here yet: patch -> code. */
  pending = /* @__PURE__ */ new Map();
  waiting = [];
  number = 0;
  stroke = 0;
  sent = 0;
  // when the message that is under way was sent; 0: none is
  name = Math.random().toString(36).slice(2);
  // of this view: strokes of two are two
  timer;
  /** A movement begins: what it paints is undone together. */
  begin() {
    this.stroke++;
    const code = this.store.get("selected");
    this.store.set("late", [code, ...this.store.get("late").filter((one) => one !== code)].slice(0, 8));
  }
  paint(patches) {
    const code = this.store.get("selected");
    const { grid } = this.store.get("painting");
    const fresh = patches.filter((patch) => (this.pending.get(patch)?.code ?? grid[patch]) !== code);
    if (!fresh.length || code < 0) return;
    const stroke = `${this.name} ${this.stroke}`;
    const last = this.waiting[this.waiting.length - 1];
    if (last?.code === code && last.stroke === stroke) last.patches.push(...fresh);
    else this.waiting.push({ code, stroke, patches: fresh });
    for (const patch of fresh) this.pending.set(patch, { code, number: Infinity });
    this.flush();
    this.changed();
  }
  flush() {
    if (!this.waiting.length || this.sent) return;
    const next = this.waiting.shift();
    const number = ++this.number;
    for (const patch of next.patches) {
      if (this.pending.get(patch)?.code === next.code) this.pending.set(patch, { code: next.code, number });
    }
    this.sent = number;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.lost(), LOST_MS);
    this.store.send({ kind: "paint", ...next, number });
  }
  answered() {
    for (const [patch, { number }] of this.pending) if (number <= this.book.answered) this.pending.delete(patch);
    if (this.sent && this.book.answered >= this.sent) this.sent = 0;
    this.flush();
    this.changed();
  }
  lost() {
    this.sent = 0;
    for (const [patch, { number }] of this.pending) if (number <= this.number) this.pending.delete(patch);
    this.flush();
    this.changed();
  }
  forget() {
    this.waiting = [];
    this.pending.clear();
    this.sent = 0;
    this.changed();
  }
};

// src/codebook_browser/stroke.ts
function line(from, to, columns) {
  const [a, b] = [corner(from, columns), corner(to, columns)];
  const steps = Math.max(Math.abs(b.row - a.row), Math.abs(b.column - a.column));
  const out = [];
  for (let i = 0; i <= steps; i++) {
    const along2 = steps ? i / steps : 0;
    const row = Math.round(a.row + (b.row - a.row) * along2);
    const column = Math.round(a.column + (b.column - a.column) * along2);
    out.push(row * columns + column);
  }
  return out;
}
function footprint(patches, { rows, columns }, reach) {
  const mask = new Uint8Array(rows * columns);
  for (const patch of patches) {
    const { row, column } = corner(patch, columns);
    const last = Math.min(column + reach, columns - 1);
    for (let y = Math.max(0, row - reach); y <= Math.min(row + reach, rows - 1); y++) {
      mask.fill(1, y * columns + Math.max(0, column - reach), y * columns + last + 1);
    }
  }
  return mask;
}
function changed(grid, start) {
  return grid.flatMap((code, patch) => code === start[patch] ? [] : [patch]);
}
function change(now, start) {
  const levels = new Uint8Array(now.length / 4);
  let pixels = 0;
  let most = 0;
  for (let i = 0, at2 = 0; i < levels.length; i++, at2 += 4) {
    const level = Math.max(
      Math.abs(now[at2] - start[at2]),
      Math.abs(now[at2 + 1] - start[at2 + 1]),
      Math.abs(now[at2 + 2] - start[at2 + 2])
    );
    levels[i] = level;
    if (level) pixels++;
    if (level > most) most = level;
  }
  return { levels, pixels, most };
}
function coloured(levels, scale) {
  const table = Array.from({ length: 256 }, (_, level) => colour(scale, level));
  const out = new Uint8ClampedArray(4 * levels.length);
  levels.forEach((level, i) => out.set([...table[level], 255], 4 * i));
  return out;
}

// src/codebook_browser/paint.ts
var CHANGE = {
  low: 0,
  high: 255,
  log: false,
  power: 1 / 2,
  lut: amount,
  unit: "levels",
  ticks: [{ at: 0, label: "0" }, { at: 16, label: "16" }, { at: 64, label: "64" }, { at: 128, label: "128" }, { at: 255, label: "255" }]
};
var SMALL_PATCH_PX = 14;
var Paint = class {
  constructor(root, store, book, take) {
    this.store = store;
    this.book = book;
    this.take = take;
    this.plate = new CanvasPlate(store.get("geometry"));
    this.tooltip = new Tooltip(root, root);
    this.hand = new Hand(store, book, () => this.draw());
    const send = (kind) => () => store.send({ kind });
    this.undo = button("undo", send("undo"), { icon: icon("undo"), bare: true });
    this.redo = button("redo", send("redo"), { icon: icon("redo"), bare: true });
    this.reset = button("Reset", send("reset"), { quiet: true });
    this.what = button("What changed", () => this.toggle(), { icon: icon("differ"), quiet: true });
    const radio = (tool, label, name) => {
      const made = button(label, () => store.set("tool", tool), { icon: icon(name), quiet: true });
      this.tools.set(tool, made);
      return made;
    };
    const group = h("div", { class: "dx-tool-group", role: "group", "aria-label": "tool" }, radio("brush", "Brush", "brush"), radio("pick", "Pick", "pick"));
    const { canvas: face } = this.plate;
    face.className = "dx-plate dx-canvas-plate";
    face.tabIndex = 0;
    face.setAttribute("role", "img");
    face.setAttribute("aria-describedby", this.help.id);
    this.element = h(
      "div",
      { class: "dx-paint" },
      h("figure", { class: "dx-figure" }, face, this.foot),
      h("div", { class: "dx-actions dx-strokes" }, group, this.undo, this.redo, this.reset, this.what),
      this.said,
      h("div", { class: "dx-changes" }, this.legend.element, this.legend.words),
      this.help,
      this.tooltip.element
    );
    store.on(["painting", "patch", "selected", "show", "tool"], () => this.draw());
    store.on(["painting", "about", "tool", "patch", "alive", "show"], () => this.follow());
    book.on((news) => {
      if (news === "pixels" || news === "start") this.renew();
      if (news === "tiles") this.draw();
    });
    this.listen();
    this.follow();
  }
  store;
  book;
  take;
  element;
  plate;
  tooltip;
  legend = new Legend();
  hand;
  look;
  last = -1;
  // the patch of a stroke that was painted last
  pending = 0;
  map = null;
  tools = /* @__PURE__ */ new Map();
  undo;
  redo;
  reset;
  what;
  foot = h("figcaption", { class: "dx-foot dx-number" });
  said = h("p", { class: "dx-did dx-number", "aria-live": "polite" });
  help = h(
    "p",
    { class: "dx-unseen", id: unique("keys") },
    "Arrow keys move over the picture, Enter paints, e picks the code of a patch, z undoes, y does again, Escape lets go."
  );
  /** Fit the picture into a room, in CSS pixels, and take the colours of the theme. */
  fit(root, wide, high) {
    this.look = lookOf(root);
    const { rows, columns, patch } = this.store.get("geometry");
    const ratio2 = window.devicePixelRatio || 1;
    const zoom = Math.max(1, Math.floor(Math.min(wide * ratio2 / (columns * patch), high * ratio2 / (rows * patch))));
    this.plate.resize(zoom, ratio2, this.look);
    this.element.style.setProperty("--dx-side", `${columns * patch * zoom / ratio2}px`);
    this.draw();
  }
  /** The patch in hand goes one step with an arrow key. */
  move(key) {
    const grid = this.store.get("geometry");
    const now = this.store.get("patch");
    const to = now < 0 || !(key in ARROWS) ? corner(Math.max(0, now), grid.columns) : moved(corner(now, grid.columns), key, grid);
    this.store.set("patch", to.row * grid.columns + to.column);
  }
  /** Paint the patch in hand, or pick its code, as the tool is. */
  use() {
    const patch = Math.max(0, this.store.get("patch"));
    this.store.set("patch", patch);
    if (this.store.get("tool") === "pick") return this.pick(patch);
    this.hand.begin();
    this.brushOn([patch]);
  }
  /** Take the code of a patch into the hand; the brush is next. */
  pick(patch) {
    if (patch < 0) return;
    this.take(this.store.get("painting").grid[patch]);
    if (this.store.get("alive")) this.store.set("tool", "brush");
  }
  step(kind) {
    const made = kind === "undo" ? this.undo : this.redo;
    if (!made.disabled) made.click();
  }
  toggle() {
    this.store.set("show", this.store.get("show") === "change" ? "picture" : "change");
  }
  get brushing() {
    return this.store.get("tool") === "brush" && this.store.get("alive");
  }
  brushOn(patches) {
    if (this.store.get("selected") < 0) return this.store.set("notice", "There is no brush yet: choose a code on the sheet, or pick one from the picture.");
    this.hand.paint(patches);
  }
  listen() {
    const { columns } = this.store.get("geometry");
    pointer(this.plate.canvas, {
      hover: (x, y, event) => this.hover(this.plate.patchAt(x, y), event),
      leave: () => {
        this.store.set("patch", -1);
        this.tooltip.hide();
      },
      tap: (x, y) => this.pick(this.plate.patchAt(x, y)),
      grab: (x, y) => {
        const patch = this.plate.patchAt(x, y);
        if (!this.brushing || patch < 0) return false;
        this.hand.begin();
        this.tooltip.hide();
        this.stroke(patch, patch);
        return true;
      },
      drag: (x, y) => {
        const patch = this.plate.patchAt(x, y);
        if (patch >= 0) this.stroke(this.last >= 0 ? this.last : patch, patch, columns);
        else this.last = -1;
      },
      drop: () => this.last = -1
    }, this.store.signal);
  }
  stroke(from, to, columns = 1) {
    this.store.set("patch", to);
    if (from !== to || this.last !== to) this.brushOn(from === to ? [to] : line(from, to, columns));
    this.last = to;
  }
  hover(patch, event) {
    if (patch < 0) return;
    const { columns } = this.store.get("geometry");
    const face = this.plate.canvas;
    const small2 = event.pointerType === "touch" || face.clientWidth / columns < SMALL_PATCH_PX;
    const places = this.tooltip.measure();
    this.store.set("patch", patch);
    if (this.store.get("tool") === "brush" && this.store.get("alive") && event.pointerType !== "mouse") return;
    this.tooltip.show(places, event, this.note(patch), small2 ? (to, side) => magnify(face, patch, columns, to, side, this.look.paper) : null);
  }
  note(patch) {
    const { columns } = this.store.get("geometry");
    const { grid, start } = this.store.get("painting");
    const before = grid[patch] === start[patch] ? "" : ` · was ${start[patch]}`;
    return `${at(patch, columns)} · code ${grid[patch]}${before}`;
  }
  renew() {
    this.map = null;
    this.draw();
    this.follow();
  }
  /** By how much every pixel differs from the start; made when it is asked for. */
  difference() {
    const { now, start } = this.book;
    if (!now || !start) return null;
    if (!this.map) {
      const { width, height } = now;
      const found = change(pen(now, true).getImageData(0, 0, width, height).data, pen(start, true).getImageData(0, 0, width, height).data);
      const picture2 = canvas(width, height);
      pen(picture2).putImageData(new ImageData(coloured(found.levels, CHANGE), width, height), 0, 0);
      this.map = { picture: picture2, found };
    }
    return this.map;
  }
  follow() {
    const { undo, redo, grid, start } = this.store.get("painting");
    const alive = this.store.get("alive");
    const tool = alive ? this.store.get("tool") : "pick";
    for (const [name, made] of this.tools) made.setAttribute("aria-pressed", String(name === tool));
    const painted = changed(grid, start);
    for (const [made, able, says] of [[this.undo, undo > 0, "undo"], [this.redo, redo > 0, "redo"], [this.reset, painted.length > 0, "as it was at the start"], [this.tools.get("brush"), true, ""]]) {
      made.disabled = !alive || !able;
      made.title = alive ? says : NEEDS_KERNEL;
    }
    const showing = this.store.get("show") === "change";
    this.what.setAttribute("aria-pressed", String(showing));
    this.plate.canvas.classList.toggle("dx-painting", tool === "brush");
    this.legend.show(showing ? CHANGE : null, showing ? "The largest difference of a pixel’s three channels to the picture before; of 255 levels." : "");
    this.legend.point(null);
    text(this.foot, this.onWhat());
    text(this.said, this.did(painted));
    this.plate.canvas.setAttribute("aria-label", `the picture that is painted on: ${this.onWhat()}. ${this.did(painted)}`);
  }
  onWhat() {
    const { canvas: name, ground } = this.store.get("about");
    if (name) return name;
    return ground >= 0 ? `an empty sheet: every patch was code ${ground}` : "a grid of codes that was given";
  }
  did(painted) {
    const { rows, columns, patch, reach } = this.store.get("geometry");
    if (!painted.length) {
      if (!this.store.get("alive")) return PAINTING_NEEDS_KERNEL;
      return "Nothing is painted yet. Inside the dashed line pixels can change with the patch under the pointer: as far as the decoder looks around.";
    }
    const found = this.difference()?.found;
    const patches = `${painted.length} ${painted.length === 1 ? "patch" : "patches"} painted`;
    if (!found) return `${patches}.`;
    const needs = this.store.get("alive") ? "" : ` ${PAINTING_NEEDS_KERNEL}`;
    const inside = footprint(painted, { rows, columns, patch }, reach).reduce((sum, one) => sum + one, 0);
    return `${patches}, ${count2(painted.length * patch * patch)} pixels; another colour: ${count2(found.pixels)} pixels, by up to ${found.most} of 255 levels, in the ${count2(inside)} patches that these codes reach.${needs}`;
  }
  draw() {
    if (this.pending || !this.look) return;
    this.pending = requestAnimationFrame(() => {
      this.pending = 0;
      this.paint();
    });
  }
  paint() {
    const geometry = this.store.get("geometry");
    const { grid, start } = this.store.get("painting");
    const painted = changed(grid, start);
    const mask = new Uint8Array(grid.length);
    for (const patch of painted) mask[patch] = 1;
    const showing = this.store.get("show") === "change";
    const over = this.store.get("patch");
    const code = this.store.get("selected");
    const hands = over >= 0 && this.brushing ? [over] : showing ? painted : [];
    this.plate.draw({
      picture: showing ? this.difference()?.picture ?? null : this.book.now,
      tile: (one, x, y, side) => this.tile(one, x, y, side),
      pending: [...this.hand.pending].map(([patch, { code: one }]) => [patch, one]),
      painted: mask,
      reach: hands.length ? footprint(hands, geometry, geometry.reach) : null,
      same: this.store.get("tool") === "pick" && code >= 0 ? grid.flatMap((one, patch) => one === code ? [patch] : []) : [],
      over,
      grid: over >= 0 || showing
    }, this.look);
  }
  tile(code, x, y, side) {
    const { patch } = this.store.get("geometry");
    if (this.book.has(code)) pen(this.plate.canvas).drawImage(this.book.tiles, ...this.book.corner(code), patch, patch, x, y, side, side);
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
function projector(root, changed2, signal) {
  const set = (on) => {
    root.classList.toggle("dx-projector", on);
    changed2();
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
function followTheme(root, changed2, signal) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const update = () => {
    const inside = root.closest(".dark, .light");
    const dark = pageIsDark(document.body) ?? (inside ? inside.classList.contains("dark") : system.matches);
    const name = dark ? "dark" : "light";
    if (root.dataset.theme === name) return;
    root.dataset.theme = name;
    changed2();
  };
  const watch2 = new MutationObserver(update);
  const options = { attributes: true, attributeFilter: ["class", "data-jp-theme-light"] };
  watch2.observe(document.body, options);
  watch2.observe(document.documentElement, options);
  system.addEventListener("change", update, { signal });
  signal.addEventListener("abort", () => watch2.disconnect());
  update();
}

// src/codebook_browser.ts
var NARROW = 720;
var APART = 28;
var SECOND = { look: 320, paint: 270 };
var SHEET = { least: 22, large: 34, finger: 34 };
var ASKS = ["python", "keep", "stop", "paint", "undo", "redo", "reset"];
var LOCAL = { over: -1, patch: -1, tool: "brush", late: [], notice: "" };
function render({ model, el, signal }) {
  const end = new AbortController();
  signal?.addEventListener("abort", () => end.abort());
  const store = new Store(model, TRAITS, LOCAL, end.signal);
  const root = h("div", { class: "dx dx-codebook", role: "region", "aria-label": "codebook browser" });
  clear(el, root);
  store.send({ kind: "hello" });
  build(root, store);
  return () => end.abort();
}
function build(root, store) {
  const book = new Book(store);
  const take = (code) => {
    store.set("selected", code);
    store.set("at", -1);
  };
  const sheet = new Sheet(root, store, book);
  const entry = new EntryPage(store, book, take);
  const brush = new Brush(store, book, take);
  const paint = new Paint(root, store, book, take);
  const choose = new Choose(store, take);
  const status = new StatusLine(() => store.send({ kind: "stop" }), "tiles");
  const caption = h("p", { class: "dx-caption" });
  const left = h("div", { class: "dx-plates" });
  const right = h("div", { class: "dx-second" });
  const fit = () => fitted(root, store, sheet, paint, entry);
  const full = projector(root, fit, store.signal);
  const more = new More(store, full);
  const top = h("div", { class: "dx-top-line" }, choose.tabs, h("div", { class: "dx-tools" }, choose.find, choose.element, more.toggle));
  root.append(top, more.element, h("div", { class: "dx-spread" }, left, right), caption);
  const arrange = () => {
    const painting = store.get("tab") === "paint";
    root.classList.toggle("dx-at-paint", painting);
    clear(left, painting ? paint.element : sheet.element, status.element);
    clear(right, ...painting ? [brush.element, sheet.element] : [entry.element]);
    fit();
  };
  store.on(["tab"], arrange);
  const tell = () => status.show(store.get("status"), store.get("notice"));
  store.on(["status", "notice"], tell);
  store.on(["caption"], () => text(caption, store.get("caption")));
  store.on(["selected", "tab"], () => store.set("notice", ""));
  new Patience(store, ASKS, ["status", "painting"]);
  tell();
  text(caption, store.get("caption"));
  keys(root, keymap(store, { choose, sheet, paint, full }), store.signal);
  arrange();
  watch(root, fit, store.signal);
}
function fitted(root, store, sheet, paint, entry) {
  const style = getComputedStyle(root);
  const inside = root.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  if (!(inside > 0)) return;
  const narrow = root.classList.contains("dx-narrow");
  const big = root.classList.contains("dx-projector");
  const finger = matchMedia("(pointer: coarse)").matches;
  const high = big ? window.innerHeight - 250 : 560;
  const least = finger ? SHEET.finger : big ? SHEET.large : SHEET.least;
  const tab = store.get("tab");
  const share = tab === "paint" ? 0.38 : 0.52;
  const room = narrow ? inside : inside - Math.max(SECOND[tab], share * inside) - APART;
  if (tab === "paint") {
    paint.fit(root, room, big ? high : Math.min(high, 520));
    const rest = narrow ? inside : inside - APART - paint.plate.canvas.clientWidth;
    sheet.fit({ wide: Math.max(160, Math.min(rest, big ? 900 : 460)), high: narrow ? 260 : 300, least });
    root.style.setProperty("--dx-first", `${paint.plate.canvas.clientWidth}px`);
  } else {
    sheet.fit({ wide: room, high: narrow ? 400 : high, least });
    root.style.setProperty("--dx-first", `${sheet.wide}px`);
    entry.restyle(big);
  }
}
function watch(root, fit, signal) {
  followTheme(root, fit, signal);
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
var codebook_browser_default = { render };
export {
  codebook_browser_default as default
};
