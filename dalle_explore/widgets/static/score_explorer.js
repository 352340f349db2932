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
function button(label2, act, options = {}) {
  const kind = `dx-button${options.quiet ? " dx-quiet" : ""}${options.bare ? " dx-bare" : ""}`;
  const made = h("button", { type: "button", class: kind, title: options.title });
  if (options.icon) made.append(options.icon);
  if (options.bare) made.setAttribute("aria-label", label2);
  else made.append(h("span", {}, label2));
  if (options.bare && !options.title) made.title = label2;
  made.addEventListener("click", () => act());
  return made;
}

// src/shared/pointer.ts
var STILL_PX = 8;
function pointer(element, use, signal) {
  let start = null;
  const place = (event) => [event.offsetX, event.offsetY];
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    const [x, y] = place(event);
    start = { x, y, moved: false, grabbed: use.grab?.(x, y) ?? false };
    if (start.grabbed) element.setPointerCapture(event.pointerId);
    else use.hover(x, y, event);
  }, { signal });
  element.addEventListener("pointermove", (event) => {
    const [x, y] = place(event);
    if (start && Math.hypot(x - start.x, y - start.y) > STILL_PX) start.moved = true;
    if (start?.grabbed) use.drag?.(x, y);
    else use.hover(x, y, event);
  }, { signal });
  element.addEventListener("pointerup", (event) => {
    const [x, y] = place(event);
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

// src/score_explorer/axis.ts
var Scale = class {
  constructor(low, high, from, to) {
    this.low = low;
    this.high = high;
    this.from = from;
    this.to = to;
  }
  low;
  high;
  from;
  to;
  at(value) {
    const along = this.high > this.low ? (value - this.low) / (this.high - this.low) : 0.5;
    return this.from + along * (this.to - this.from);
  }
  value(pixel) {
    const along = Math.min(1, Math.max(0, (pixel - this.from) / (this.to - this.from)));
    return this.low + along * (this.high - this.low);
  }
};
function ticks(low, high, most) {
  if (!(high > low)) return [low];
  const raw = (high - low) / Math.max(1, most);
  const ten = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 5, 10].find((one) => one * ten >= raw * (1 - 1e-9)) ?? 10) * ten;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toFixed(digits)));
}
function path(points) {
  return points.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
}
function area(points, other) {
  if (!points.length) return "";
  const back = typeof other === "number" ? [[points[points.length - 1][0], other], [points[0][0], other]] : [...other].reverse();
  return `${path([...points, ...back])}Z`;
}
function stairs(rising, low, high) {
  const out = [[low, 0]];
  rising.forEach((value, i) => {
    out.push([value, i / rising.length], [value, (i + 1) / rising.length]);
  });
  out.push([high, 1]);
  return out;
}
function apart(wanted, gap, low, high) {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a] - wanted[b]);
  const placed2 = order.map((i) => wanted[i]);
  for (let i = 0; i < placed2.length; i++) placed2[i] = Math.max(placed2[i], i ? placed2[i - 1] + gap : low);
  for (let i = placed2.length - 1; i >= 0; i--) placed2[i] = Math.min(placed2[i], i < placed2.length - 1 ? placed2[i + 1] - gap : high);
  const out = [];
  order.forEach((i, place) => out[i] = placed2[place]);
  return out;
}
function runs(values) {
  const out = [];
  values.forEach((value, i) => {
    if (value === null) return;
    const last = out[out.length - 1];
    if (last && last[1] === i - 1) last[1] = i;
    else out.push([i, i]);
  });
  return out;
}

// src/score_explorer/said.ts
var minus = (words) => words.replace(/-/g, "−");
function score(value) {
  return minus((Math.abs(value) < 5e-4 ? 0 : value).toFixed(3));
}
function tick(value) {
  return minus(String(Number(value.toPrecision(6))));
}
function deviations(value) {
  const size = Math.abs(value).toFixed(2);
  return Number(size) === 0 ? "0.00 sd" : `${value < 0 ? "−" : "+"}${size} sd`;
}
function percent(share) {
  return minus(`${Math.round(100 * share)} %`);
}
function ordinal(place) {
  const tens = place % 100;
  const end = tens > 10 && tens < 14 ? "th" : ["th", "st", "nd", "rd"][place % 10] ?? "th";
  return `${place}${end}`;
}
function measured({ value, low, high }, write) {
  if (value === null) return ["–", ""];
  if (low === null || high === null) return [write(value), ""];
  const [from, to] = [write(low), write(high)];
  const unit = to.includes(" ") ? to.slice(to.lastIndexOf(" ")) : "";
  return [write(value), `${unit && from.endsWith(unit) ? from.slice(0, -unit.length) : from} to ${to}`];
}
function counted(number, one, more = `${one}s`) {
  return `${number} ${number === 1 ? one : more}`;
}

// src/score_explorer/tile.ts
var MARKS = { true: "✓", false: "×", null: "" };
var Tile = class {
  constructor(pictures, prompt, picture, take) {
    this.pictures = pictures;
    this.prompt = prompt;
    this.picture = picture;
    this.name = nameOf(prompt, picture.seed);
    const plate = h("span", { class: "dx-tile-plate" }, this.image);
    if (picture.right !== null) plate.append(h("span", { class: `dx-verdict ${picture.right ? "dx-is-right" : "dx-is-wrong"}`, "aria-hidden": "true" }, MARKS[`${picture.right}`]));
    this.element = h("button", { type: "button", class: "dx-score-tile" }, plate, this.foot, this.wrong, this.more);
    this.element.addEventListener("click", () => take(prompt, picture));
    this.paint();
  }
  pictures;
  prompt;
  picture;
  element;
  name;
  image = h("img", { alt: "", draggable: "false", hidden: true });
  foot = h("span", { class: "dx-tile-foot dx-number" });
  wrong = h("span", { class: "dx-tile-wrong", hidden: true });
  more = h("span", { class: "dx-tile-more", hidden: true });
  /** Lines below the picture; `whole` is what a screen reader says. */
  say(foot, whole2, wrong = "", more = "") {
    text(this.foot, foot);
    for (const [element, words] of [[this.wrong, wrong], [this.more, more]]) {
      text(element, words);
      element.hidden = words === "";
    }
    const { right } = this.picture;
    const verdict2 = right === null ? "" : right ? ", all facts right" : ", not all facts right";
    this.element.setAttribute("aria-label", `${whole2}${verdict2}`);
    this.element.title = whole2;
  }
  mark(inHand2) {
    this.element.setAttribute("aria-pressed", String(inHand2));
  }
  /** Show the picture, if it is here; it is asked for where it is not. */
  paint() {
    const { seed, there } = this.picture;
    const url = there ? this.pictures.url(this.prompt, seed) : null;
    this.image.hidden = url === null;
    if (url !== null && this.image.src !== url) this.image.src = url;
    const gone = !there || url === null && this.pictures.lacks(this.prompt, seed);
    this.element.classList.toggle("dx-gone", gone);
  }
};
var Tiles = class {
  constructor(pictures, take, most = 400) {
    this.pictures = pictures;
    this.take = take;
    this.most = most;
    pictures.on((names) => {
      for (const name of names) this.held.get(name)?.paint();
      for (const tile of this.loose) if (names.includes(tile.name)) tile.paint();
    });
  }
  pictures;
  take;
  most;
  held = /* @__PURE__ */ new Map();
  loose = [];
  get(prompt, picture) {
    const name = nameOf(prompt, picture.seed);
    let tile = this.held.get(name);
    if (!tile) {
      if (this.held.size > this.most) {
        for (const [old, one] of this.held) if (!one.element.isConnected) this.held.delete(old);
      }
      tile = new Tile(this.pictures, prompt, picture, this.take);
      this.held.set(name, tile);
    } else tile.paint();
    return tile;
  }
  /** One more tile of a picture that may stand in several places. */
  fresh(prompt, picture) {
    const tile = new Tile(this.pictures, prompt, picture, this.take);
    this.loose.push(tile);
    return tile;
  }
  /** Forget those tiles: others take their places. */
  forget() {
    this.loose = [];
  }
  mark(name) {
    for (const tile of [...this.held.values(), ...this.loose]) tile.mark(tile.name === name);
  }
};
function placed(picture, count2) {
  return `${ordinal(picture.place)} of ${count2}`;
}

// src/score_explorer/types.ts
var TABS = ["spread", "best", "matrix", "odd"];
function refusedOf(told) {
  return "refused" in told ? String(told.refused) : "";
}
var MATRIX_NEEDS_KERNEL = "Other pictures meet the texts in a running kernel only: open the notebook and run the cell.";

// src/score_explorer/values.ts
var THERE = 1;
var JUDGED = 2;
var RIGHT = 4;
function read(header, [seeds, scores, flags, right]) {
  const score2 = typed(scores, Float64Array);
  const flag = bytes(flags);
  const good = typed(right, Uint32Array);
  let at2 = 0;
  return header.counts.map((count2, prompt) => {
    const facts = header.facts[prompt];
    const pictures = [];
    for (const end = at2 + count2; at2 < end; at2++) {
      const bits = good[at2];
      const judged = (flag[at2] & JUDGED) !== 0;
      pictures.push({
        seed: String(seeds.getBigUint64(8 * at2, true)),
        score: score2[at2],
        there: (flag[at2] & THERE) !== 0,
        right: judged ? (flag[at2] & RIGHT) !== 0 : null,
        facts: judged && facts.length ? facts.map((_, bit) => (bits >>> bit & 1) === 1) : null,
        place: 0
      });
    }
    const ranked = [...pictures].sort((a, b) => b.score - a.score);
    ranked.forEach((one, place) => one.place = place + 1);
    return { pictures, ranked, facts };
  });
}
function inside(prompt, span) {
  if (span.length < 2) return [];
  return prompt.ranked.filter(({ score: score2 }) => score2 >= span[0] && score2 <= span[1]);
}
function winner(prompt, k) {
  return prompt.pictures.slice(0, k).reduce((best, one) => one.score > best.score ? one : best);
}
function inHand(prompt, seed) {
  return prompt.pictures.find((one) => one.seed === seed) ?? prompt.ranked[0];
}
function nearest(prompt, score2) {
  const away = (one) => Math.abs(one.score - score2);
  return prompt.ranked.reduce((best, one) => away(one) < away(best) ? one : best);
}
var Z95 = 1.959963984540054;
function wilson(hits, n) {
  const share = hits / n;
  const z = Z95 * Z95;
  const spread = Z95 * Math.sqrt(share * (1 - share) / n + z / (4 * n * n));
  const centre = share + z / (2 * n);
  const scale = 1 + z / n;
  return [Math.max(0, (centre - spread) / scale), Math.min(1, (centre + spread) / scale)];
}

// src/score_explorer/best.ts
var GUTTER = 46;
var NAMES = 148;
var HEAD = 36;
var FOOT = 40;
var TILE = { least: 44, most: 92 };
var BestView = class {
  constructor(store, prompts, pictures, take) {
    this.store = store;
    this.prompts = prompts;
    this.take = take;
    this.tiles = new Tiles(pictures, (prompt, picture) => this.choose(prompt, picture));
    const refused = refusedOf(store.get("best"));
    if (refused) {
      this.element.append(h("p", { class: "dx-refused" }, refused));
      return;
    }
    this.plot.append(this.canvas);
    this.element.append(this.winners, this.said, this.plot);
    const follow = (x) => this.go(this.near(x));
    pointer(this.plot, { hover: (x, _, event) => event.pointerType === "mouse" && event.buttons === 0 ? void 0 : follow(x), leave: () => void 0, tap: follow, grab: (x) => (follow(x), true), drag: follow, drop: follow }, store.signal);
    store.on(["k"], () => this.follow());
    store.on(["prompt"], () => this.wins());
    store.on(["picture"], () => this.mark());
  }
  store;
  prompts;
  take;
  element = h("div", { class: "dx-best" });
  winners = h("div", { class: "dx-winners" });
  said = h("p", { class: "dx-hint dx-winners-said" });
  plot = h("div", { class: "dx-best-plot", tabindex: 0, role: "slider", "aria-valuemin": 1 });
  canvas = svg("svg", { class: "dx-best-canvas", "aria-hidden": "true" });
  rule = svg("g", { class: "dx-rule" });
  tiles;
  across = new Scale(0, 1, 0, 1);
  points = [];
  high = 0;
  get best() {
    return this.store.get("best");
  }
  fit({ wide, narrow, big }) {
    if (refusedOf(this.store.get("best"))) return;
    const { ks, marked } = this.best;
    const names = narrow ? 12 : NAMES;
    this.across = new Scale(0, Math.log2(ks[ks.length - 1]) || 1, GUTTER + 8, wide - names - 8);
    assign(this.plot, { "aria-label": this.best.alt.split(". Curves")[0].split(" Expected best")[0], "aria-valuemax": ks[ks.length - 1] });
    const panels = this.panels(narrow, big);
    this.high = panels.reduce((sum, { high }) => sum + HEAD + high, 0) + FOOT;
    assign(this.canvas, { width: wide, height: this.high, viewBox: `0 0 ${wide} ${this.high}` });
    this.plot.style.height = `${this.high}px`;
    this.points = [];
    const drawn = [];
    let top = 0;
    for (const panel of panels) {
      drawn.push(...this.panel(panel, top + HEAD, narrow));
      top += HEAD + panel.high;
    }
    let free = Infinity;
    for (const k of [...marked].reverse()) {
      const x = this.x(k);
      if (x > free) continue;
      drawn.push(label(x, top + 17, String(k), "middle", "dx-strong"));
      free = x - 26;
    }
    drawn.push(label((this.across.from + this.across.to) / 2, top + 35, "k: pictures chosen among", "middle", "dx-axis-name"));
    clear(this.canvas, ...drawn, this.rule);
    const gaps = marked.map((k, i) => i ? this.x(k) - this.x(marked[i - 1]) : Infinity);
    const side = Math.min(TILE.most, Math.max(TILE.least, Math.min(...gaps) - 8));
    this.element.style.setProperty("--dx-winner", `${side}px`);
    this.wins();
    this.follow();
  }
  /** The next k, or the one that is twice as far. */
  step(by) {
    const { ks } = this.best;
    const at2 = ks.indexOf(this.store.get("k"));
    this.go(ks[Math.min(Math.max((at2 < 0 ? ks.length - 1 : at2) + by, 0), ks.length - 1)]);
  }
  double(by) {
    const { marked } = this.best;
    const k = this.store.get("k");
    const to = by > 0 ? marked.find((one) => one > k) : [...marked].reverse().find((one) => one < k);
    if (to) this.go(to);
  }
  end(last) {
    const { ks } = this.best;
    this.go(ks[last ? ks.length - 1 : 0]);
  }
  go(k) {
    if (k === this.store.get("k")) return;
    this.store.set("k", k);
    const prompt = this.store.get("prompt");
    this.take(prompt, winner(this.prompts[prompt], k));
  }
  choose(prompt, picture) {
    const { marked } = this.best;
    const k = marked.find((one) => winner(this.prompts[prompt], one) === picture);
    if (k && winner(this.prompts[prompt], this.store.get("k")) !== picture) this.store.set("k", k);
    this.take(prompt, picture);
  }
  x(k) {
    return this.across.at(Math.log2(k));
  }
  near(x) {
    const { ks } = this.best;
    return ks.reduce((best, k) => Math.abs(this.x(k) - x) < Math.abs(this.x(best) - x) ? k : best);
  }
  panels(narrow, big) {
    const { ks, score: gained, null: noise, right, ceiling, efficiency, random, marked } = this.best;
    const high = big ? 230 : narrow ? 150 : right ? 160 : 250;
    const whole2 = (one, name, colour) => ({ name, colour, ks: one.k, values: one.value, curve: one });
    const all = [...gained.value, ...gained.high, ...gained.low, ...noise].filter((one) => one !== null);
    const up = [Math.min(0, ...all), Math.max(...all, 0.1) * 1.06];
    const found = [{
      title: "Score",
      hint: narrow ? "in sd within the prompt" : "in standard deviations within the prompt",
      high,
      up,
      marks: ticks(up[0], up[1], 4),
      write: (value) => deviations(value).replace(/0? sd$/, ""),
      lines: [{ name: "pure noise", colour: "chance", ks, values: noise, dashed: true }, whole2(gained, "the best of k", "score")]
    }];
    const shares = { up: [0, 1], marks: [0, 0.5, 1], write: percent };
    if (right && ceiling && random !== null) found.push({
      title: "Right",
      hint: "by the judge, who does not choose",
      high,
      ...shares,
      lines: [
        { name: "nobody chooses", colour: "chance", ks, values: ks.map(() => random), dashed: true },
        whole2(ceiling, "one of k is right", "limit"),
        whole2(right, "the score chooses", "right")
      ]
    });
    if (efficiency && marked.length > 1) {
      const low = Math.min(0, ...efficiency.low.filter((one) => one !== null), ...efficiency.value.filter((one) => one !== null));
      const below = Math.max(-1, Math.floor(low * 2) / 2);
      found.push({
        title: "Efficiency",
        hint: narrow ? "of what is possible" : "0 %: nobody chooses; 100 %: the judge would",
        high: Math.round(0.6 * high),
        up: [below, 1],
        marks: below < 0 ? [below, 0, 1] : [0, 0.5, 1],
        write: percent,
        lines: [whole2(efficiency, "of what is possible", "right")]
      });
    }
    return found;
  }
  panel({ title, hint, lines, high, up, marks, write }, top, narrow) {
    const scale = new Scale(up[0], up[1], top + high - 4, top + 4);
    const { from, to } = this.across;
    const head = label(0, top - 14, title, "start", "dx-strong");
    const beside = svg("tspan", { class: "dx-faint", dx: 8 });
    beside.textContent = hint;
    head.append(beside);
    const out = [head];
    for (const mark of marks) {
      out.push(svg("path", { class: "dx-hairline", d: `M${from} ${scale.at(mark).toFixed(1)}H${to}` }), label(GUTTER - 4, scale.at(mark) + 4, write(mark), "end", "dx-faint"));
    }
    out.push(svg("path", { class: "dx-hairline", d: this.best.marked.map((k) => `M${this.x(k).toFixed(1)} ${top}V${top + high}`).join("") }));
    for (const line of lines) out.push(...this.line(line, scale, top));
    const known = lines.flatMap((line) => {
      const last = line.values[line.values.length - 1];
      return last === null ? [] : [{ line, y: scale.at(last) }];
    });
    if (narrow) return [...out, ...this.legend(lines, top)];
    const heights = apart(known.map(({ y }) => y), 16, top + 6, top + high);
    known.forEach(({ line }, i) => out.push(label(to + 14, heights[i] + 4, line.name, "start", `dx-of-${line.colour}`)));
    return out;
  }
  /** On a telephone names stand in the panel, where curves that rise leave room. */
  legend(lines, top) {
    return lines.length < 2 ? [] : lines.map((line, i) => label(this.across.from + 6, top + 14 + 14 * i, line.name, "start", `dx-of-${line.colour} dx-small`));
  }
  line(line, scale, top) {
    const at2 = (values, i) => [this.x(line.ks[i]), scale.at(values[i])];
    const limit = (value) => value === null ? null : Math.min(Math.max(value, scale.low), scale.high);
    const out = [];
    const { curve } = line;
    if (curve) {
      const [low, high] = [curve.low.map(limit), curve.high.map(limit)];
      const whole2 = low.map((one, i) => one === null || high[i] === null ? null : one);
      for (const [from, to] of runs(whole2)) {
        const span = Array.from({ length: to - from + 1 }, (_, i) => from + i);
        out.push(svg("path", { class: `dx-band dx-of-${line.colour}`, d: area(span.map((i) => at2(high, i)), span.map((i) => at2(low, i))) }));
      }
    }
    for (const [from, to] of runs(line.values)) {
      const span = Array.from({ length: to - from + 1 }, (_, i) => at2(line.values.map(limit), from + i));
      out.push(svg("path", { class: `dx-curve dx-of-${line.colour}${line.dashed ? " dx-dashed" : ""}`, d: path(span) }));
    }
    if (!line.dashed) {
      for (const k of this.best.marked) {
        const i = line.ks.indexOf(k);
        if (i < 0 || line.values[i] === null) continue;
        const [cx, cy] = at2(line.values.map(limit), i);
        out.push(svg("circle", { class: `dx-dot dx-of-${line.colour}`, cx: cx.toFixed(1), cy: cy.toFixed(1), r: 2.6 }));
      }
    }
    this.points.push({ scale, line, top });
    return out;
  }
  /** The rule at k, and where it meets the curves. */
  follow() {
    const k = this.store.get("k");
    const x = this.x(k);
    const dots = this.points.flatMap(({ scale, line }) => {
      const value = line.values[line.ks.indexOf(k)];
      return line.dashed || value === null || value === void 0 ? [] : [svg("circle", { class: `dx-dot dx-of-${line.colour}`, cx: x.toFixed(1), cy: scale.at(value).toFixed(1), r: 5 })];
    });
    const foot = label(x, this.high - FOOT + 17, String(k), "middle", "dx-k");
    const wide = 8 * String(k).length + 10;
    clear(
      this.rule,
      svg("path", { class: "dx-rule-line", d: `M${x.toFixed(1)} ${HEAD}V${this.high - FOOT}` }),
      ...dots,
      svg("rect", { class: "dx-k-plate", x: x - wide / 2, y: this.high - FOOT + 3, width: wide, height: 19, rx: 3 }),
      foot
    );
    const { score: gained, right } = this.best;
    const i = gained.k.indexOf(k);
    const told = gained.value[i] === null ? "" : `, score ${deviations(gained.value[i])}`;
    const good = right?.value[right.k.indexOf(k)];
    assign(this.plot, { "aria-valuenow": k, "aria-valuetext": `best of ${k}${told}${good === null || good === void 0 ? "" : `, right ${percent(good)}`}` });
    for (const tile of this.winners.children) tile.classList.toggle("dx-at-k", Number(tile.dataset.k) === k);
    this.mark();
  }
  /** The winner among the first k pictures, above each k. */
  wins() {
    const number = this.store.get("prompt");
    const prompt = this.prompts[number];
    const { marked } = this.best;
    const side = parseFloat(this.element.style.getPropertyValue("--dx-winner")) || TILE.most;
    let free = Infinity;
    const shown = [...marked].reverse().filter((k) => {
      const fits = this.x(k) <= free;
      if (fits) free = this.x(k) - side - 4;
      return fits;
    });
    const last = this.across.to + 8;
    this.tiles.forget();
    clear(this.winners, ...shown.reverse().map((k) => {
      const one = winner(prompt, k);
      const slot = h("div", { class: "dx-winner", "data-k": k });
      const tile = this.tiles.fresh(number, one);
      tile.say(`${score(one.score)}`, `winner of the first ${k}: seed ${one.seed}, score ${score(one.score)}, ${placed(one, prompt.pictures.length)}`);
      slot.append(tile.element);
      slot.style.left = `${Math.min(Math.max(this.x(k) - side / 2, 0), Math.max(last, this.x(k)) - side / 2)}px`;
      return slot;
    }));
    text(this.said, `The winner among the first k pictures of “${this.store.get("prompts")[number].prompt}”, by score. Curves: mean over ${counted(this.best.prompts, "prompt")}.`);
    this.follow();
  }
  mark() {
    const number = this.store.get("prompt");
    this.tiles.mark(nameOf(number, inHand(this.prompts[number], this.store.get("picture")).seed));
  }
};
function label(x, y, words, anchor, look) {
  const made = svg("text", { x: x.toFixed(1), y: y.toFixed(1), "text-anchor": anchor, class: look });
  made.textContent = words;
  return made;
}

// src/score_explorer/choose.ts
var NAMES2 = { spread: "spread", best: "best of k", matrix: "which text", odd: "disagreements" };
var Choose = class {
  constructor(store, turn, meet) {
    this.store = store;
    this.tabs = h("div", { class: "dx-tabs", role: "tablist", "aria-label": "what the scores say" });
    for (const tab of TABS) {
      const made = h("button", { type: "button", role: "tab", class: "dx-tab" }, NAMES2[tab]);
      made.addEventListener("click", () => store.set("tab", tab));
      this.buttons.set(tab, made);
      this.tabs.append(made);
    }
    const [prompt, which] = [unique("prompt"), unique("which")];
    this.prompt = h("select", { id: prompt }, ...store.get("prompts").map((one, i) => h("option", { value: i }, one.prompt)));
    this.prompt.addEventListener("change", () => turn(Number(this.prompt.value)));
    this.which = h("select", { id: which }, h("option", { value: "first" }, "first seed, chosen by nobody"), h("option", { value: "best" }, "best of its own text"));
    this.which.addEventListener("change", () => meet(this.which.value));
    this.promptField = h("div", { class: "dx-show" }, h("label", { for: prompt }, "Prompt"), this.prompt);
    this.whichField = h("div", { class: "dx-show" }, h("label", { for: which }, "Pictures"), this.which);
    this.element = h("div", { class: "dx-chosen" }, this.promptField, this.whichField);
    store.on(["tab", "prompt", "which"], () => this.follow());
    this.follow();
  }
  store;
  tabs;
  element;
  buttons = /* @__PURE__ */ new Map();
  prompt;
  promptField;
  which;
  whichField;
  go(tab) {
    this.store.set("tab", tab);
  }
  /** The next page, for arrow keys on the tabs. */
  turn(by) {
    const at2 = TABS.indexOf(this.store.get("tab"));
    const tab = TABS[(at2 + by + TABS.length) % TABS.length];
    this.store.set("tab", tab);
    this.buttons.get(tab).focus();
  }
  follow() {
    const tab = this.store.get("tab");
    for (const [name, made] of this.buttons) {
      made.setAttribute("aria-selected", String(name === tab));
      made.tabIndex = name === tab ? 0 : -1;
      const told = this.store.get(name);
      made.classList.toggle("dx-nothing", name !== "spread" && refusedOf(told) !== "");
    }
    this.promptField.hidden = tab !== "best" || this.store.get("prompts").length < 2;
    this.whichField.hidden = tab !== "matrix";
    this.prompt.value = String(this.store.get("prompt"));
    this.which.value = this.store.get("which");
  }
};

// src/score_explorer/hand.ts
var Hand = class {
  constructor(store, prompts, pictures) {
    this.store = store;
    this.prompts = prompts;
    this.pictures = pictures;
    this.element = h(
      "section",
      { class: "dx-score-hand", "aria-label": "the picture in hand" },
      this.plate,
      h("div", { class: "dx-hand-words" }, this.place, this.which, this.words, this.facts)
    );
    store.on(["prompt", "picture"], () => this.update());
    pictures.on((names) => {
      if (names.includes(this.name)) this.paint();
    });
    this.update();
  }
  store;
  prompts;
  pictures;
  element;
  image = h("img", { class: "dx-large", alt: "", draggable: "false" });
  plate = h("figure", { class: "dx-hand-plate" }, this.image);
  place = h("h3", { class: "dx-place" });
  which = h("p", { class: "dx-of-seed dx-number" });
  words = h("p", { class: "dx-words" });
  facts = h("ul", { class: "dx-facts", "aria-label": "the facts that the sentence states" });
  name = "";
  picture() {
    return inHand(this.prompts[this.store.get("prompt")], this.store.get("picture"));
  }
  update() {
    const number = this.store.get("prompt");
    const prompt = this.prompts[number];
    const one = this.picture();
    const { mean, sd } = this.store.get("spread").rows[number];
    this.name = nameOf(number, one.seed);
    const { scorer } = this.store.get("about");
    text(this.place, `${placed(one, prompt.pictures.length)} by ${scorer}`);
    const away = sd && mean.value !== null ? ` · ${deviations((one.score - mean.value) / sd)}` : "";
    text(this.which, `seed ${one.seed} · score ${score(one.score)}${away}`);
    text(this.words, this.store.get("prompts")[number].prompt);
    clear(this.facts, ...(one.facts ?? []).map((right, i) => h(
      "li",
      { class: right ? "dx-is-right" : "dx-is-wrong" },
      h("span", { class: "dx-tick", "aria-hidden": "true" }, right ? "✓" : "×"),
      h("span", {}, prompt.facts[i], h("span", { class: "dx-unseen" }, right ? ": right" : ": not found"))
    )));
    this.facts.hidden = !one.facts;
    this.paint();
  }
  paint() {
    const one = this.picture();
    const number = this.store.get("prompt");
    const url = one.there ? this.pictures.url(number, one.seed) : null;
    this.image.hidden = url === null;
    if (url !== null && this.image.src !== url) this.image.src = url;
    const gone = !one.there || url === null && this.pictures.lacks(number, one.seed);
    if (gone) this.plate.dataset.why = one.there ? "not in this page" : "only its score was kept";
    else delete this.plate.dataset.why;
    this.image.alt = `picture of “${this.store.get("prompts")[number].prompt}”, seed ${one.seed}`;
  }
};
function verdicts(right, n, [low, high]) {
  return `${right} of ${n} right: ${percent(right / n)} (${percent(low)} to ${percent(high)})`;
}

// src/shared/grid.ts
var ARROWS = {
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0]
};

// src/score_explorer/keymap.ts
function keymap(store, { choose, spread, best, matrix, tray, full }) {
  const sideways = { ArrowLeft: -1, ArrowRight: 1 };
  const lane = (event) => {
    const { key } = event;
    const here = spread.lane(Number(event.target.closest(".dx-lane").dataset.number));
    if (key in sideways) return event.shiftKey ? here.nudge(sideways[key]) : here.step(sideways[key]), true;
    if (key === "Home" || key === "End") return here.step(key === "Home" ? -Infinity : Infinity), true;
    if (key === "ArrowUp" || key === "ArrowDown") return spread.turn(key === "ArrowUp" ? -1 : 1), true;
    if (key === "[" || key === "]") return here.nudge(0, key === "]" ? 0.5 : -0.5), true;
    if (key === "Enter") return tray.focus(), true;
    return false;
  };
  const curve = ({ key }) => {
    if (key in sideways) return best.step(sideways[key]), true;
    if (key === "ArrowUp" || key === "ArrowDown") return best.step(key === "ArrowUp" ? 1 : -1), true;
    if (key === "PageUp" || key === "PageDown") return best.double(key === "PageUp" ? 1 : -1), true;
    if (key === "Home" || key === "End") return best.end(key === "End"), true;
    return false;
  };
  return (event) => {
    const target = event.target;
    const { key } = event;
    if (key === "Escape") {
      if (store.get("tab") === "spread") store.set("span", []);
      store.set("cell", [-1, -1]);
      return false;
    }
    if (key === "f") return full(), true;
    const page = Number(key);
    if (page >= 1 && page <= TABS.length) return choose.go(TABS[page - 1]), true;
    if (target.matches("[role=tab]") && key in sideways) return choose.turn(sideways[key]), true;
    if (target.matches(".dx-lane-plot")) return lane(event);
    if (target.matches(".dx-best-plot")) return curve(event);
    if (target.matches(".dx-matrix-plate")) {
      if (key in ARROWS) return matrix.move(key), true;
      if (key === "Enter" || key === " ") return matrix.use(), true;
    }
    if (target.matches(".dx-tray .dx-score-tile") && key in sideways) return tray.step(sideways[key]), true;
    return false;
  };
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
function contrast([r, g, b]) {
  return 0.299 * r + 0.587 * g + 0.114 * b > 140 ? "#1f1c18" : "#ffffff";
}

// src/score_explorer/matrix.ts
var LARGE = 84;
var TELLS = 42;
var PICTURED = 26;
var NAMED = 17;
var LABEL = 210;
var MatrixView = class {
  constructor(store, pictures, take) {
    this.store = store;
    this.pictures = pictures;
    this.take = take;
    pictures.on((names) => {
      for (const name of names) for (const image of this.images.get(name) ?? []) this.fill(image);
    });
    this.plate.className = "dx-plate dx-matrix-plate";
    this.bar.className = "dx-colours";
    assign(this.plate, { tabindex: 0, role: "img" });
    this.legend.append(this.bar, this.ends);
    const axes = h("p", { class: "dx-hint" }, "Rows: pictures. Columns: texts, in the same order. Thinly framed: its own text; bold or with a dot: the highest of its row.");
    this.body.append(this.heads, h("div", { class: "dx-matrix-line" }, this.names, this.plate), this.said, this.legend, axes);
    this.element.append(this.refused, this.body);
    const over = (x, y) => this.point(this.fieldAt(x, y));
    pointer(this.plate, {
      hover: over,
      leave: () => this.point([-1, -1]),
      tap: (x, y) => this.choose(this.fieldAt(x, y)[0])
    }, store.signal);
    store.on(["cell", "prompt", "picture"], () => this.follow());
    const ramp = new ImageData(256, 1);
    for (let i = 0; i < 256; i++) ramp.data.set([...amount.subarray(3 * i, 3 * i + 3), 255], 4 * i);
    pen(this.bar).putImageData(ramp, 0, 0);
  }
  store;
  pictures;
  take;
  element = h("div", { class: "dx-matrix" });
  refused = h("p", { class: "dx-refused" });
  body = h("div", { class: "dx-matrix-body" });
  heads = h("ol", { class: "dx-matrix-heads dx-number", "aria-hidden": "true" });
  images = /* @__PURE__ */ new Map();
  names = h("ol", { class: "dx-matrix-names", "aria-hidden": "true" });
  plate = canvas(1, 1);
  pen = pen(this.plate);
  said = h("p", { class: "dx-matrix-said", role: "status" });
  bar = canvas(256, 1);
  ends = h("div", { class: "dx-ticks" });
  legend = h("div", { class: "dx-scale", role: "img" });
  values = new Float32Array(0);
  side = 1;
  // CSS pixels of a field
  field = canvas(1, 1);
  // one pixel for each score
  best = [];
  // column of the highest of each row
  extent = [0, 0];
  get told() {
    const told = this.store.get("matrix");
    return "bytes" in told ? told : null;
  }
  fit({ wide, narrow, big }) {
    const { told } = this;
    const alive = this.store.get("alive");
    text(this.refused, told ? "" : refusedOf(this.store.get("matrix")) || (alive ? "Every picture meets every text: wait a moment." : ""));
    this.refused.hidden = told !== null;
    this.body.hidden = told === null;
    if (!told) return;
    this.values = typed(told.bytes, Float32Array);
    const n = told.prompts.length;
    const label2 = narrow ? 0 : LABEL;
    const most = big ? 900 : 620;
    const room = Math.min(wide - label2, most);
    let side = Math.min(big ? 72 : LARGE, room / n);
    const named = !narrow && side >= NAMED;
    if (!named) side = Math.min(big ? 72 : LARGE, Math.min(wide, most) / n);
    this.side = side >= 4 ? Math.floor(side) : side;
    this.names.hidden = !named;
    clear(this.names, ...named ? told.prompts.map((prompt, row2) => {
      const words = this.store.get("prompts")[prompt].prompt;
      const one = h("li", { title: words }, h("span", {}, words));
      one.style.height = `${this.side}px`;
      if (this.side >= PICTURED) one.append(this.thumb(prompt, told.seeds[row2]));
      return one;
    }) : []);
    this.heads.hidden = !named;
    clear(this.heads, ...named ? told.prompts.map((_, column) => {
      const one = h("li", {}, String(column + 1));
      one.style.width = `${this.side}px`;
      return one;
    }) : []);
    this.measure(n);
    const [low, high] = this.extent;
    clear(this.ends, h("span", {}, score(low)), h("span", {}, `${score(high)} ${this.store.get("about").scorer}`));
    this.ends.children[0].style.left = "0%";
    this.ends.children[1].style.left = "100%";
    this.legend.setAttribute("aria-label", `scores from ${score(low)} to ${score(high)}`);
    this.plate.setAttribute("aria-label", told.alt.split(". Raw scores")[0]);
    this.follow();
  }
  /** One field on, with an arrow key. */
  move(key) {
    const { told } = this;
    if (!told) return;
    const n = told.prompts.length;
    const [row2, column] = this.store.get("cell");
    if (row2 < 0) return this.point([this.rowInHand(), this.rowInHand()]);
    const [down, right] = ARROWS[key];
    const limit = (at2) => Math.min(Math.max(at2, 0), n - 1);
    this.point([limit(row2 + down), limit(column + right)]);
  }
  use() {
    const [row2] = this.store.get("cell");
    if (row2 >= 0) this.choose(row2);
  }
  thumb(prompt, seed) {
    const image = h("img", { alt: "", draggable: "false", "data-prompt": prompt, "data-seed": seed, hidden: true });
    const name = nameOf(prompt, seed);
    this.images.set(name, [...(this.images.get(name) ?? []).filter((one) => one.isConnected), image]);
    this.fill(image);
    const plate = h("span", { class: "dx-matrix-thumb" }, image);
    plate.style.width = plate.style.height = `${Math.min(this.side - 4, 64)}px`;
    return plate;
  }
  fill(image) {
    const url = this.pictures.url(Number(image.dataset.prompt), image.dataset.seed);
    image.hidden = url === null;
    if (url !== null) image.src = url;
  }
  get picture() {
    return this.store.get("picture");
  }
  rowInHand() {
    return Math.max(0, this.told?.prompts.indexOf(this.store.get("prompt")) ?? 0);
  }
  choose(row2) {
    const { told } = this;
    if (told && row2 >= 0) this.take(told.prompts[row2], told.seeds[row2]);
  }
  fieldAt(x, y) {
    const n = this.told?.prompts.length ?? 0;
    const [row2, column] = [Math.floor(y / this.side), Math.floor(x / this.side)];
    return row2 >= 0 && row2 < n && column >= 0 && column < n ? [row2, column] : [-1, -1];
  }
  point(field) {
    this.store.set("cell", field);
  }
  /** What does not change while a hand moves over the matrix. */
  measure(n) {
    let [low, high] = [Infinity, -Infinity];
    for (const value of this.values) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
    this.extent = [low, high];
    const image = new ImageData(n, n);
    this.values.forEach((one, i) => {
      const level = this.level(one);
      image.data.set([...amount.subarray(3 * level, 3 * level + 3), 255], 4 * i);
    });
    this.field = canvas(n, n);
    pen(this.field).putImageData(image, 0, 0);
    this.best = Array.from({ length: n }, (_, row2) => {
      const values = this.values.subarray(row2 * n, (row2 + 1) * n);
      return values.reduce((best, value, column) => value > values[best] ? column : best, 0);
    });
  }
  level(value) {
    const [low, high] = this.extent;
    return high > low ? Math.round(255 * (value - low) / (high - low)) : 0;
  }
  follow() {
    const { told } = this;
    if (!told || !this.values.length) return;
    this.paint(told);
    const n = told.prompts.length;
    const [over, column] = this.store.get("cell");
    const row2 = over < 0 ? this.rowInHand() : over;
    const name = (place) => `“${this.store.get("prompts")[told.prompts[place]].prompt}”`;
    if (over >= 0) {
      const value = this.values[row2 * n + column];
      const higher = this.values.subarray(row2 * n, (row2 + 1) * n).filter((one) => one > value).length;
      const own = row2 === column ? "its own text" : `the text ${name(column)}`;
      text(this.said, `The picture of ${name(row2)} and ${own}: ${score(value)}, the ${ordinal(higher + 1)} of ${n}.`);
    } else {
      const others = Array.from(this.values.subarray(row2 * n, (row2 + 1) * n), (value, place) => ({ value, place })).sort((a, b) => b.value - a.value);
      const best = others[0].place === row2 ? others[1] : others[0];
      text(this.said, `For the picture of ${name(row2)}, its own text is the ${ordinal(told.ranks[row2])} of ${n}${best ? `; ${told.ranks[row2] === 1 ? "next" : "first"}: ${name(best.place)}` : ""}.`);
    }
  }
  paint(told) {
    const n = told.prompts.length;
    const ratio = window.devicePixelRatio || 1;
    const whole2 = Math.round(n * this.side * ratio);
    [this.plate.width, this.plate.height] = [whole2, whole2];
    this.plate.style.width = this.plate.style.height = `${n * this.side}px`;
    this.pen.imageSmoothingEnabled = false;
    this.pen.drawImage(this.field, 0, 0, whole2, whole2);
    this.marks(told, whole2 / n, Math.max(1, Math.round(ratio)));
  }
  /** The numbers of a row, that of its highest bold. */
  tell(row2, unit, values, best) {
    const context = this.pen;
    context.textAlign = "center";
    context.textBaseline = "middle";
    values.forEach((value, column) => {
      const level = this.level(value);
      context.fillStyle = contrast([amount[3 * level], amount[3 * level + 1], amount[3 * level + 2]]);
      context.font = `${column === best ? "700 " : ""}${Math.round(unit / this.side * (this.side > 60 ? 14 : 11.5))}px system-ui, "DejaVu Sans", sans-serif`;
      context.fillText(score(value), (column + 0.5) * unit, (row2 + 0.53) * unit);
    });
  }
  marks(told, unit, thin) {
    const n = told.prompts.length;
    const context = this.pen;
    const both = (draw2, thick, colour) => {
      for (const [width, ink] of [[thick + 2 * thin, "rgba(255, 255, 255, 0.8)"], [thick, colour]]) {
        context.lineWidth = width;
        context.strokeStyle = ink;
        draw2();
      }
    };
    for (let row3 = 0; row3 < n; row3++) {
      const best = this.best[row3];
      if (unit >= 5 * thin) {
        context.lineWidth = thin;
        context.strokeStyle = "rgba(31, 28, 24, 0.75)";
        context.strokeRect(row3 * unit + thin / 2, row3 * unit + thin / 2, unit - thin, unit - thin);
      }
      if (this.side >= TELLS) {
        this.tell(row3, unit, this.values.subarray(row3 * n, (row3 + 1) * n), best);
        continue;
      }
      context.beginPath();
      context.arc((best + 0.5) * unit, (row3 + 0.5) * unit, Math.max(thin, Math.min(4.5 * thin, 0.2 * unit)), 0, 7);
      context.fillStyle = best === row3 ? "#ffffff" : "#1f1c18";
      context.fill();
      context.lineWidth = thin;
      context.strokeStyle = best === row3 ? "#1f1c18" : "#ffffff";
      context.stroke();
    }
    for (const [first, last] of told.blocks) {
      const size = (last - first + 1) * unit;
      both(() => context.strokeRect(first * unit, first * unit, size, size), 2 * thin, "#0b5a5f");
    }
    const [over, column] = this.store.get("cell");
    const row2 = over < 0 ? this.rowInHand() : over;
    const { picture } = this;
    if (over >= 0 || picture === told.seeds[row2]) both(() => context.strokeRect(thin, row2 * unit + thin, n * unit - 2 * thin, unit - 2 * thin), 1.5 * thin, "#a8381c");
    if (over >= 0) both(() => context.strokeRect(column * unit, row2 * unit, unit, unit), 2 * thin, "#1f1c18");
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
  const [path2, kind] = PATHS[name];
  const look = kind === "fill" ? { fill: "currentColor" } : { fill: "none", stroke: "currentColor", "stroke-width": 1.4, "stroke-linecap": "round", "stroke-linejoin": "round" };
  const size = { viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true", class: "dx-icon" };
  return svg("svg", size, svg("path", { d: path2, ...look }));
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

// src/score_explorer/more.ts
var KEYS = "Keys: 1 to 4 change the page; left and right go from picture to picture by score, with Shift they move the brush, [ and ] narrow and widen it, Escape takes it away; up and down change the prompt. In “best of k” left and right change k, Page Up and Page Down double and halve it. In “which text” arrows move, Enter takes the picture. f fills the screen.";
var NAMES3 = { raincloud: "rainclouds", ecdf: "steps with their band", ridges: "ridges" };
var More = class {
  constructor(store, projector2) {
    this.store = store;
    const [id, shape] = [unique("more"), unique("shape")];
    const copy = new CopyPython(store);
    const keep = button("Keep", () => store.send({ kind: "keep" }), { icon: icon("keep"), quiet: true, title: "write a still with its caption into the notebook" });
    this.needs = [copy.button, keep];
    this.select = h("select", { id: shape }, h("option", { value: "" }, "what shows most"), ...store.get("spread").kinds.map((kind) => h("option", { value: kind }, NAMES3[kind])));
    this.select.addEventListener("change", () => store.set("shape", this.select.value));
    this.shape = h("div", { class: "dx-show" }, h("label", { for: shape }, "Distributions as"), this.select);
    this.toggle = button("More", () => this.open(this.element.hidden === true), { icon: icon("more"), quiet: true });
    this.toggle.setAttribute("aria-controls", id);
    const left = h("p", { class: "dx-hint" });
    text(left, store.get("about").left_out);
    this.element = h(
      "div",
      { class: "dx-more", id, hidden: true },
      h("div", { class: "dx-actions" }, this.shape, copy.button, keep, button("Full screen", projector2, { icon: icon("full"), quiet: true })),
      left,
      this.sentence,
      copy.code,
      copy.said,
      h("p", { class: "dx-hint dx-keys" }, KEYS)
    );
    store.on(["alive"], () => this.able());
    store.on(["shape"], () => this.follow());
    this.open(false);
    this.follow();
    this.able();
  }
  store;
  toggle;
  element;
  needs;
  sentence = h("p", { class: "dx-hint dx-needs" }, NEEDS_KERNEL);
  select;
  shape;
  open(open) {
    this.element.hidden = !open;
    this.toggle.setAttribute("aria-expanded", String(open));
  }
  follow() {
    this.select.value = this.store.get("shape");
    this.shape.hidden = this.store.get("spread").kinds.length < 2;
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

// src/score_explorer/numbers.ts
function table(heading, rows, note = "") {
  const body = rows.map(({ name, value, beside, chance, colour }) => h(
    "div",
    { class: "dx-told" },
    h("dt", {}, colour ? h("i", { class: `dx-swatch dx-of-${colour}`, "aria-hidden": "true" }) : null, name),
    h("dd", { class: "dx-number" }, h("b", {}, value), beside ? h("span", {}, beside) : null, chance ? h("span", {}, chance) : null)
  ));
  return h("div", { class: "dx-numbers" }, h("h4", {}, heading), h("dl", {}, ...body), note ? h("p", { class: "dx-hint" }, note) : null);
}
function row(name, one, write, colour) {
  const [value, beside] = measured(one, write);
  return { name, value, beside, colour };
}
function ofPrompt(one) {
  const rows = [
    row("mean", one.mean, score),
    { name: "median", value: score(one.quartiles[1]), beside: "" },
    { name: "middle half", value: "", beside: `${score(one.quartiles[0])} to ${score(one.quartiles[2])}` },
    { name: "all", value: "", beside: `${score(one.ends[0])} to ${score(one.ends[1])}` }
  ];
  if (one.sd !== null) rows.splice(1, 0, { name: "sd", value: one.sd.toFixed(3), beside: "" });
  if (one.right) rows.push(row("right", one.right, percent, "right"));
  return [`This prompt, ${counted(one.n, "picture")}`, rows, one.mean.low === null ? "" : "Beside mean and share their 95 % intervals, over these pictures."];
}
function at(told, k) {
  const i = told.k.indexOf(k);
  if (i < 0) return { value: null, low: null, high: null, n: told.n };
  return { value: told.value[i], low: told.low[i], high: told.high[i], n: told.n };
}
function ofChoice(best, k) {
  const rows = [
    row("score", at(best.score, k), deviations, "score"),
    { name: "pure noise", value: deviations(best.null[best.ks.indexOf(k)]), beside: "", colour: "chance" }
  ];
  if (best.right && best.ceiling) {
    rows.push(row("right", at(best.right, k), percent, "right"), row("one of k right", at(best.ceiling, k), percent, "limit"));
    if (best.random !== null) rows.push({ ...row("nobody chooses", at(best.right, 1), percent, "chance"), value: percent(best.random) });
  }
  if (best.efficiency && k > 1) rows.push(row("efficiency", at(best.efficiency, k), percent, "right"));
  const few = best.score.indicative ? " Few prompts: the intervals are hints." : "";
  const judged = best.right && best.judged < best.prompts ? ` Right: over ${counted(best.judged, "prompt")}.` : "";
  return [`Best of ${k}, over ${counted(best.prompts, "prompt")}`, rows, `${few}${judged}`.trim()];
}
function ofTexts(found) {
  const n = found.prompts.length;
  const chance = (share) => `chance ${percent(share)}`;
  const both = (one, by) => ({ ...one, chance: by });
  const rows = found.recall.map(({ k, rate, chance: by }) => both(row(k === 1 ? "is first" : `in first ${k}`, rate, percent, "score"), chance(by)));
  const plain = (value) => value.toFixed(2);
  rows.push(both(row("1 / rank", found.mrr.mean, plain), `chance ${plain(found.mrr.chance)}`));
  rows.push(both(row("rank", found.rank.mean, (value) => value.toFixed(1)), `chance ${found.rank.chance.toFixed(1)}`));
  for (const { what, rate, chance: by } of found.swaps ?? []) rows.push(both(row(`swapped: ${what}`, rate, percent, "right"), chance(by)));
  return [`Its own text, of ${n}, over ${n} pictures`, rows, ""];
}
function ofJudge(odd) {
  const plain = (value) => value.toFixed(2);
  const rows = [];
  if (odd.share) rows.push(row("right", odd.share, percent, "right"));
  if (odd.within) rows.push(row("same prompt", odd.within, plain, "score"));
  if (odd.pooled !== null) rows.push({ name: "any prompt", value: plain(odd.pooled), beside: "" });
  const over = odd.within ? ` over ${counted(odd.within.n, "prompt")} that ${odd.within.n === 1 ? "has" : "have"} both` : "";
  const note = odd.within || odd.pooled !== null ? `How often a right picture scores above a wrong one${over}: 0.50 by chance. Only “same prompt” says what choosing by score is worth.` : "";
  return [odd.share ? `The judge, ${counted(odd.share.n, "picture")}` : "The judge", rows, note];
}

// src/score_explorer/odd.ts
var OddView = class {
  constructor(store, prompts, pictures, take) {
    this.store = store;
    this.prompts = prompts;
    this.tiles = new Tiles(pictures, take);
    store.on(["prompt", "picture"], () => this.mark());
  }
  store;
  prompts;
  element = h("div", { class: "dx-odd" });
  tiles;
  drawn = false;
  /** Made when the page is opened first: its pictures need not come before. */
  show() {
    if (this.drawn) return this.mark();
    this.drawn = true;
    const told = this.store.get("odd");
    const refused = refusedOf(told);
    if (refused) return clear(this.element, h("p", { class: "dx-refused" }, refused));
    const { high, low, counts } = told;
    clear(
      this.element,
      this.strip("Scored high, but wrong", "dx-of-score", high, counts[0] ? `${high.length} of ${counts[0]} wrong ones above the mean of their prompt` : "No wrong picture scores above the mean of its prompt."),
      this.strip("Scored low, but right", "dx-of-right", low, counts[1] ? `${low.length} of ${counts[1]} right ones below the mean of their prompt` : "No right picture scores below the mean of its prompt.")
    );
    this.mark();
  }
  strip(title, look, all, count2) {
    const several = this.prompts.length > 1;
    const tiles = all.flatMap(({ prompt, seed, standard, wrong }) => {
      const picture = this.prompts[prompt].pictures.find((one) => one.seed === seed);
      if (!picture) return [];
      const tile = this.tiles.get(prompt, picture);
      const place = placed(picture, this.prompts[prompt].pictures.length);
      const words = this.store.get("prompts")[prompt].prompt;
      const lacks = wrong.length ? `not ${this.facts(prompt, picture, wrong)}` : "";
      tile.say(`${ordinal(picture.place)} · ${deviations(standard)}`, `“${words}”, seed ${seed}, ${place}, ${deviations(standard)}${lacks ? `, ${lacks}` : ""}`, lacks, several ? words : "");
      return [tile.element];
    });
    return h("section", { class: "dx-odd-strip" }, h("h4", { class: look }, title), h("p", { class: "dx-hint" }, count2), h("div", { class: "dx-odd-wall" }, ...tiles));
  }
  /** What the judge did not find, as the sentence states it. */
  facts(prompt, picture, wrong) {
    const stated = this.prompts[prompt].facts.filter((_, i) => picture.facts?.[i] === false);
    return (stated.length ? stated.map((fact) => fact.replace(/^[^:]*: /, "")) : wrong).join(", ");
  }
  mark() {
    const number = this.store.get("prompt");
    this.tiles.mark(nameOf(number, inHand(this.prompts[number], this.store.get("picture")).seed));
  }
};

// src/score_explorer/clouds.ts
var GOLDEN = 0.6180339887498949;
var LEVELS = 65535;
function outline(spread, number) {
  const { points, bytes: bytes2 } = spread.density;
  const all = typed(bytes2, Uint16Array);
  return Array.from(all.subarray(number * points, (number + 1) * points), (level) => level / LEVELS);
}
function draw(shape, place) {
  return { raincloud, ecdf: steps, ridges: ridge }[shape](place);
}
function hairlines({ lines, scale, high }) {
  return svg("path", { class: "dx-hairline", d: lines.map((tick2) => `M${scale.at(tick2).toFixed(1)} 0V${high}`).join("") });
}
function silhouette({ spread, number, scale }, base, reach) {
  const shares = outline(spread, number);
  const along = new Scaled(spread.axis, shares.length);
  return shares.map((share, i) => [scale.at(along.at(i)), base - share * reach]);
}
var Scaled = class {
  constructor(ends, count2) {
    this.ends = ends;
    this.count = count2;
  }
  ends;
  count;
  at(i) {
    return this.ends[0] + i / Math.max(1, this.count - 1) * (this.ends[1] - this.ends[0]);
  }
};
function verdict({ right }) {
  return right === null ? "dx-unread" : right ? "dx-right" : "dx-wrong";
}
function raincloud(place) {
  const { prompts, spread, number, scale, high } = place;
  const { pictures } = prompts[number];
  const base = Math.round(0.55 * high);
  const cloud = silhouette(place, base, base - 4);
  const [first, median, third] = spread.rows[number].quartiles.map((value) => scale.at(value));
  const box = base + 7;
  const top = base + 18;
  const radius = pictures.length > 120 ? 2.4 : pictures.length > 40 ? 3.2 : 4;
  const room = high - top - 2 * radius - 1;
  const anchors = pictures.map((one, i) => [scale.at(one.score), top + radius + (i + 1) * GOLDEN % 1 * room]);
  const marks = pictures.map((one, i) => svg("circle", { class: `dx-drop ${verdict(one)}`, cx: anchors[i][0].toFixed(1), cy: anchors[i][1].toFixed(1), r: radius }));
  return {
    elements: [
      hairlines(place),
      svg("path", { class: "dx-cloud", d: area(cloud, base) }),
      svg("path", { class: "dx-cloud-edge", d: path(cloud) }),
      svg("path", { class: "dx-box", d: `M${first.toFixed(1)} ${box}H${third.toFixed(1)}` }),
      svg("path", { class: "dx-median", d: `M${median.toFixed(1)} ${box - 5}V${box + 5}` }),
      ...rightOnTop(marks, pictures)
    ],
    marks,
    anchors
  };
}
function rightOnTop(marks, pictures) {
  return [...marks.filter((_, i) => !pictures[i].right), ...marks.filter((_, i) => pictures[i].right)];
}
var RUG = 13;
function steps(place) {
  const { prompts, spread, number, scale, high } = place;
  const { pictures, ranked } = prompts[number];
  const base = high - RUG - 6;
  const up = (share) => base - share * (base - 4);
  const corners = (prompt) => stairs([...prompt.ranked].reverse().map(({ score: score2 }) => score2), scale.low, scale.high);
  const placed2 = (points) => points.map(([x, y]) => [scale.at(x), up(y)]);
  const own = corners(prompts[number]);
  const band = spread.band[number];
  const edge = (by) => own.map(([x, y]) => [scale.at(x), up(Math.min(1, Math.max(0, y + by)))]);
  const anchors = pictures.map(({ score: score2 }) => [scale.at(score2), high - 1 - RUG / 2]);
  const marks = pictures.map((one, i) => svg("path", { class: `dx-rug-mark ${verdict(one)}`, d: `M${anchors[i][0].toFixed(1)} ${high - RUG}V${high - 1}` }));
  const others = prompts.filter((_, i) => i !== number && prompts.length <= 6);
  return {
    elements: [
      hairlines(place),
      svg("path", { class: "dx-hairline", d: [0, 0.5, 1].map((share) => `M${scale.from} ${up(share).toFixed(1)}H${scale.to}`).join("") }),
      ...others.map((other) => svg("path", { class: "dx-other", d: path(placed2(corners(other))) })),
      ...ranked.length > 1 ? [svg("path", { class: "dx-band dx-of-score", d: area(edge(band), edge(-band)) })] : [],
      svg("path", { class: "dx-steps", d: path(placed2(own)) }),
      ...rightOnTop(marks, pictures)
    ],
    marks,
    anchors
  };
}
var BELOW = 3;
function ridge(place) {
  const { prompts, number, scale, high, mine } = place;
  const { pictures } = prompts[number];
  const base = high - BELOW;
  const line = silhouette(place, base, 2.1 * high);
  const anchors = pictures.map(({ score: score2 }) => [scale.at(score2), base - 5]);
  const marks = mine ? pictures.map((one, i) => svg("path", { class: `dx-rug-mark ${verdict(one)}`, d: `M${anchors[i][0].toFixed(1)} ${base - 10}V${base}` })) : [];
  return {
    elements: [
      svg("path", { class: "dx-ridge", d: area(line, base) }),
      svg("path", { class: "dx-cloud-edge", d: path(line) }),
      ...rightOnTop(marks, mine ? pictures : [])
    ],
    marks,
    anchors
  };
}

// src/score_explorer/lane.ts
var STILL_PX2 = 4;
var EDGE_PX = 7;
var PART = 40;
var Lane = class {
  constructor(store, number, take) {
    this.store = store;
    this.number = number;
    this.take = take;
    this.plot = h("div", { class: "dx-lane-plot", tabindex: 0, role: "slider", "aria-valuemin": 1 }, this.canvas, this.brush);
    this.plot.setAttribute("aria-label", `pictures of “${store.get("prompts")[number].prompt}” by score`);
    const leave = () => void 0;
    pointer(this.plot, {
      hover: (x) => this.point(x),
      leave,
      tap: leave,
      grab: (x) => this.grab(x),
      drag: (x) => this.drag(x),
      drop: (x) => this.drop(x)
    }, store.signal);
  }
  store;
  number;
  take;
  plot;
  canvas = svg("svg", { class: "dx-lane-canvas", "aria-hidden": "true" });
  brush = h("div", { class: "dx-brush", hidden: true });
  ring = svg("circle", { class: "dx-ring", r: 7 });
  drawn = { elements: [], marks: [], anchors: [] };
  place = null;
  shape = "ridges";
  from = 0;
  // where a drag began, in pixels
  held = null;
  show(shape, given) {
    const place = { ...given, mine: this.store.get("prompt") === this.number };
    this.place = place;
    this.shape = shape;
    this.drawn = draw(shape, place);
    assign(this.canvas, { width: place.wide, height: place.high, viewBox: `0 0 ${place.wide} ${place.high}` });
    this.plot.style.height = `${place.high}px`;
    clear(this.canvas, ...this.drawn.elements, this.ring);
    this.follow();
  }
  /** Show what is brushed and which picture is in hand, if they are this prompt's. */
  follow() {
    if (!this.place) return;
    const mine = this.store.get("prompt") === this.number;
    if (this.shape === "ridges" && mine !== this.place.mine) return this.show(this.shape, this.place);
    const span = mine ? this.store.get("span") : [];
    const prompt = this.place.prompts[this.number];
    const { scale } = this.place;
    this.plot.classList.toggle("dx-mine", mine);
    this.plot.classList.toggle("dx-brushed", span.length === 2);
    this.brush.hidden = span.length !== 2;
    if (span.length === 2) {
      const [left, right] = span.map((value) => scale.at(value));
      this.brush.style.left = `${left}px`;
      this.brush.style.width = `${Math.max(2, right - left)}px`;
    }
    this.drawn.marks.forEach((mark, i) => {
      const { score: at2 } = prompt.pictures[i];
      mark.classList.toggle("dx-out", span.length === 2 && (at2 < span[0] || at2 > span[1]));
    });
    const one = inHand(prompt, mine ? this.store.get("picture") : "");
    const [x, y] = this.drawn.anchors[prompt.pictures.indexOf(one)];
    assign(this.ring, { cx: x.toFixed(1), cy: y.toFixed(1) });
    this.ring.style.visibility = mine ? "visible" : "hidden";
    const count2 = prompt.pictures.length;
    const brushed = span.length === 2 ? `; brushed: ${inside(prompt, span).length} from ${score(span[0])} to ${score(span[1])}` : "";
    assign(this.plot, {
      "aria-valuemax": count2,
      "aria-valuenow": count2 + 1 - one.place,
      "aria-valuetext": `${placed(one, count2)}, score ${score(one.score)}${brushed}`
    });
  }
  /** The next picture by score, or an earlier one. */
  step(by) {
    const prompt = this.place.prompts[this.number];
    const mine = this.store.get("prompt") === this.number;
    const at2 = inHand(prompt, mine ? this.store.get("picture") : "").place - 1;
    const to = Math.min(Math.max(at2 - by, 0), prompt.ranked.length - 1);
    this.take(this.number, prompt.ranked[to]);
  }
  /** Move the brush along, or make it wider; where there is none, put one around the picture in hand. */
  nudge(by, wider = 0) {
    const { scale, prompts } = this.place;
    const part = (scale.high - scale.low) / PART;
    let span = this.store.get("prompt") === this.number ? this.store.get("span") : [];
    if (span.length !== 2) {
      const { score: middle } = inHand(prompts[this.number], this.store.get("prompt") === this.number ? this.store.get("picture") : "");
      span = [middle - 2 * part, middle + 2 * part];
      by = wider = 0;
    }
    const low = span[0] + (by - wider) * part;
    this.span(low, Math.max(low, span[1] + (by + wider) * part));
  }
  span(low, high) {
    const { scale } = this.place;
    const limit = (value) => Math.min(Math.max(value, scale.low), scale.high);
    if (this.store.get("prompt") !== this.number) {
      this.store.set("picture", "");
      this.store.set("prompt", this.number);
    }
    this.store.set("span", [limit(low), limit(high)]);
  }
  /** The part of the brush under a place. */
  part(x) {
    const span = this.store.get("prompt") === this.number ? this.store.get("span") : [];
    if (span.length !== 2) return "new";
    const [left, right] = span.map((value) => this.place.scale.at(value));
    if (Math.abs(x - left) <= EDGE_PX) return "low";
    if (Math.abs(x - right) <= EDGE_PX) return "high";
    return x > left && x < right ? "move" : "new";
  }
  point(x) {
    this.plot.dataset.part = this.part(x);
  }
  grab(x) {
    const kind = this.part(x);
    const [low, high] = this.store.get("span");
    this.from = x;
    this.held = { low, high, kind };
    return true;
  }
  drag(x) {
    if (!this.held || Math.abs(x - this.from) < STILL_PX2) return;
    const { scale } = this.place;
    const { low, high, kind } = this.held;
    const [a, b] = [scale.value(this.from), scale.value(x)];
    if (kind === "new") return this.span(Math.min(a, b), Math.max(a, b));
    if (kind === "low") return this.span(Math.min(b, high), Math.max(b, high));
    if (kind === "high") return this.span(Math.min(low, b), Math.max(low, b));
    const by = Math.min(Math.max(b - a, scale.low - low), scale.high - high);
    this.span(low + by, high + by);
  }
  /** A tap takes the picture that is nearest in score; outside the brush it takes the brush away. */
  drop(x) {
    const { scale, prompts } = this.place;
    if (Math.abs(x - this.from) < STILL_PX2) {
      if (this.held?.kind === "new") this.store.set("span", []);
      this.take(this.number, nearest(prompts[this.number], scale.value(x)));
    }
    this.held = null;
  }
};

// src/score_explorer/spread.ts
var PAD = 10;
var LABEL2 = { raincloud: 196, ecdf: 0, ridges: 230 };
var TOLD = { raincloud: 104, ecdf: 0, ridges: 96 };
var GUTTER2 = 40;
var MOST_HIGH = 560;
var SpreadView = class {
  constructor(store, prompts, take) {
    this.store = store;
    this.prompts = prompts;
    this.lanes = prompts.map((_, number) => new Lane(store, number, take));
    this.element.append(this.key, this.list);
    store.on(["span", "picture", "prompt"], () => this.follow());
  }
  store;
  prompts;
  element = h("div", { class: "dx-spread-view", role: "group" });
  lanes;
  rows = [];
  shown = false;
  key = h("p", { class: "dx-key dx-hint" });
  list = h("div", { class: "dx-lanes" });
  shape() {
    return this.store.get("shape") || this.store.get("spread").kind;
  }
  /** Draw everything into the space there is. */
  fit(room) {
    const shape = this.shape();
    const spread = this.store.get("spread");
    this.element.dataset.shape = shape;
    this.element.setAttribute("aria-label", spread.alt.split(". ").slice(0, 2).join(". "));
    this.list.classList.toggle("dx-judged", this.store.get("about").judged);
    this.explain(shape);
    if (shape === "ecdf") this.panels(room);
    else this.stacked(room, shape);
    this.follow();
  }
  /** What the marks mean. */
  explain(shape) {
    const mark = (look, words) => h("span", {}, h("i", { class: look, "aria-hidden": "true" }), words);
    const judged = this.store.get("about").judged;
    const rain = shape === "raincloud" ? "dx-key-drop" : "dx-key-rug";
    clear(
      this.key,
      ...judged ? [mark(`${rain} dx-right`, "all facts right"), mark(`${rain} dx-wrong`, "not all")] : [mark(`${rain} dx-unread`, "a picture")],
      ...shape === "raincloud" ? [mark("dx-key-box", "middle half and median")] : shape === "ridges" ? [mark("dx-key-median", "median")] : [mark("dx-key-band", "95 % band")],
      h("span", { class: "dx-key-drag" }, "drag to see those pictures")
    );
  }
  lane(number) {
    return this.lanes[number];
  }
  /** The next prompt, as it stands on the page. */
  turn(by) {
    const order = this.order();
    const at2 = order.indexOf(this.store.get("prompt"));
    const to = order[Math.min(Math.max(at2 + by, 0), order.length - 1)];
    if (to !== this.store.get("prompt")) {
      this.store.set("span", []);
      this.store.set("picture", "");
      this.store.set("prompt", to);
    }
    this.lanes[to].plot.focus();
  }
  order() {
    return this.shape() === "ridges" ? this.store.get("spread").order : this.prompts.map((_, number) => number);
  }
  follow() {
    for (const lane of this.lanes) lane.follow();
    this.rows.forEach((row2) => row2.classList.toggle("dx-in-hand", Number(row2.dataset.number) === this.store.get("prompt")));
  }
  stacked(room, shape) {
    const { narrow, big } = room;
    const count2 = this.prompts.length;
    const above = narrow || count2 === 1;
    const label2 = above && shape === "raincloud" ? 0 : narrow ? 112 : LABEL2[shape];
    const told = above && shape === "raincloud" ? 0 : narrow ? 46 : TOLD[shape];
    this.list.classList.toggle("dx-above", above);
    const wide = Math.max(120, room.wide - label2 - told);
    const high = shape === "ridges" ? (count2 > 30 ? 24 : 34) + (narrow ? 6 : 0) : count2 === 1 ? big ? 330 : 230 : count2 > 3 ? 116 : 144;
    this.list.style.setProperty("--dx-label", `${label2}px`);
    this.list.style.setProperty("--dx-told", `${told}px`);
    const [scale, lines] = this.scale(wide, narrow);
    this.rows = this.order().map((number) => {
      this.lanes[number].show(shape, { prompts: this.prompts, spread: this.store.get("spread"), number, scale, wide, high, lines });
      return h("div", { class: "dx-lane", "data-number": number }, this.label(number, shape), this.lanes[number].plot, this.told(number, shape));
    });
    const grid = svg(
      "svg",
      { class: "dx-behind", "aria-hidden": "true", width: wide, height: (count2 + 1.25) * high },
      svg("path", { class: "dx-hairline", d: lines.map((at2) => `M${scale.at(at2).toFixed(1)} 0v${(count2 + 1.25) * high}`).join("") })
    );
    const axis = h("div", { class: "dx-axis-row" }, h("span", {}), this.axis(scale, lines, wide), h("span", {}));
    const ridges = shape === "ridges";
    this.list.style.maxHeight = ridges && !big ? `${MOST_HIGH}px` : "";
    this.list.style.paddingTop = ridges ? `${1.25 * high}px` : "";
    const { scrollTop } = this.list;
    clear(this.list, ...ridges ? [grid] : [], ...this.rows, axis, ...ridges ? [this.medians(scale, wide, high)] : []);
    this.list.scrollTop = scrollTop;
    if (ridges) this.reveal(high);
  }
  /** The medians over all ridges: the ridge in front would cover them. */
  medians(scale, wide, high) {
    const { rows } = this.store.get("spread");
    const made = svg(
      "svg",
      { class: "dx-over", "aria-hidden": "true", width: wide, height: this.rows.length * high },
      svg("path", { class: "dx-median", d: this.order().map((number, row2) => `M${scale.at(rows[number].quartiles[1]).toFixed(1)} ${(row2 + 1) * high - BELOW - 5}v5`).join("") })
    );
    made.style.top = this.list.style.paddingTop;
    return made;
  }
  /** Bring the prompt in hand into sight, once the list has a height. */
  reveal(high) {
    const at2 = this.order().indexOf(this.store.get("prompt")) * high;
    const seen = this.list.clientHeight - 3 * high;
    if (this.shown || !(seen > 0)) return;
    this.shown = true;
    if (at2 > seen) this.list.scrollTop = at2 - seen / 2;
  }
  panels({ wide: room, narrow }) {
    const count2 = this.prompts.length;
    const columns = narrow || count2 === 1 ? 1 : count2 === 2 || count2 === 4 ? 2 : 3;
    const wide = Math.floor((room - (columns - 1) * 18) / columns) - GUTTER2;
    const high = count2 === 1 ? 300 : 176;
    const [scale, lines] = this.scale(wide, narrow || columns > 1);
    this.list.style.setProperty("--dx-columns", String(columns));
    this.rows = this.prompts.map((_, number) => {
      this.lanes[number].show("ecdf", { prompts: this.prompts, spread: this.store.get("spread"), number, scale, wide, high, lines });
      const shares = h("div", { class: "dx-shares dx-number", "aria-hidden": "true" }, ...["100 %", "50 %", "0 %"].map((words) => h("span", {}, words)));
      shares.style.height = `${high - 19}px`;
      return h(
        "div",
        { class: "dx-lane", "data-number": number },
        h("div", { class: "dx-panel-head" }, this.label(number, "ecdf"), this.told(number, "ecdf")),
        h("div", { class: "dx-panel" }, shares, this.lanes[number].plot),
        this.axis(scale, lines, wide, columns > 1 ? "" : void 0)
      );
    });
    this.list.style.maxHeight = this.list.style.paddingTop = "";
    clear(this.list, ...this.rows);
  }
  scale(wide, few) {
    const [low, high] = this.store.get("spread").axis;
    return [new Scale(low, high, PAD, wide - PAD), ticks(low, high, few || wide < 400 ? 4 : 7)];
  }
  axis(scale, lines, wide, words = `score by ${this.store.get("about").scorer}`) {
    const axis = svg("svg", { class: "dx-axis", width: wide, height: words ? 38 : 20, "aria-hidden": "true" });
    for (const at2 of lines) {
      const label2 = svg("text", { x: scale.at(at2), y: 14, "text-anchor": "middle" });
      label2.textContent = tick(at2);
      axis.append(label2);
    }
    if (words) {
      const name = svg("text", { class: "dx-axis-name", x: wide / 2, y: 32, "text-anchor": "middle" });
      name.textContent = words;
      axis.append(name);
    }
    return axis;
  }
  label(number, shape) {
    const { prompt, labels } = this.store.get("prompts")[number];
    const short = Object.values(labels).filter((one) => one).join(" · ");
    const element = h("div", { class: "dx-lane-label", title: prompt });
    text(element, shape === "ridges" && short ? short : prompt);
    return element;
  }
  told(number, shape) {
    const { quartiles, right } = this.store.get("spread").rows[number];
    const judged = this.prompts[number].pictures.filter((one) => one.right !== null);
    const good = judged.filter((one) => one.right).length;
    const told = h("div", { class: "dx-lane-told dx-number" }, h("span", {}, shape === "ridges" ? score(quartiles[1]) : `median ${score(quartiles[1])}`));
    if (right && right.value !== null) {
      told.append(h("span", { class: "dx-good" }, shape === "ridges" ? percent(right.value) : `${good} of ${judged.length} right`));
    }
    assign(told, { title: `median ${score(quartiles[1])}${judged.length ? `, ${good} of ${judged.length} right` : ""}` });
    return told;
  }
};

// src/score_explorer/tray.ts
var ENDS = 5;
var AT_ONCE = 24;
var Tray = class {
  constructor(store, prompts, pictures, take) {
    this.store = store;
    this.prompts = prompts;
    this.tiles = new Tiles(pictures, take);
    this.more = button("More pictures", () => {
      this.most *= 2;
      this.draw();
    }, { quiet: true });
    this.element = h("section", { class: "dx-tray", "aria-label": "pictures" }, h("div", { class: "dx-tray-line" }, this.heading, this.right), this.wall, this.more);
    store.on(["prompt", "span"], () => {
      this.most = AT_ONCE;
      this.soon();
    });
    store.on(["picture", "prompt"], () => this.mark());
    store.signal.addEventListener("abort", () => cancelAnimationFrame(this.pending));
    this.draw();
  }
  store;
  prompts;
  element;
  heading = h("h4", { class: "dx-tray-heading", role: "status" });
  right = h("span", { class: "dx-tray-right dx-number" });
  wall = h("div", { class: "dx-tray-wall" });
  more;
  tiles;
  most = AT_ONCE;
  pending = 0;
  focus() {
    const pressed = this.wall.querySelector("[aria-pressed=true]") ?? this.wall.firstElementChild;
    pressed?.focus();
  }
  /** The next tile, or an earlier one. */
  step(by) {
    const all = [...this.wall.querySelectorAll(".dx-score-tile")];
    const now = all.indexOf(document.activeElement);
    all[Math.min(Math.max(now + by, 0), all.length - 1)]?.focus();
  }
  /** A dragging hand moves more often than pictures can be laid out. */
  soon() {
    this.pending ||= requestAnimationFrame(() => {
      this.pending = 0;
      this.draw();
    });
  }
  draw() {
    const number = this.store.get("prompt");
    const prompt = this.prompts[number];
    const span = this.store.get("span");
    const found = inside(prompt, span);
    const brushed = span.length === 2;
    const count2 = prompt.pictures.length;
    const ends = this.prompts.length === 1 ? 2 * ENDS : ENDS;
    const every = count2 <= 2 * ends;
    const shown = brushed ? found.slice(0, this.most) : every ? prompt.ranked : [...prompt.ranked.slice(0, ends), ...prompt.ranked.slice(-ends)];
    this.element.classList.toggle("dx-ends", !brushed && !every && ends === ENDS);
    this.element.classList.toggle("dx-tens", !brushed && !every && ends > ENDS);
    text(this.heading, brushed ? this.brushed(found.length, count2, span) : every ? `All ${count2}, best first` : `The highest ${ends} and the lowest ${ends} of ${count2}`);
    const judged = found.filter(({ right }) => right !== null);
    const good = judged.filter(({ right }) => right).length;
    text(this.right, brushed && judged.length ? verdicts(good, judged.length, wilson(good, judged.length)) : "");
    arrange(this.wall, shown.map((one) => {
      const tile = this.tiles.get(number, one);
      tile.say(`${ordinal(one.place)} · ${score(one.score)}`, `seed ${one.seed}, ${placed(one, count2)}, score ${score(one.score)}`);
      return tile.element;
    }));
    this.more.hidden = !brushed || found.length <= this.most;
    text(this.more.querySelector("span"), `Show more: ${found.length - this.most} are left`);
    this.mark();
  }
  brushed(found, count2, span) {
    return `${found} of ${count2} score ${score(span[0])} to ${score(span[1])}${found ? "" : ": nobody does"}`;
  }
  mark() {
    const number = this.store.get("prompt");
    this.tiles.mark(nameOf(number, inHand(this.prompts[number], this.store.get("picture")).seed));
  }
};

// src/score_explorer.traits.ts
var TRAITS = [
  "status",
  "alive",
  "caption",
  "alt",
  "prompts",
  "about",
  "values",
  "spread",
  "best",
  "matrix",
  "odd",
  "tab",
  "shape",
  "prompt",
  "span",
  "k",
  "which",
  "picture",
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
    const inside2 = root.closest(".dark, .light");
    const dark = pageIsDark(document.body) ?? (inside2 ? inside2.classList.contains("dark") : system.matches);
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

// src/score_explorer.ts
var NARROW = 720;
var SIDE = 264;
var APART = 30;
var ASKS = ["python", "keep", "matrix"];
var LOCAL = { cell: [-1, -1], notice: "" };
function render({ model, el, signal }) {
  const end = new AbortController();
  signal?.addEventListener("abort", () => end.abort());
  const store = new Store(model, TRAITS, LOCAL, end.signal);
  const root = h("div", { class: "dx dx-scores", role: "region", "aria-label": "score explorer" });
  clear(el, root);
  store.send({ kind: "hello" });
  build(root, store);
  return () => end.abort();
}
function build(root, store) {
  const { header, buffers } = store.get("values");
  const prompts = read(header, buffers);
  const pictures = new Pictures(store);
  hear(store, pictures);
  const turn = (prompt, seed = "") => {
    if (prompt !== store.get("prompt")) store.set("span", []);
    if (prompt !== store.get("prompt")) store.set("picture", "");
    store.set("prompt", prompt);
    store.set("picture", seed);
  };
  const take = (prompt, { seed }) => turn(prompt, seed);
  const meet = (which) => {
    const told = store.get("matrix");
    if (told.which !== which) {
      if (!store.get("alive")) return store.set("notice", told.which ? MATRIX_NEEDS_KERNEL : "");
      store.send({ kind: "matrix", which });
    }
    store.set("which", which);
  };
  const spread = new SpreadView(store, prompts, take);
  const tray = new Tray(store, prompts, pictures, take);
  const best = new BestView(store, prompts, pictures, take);
  const matrix = new MatrixView(store, pictures, turn);
  const odd = new OddView(store, prompts, pictures, take);
  const hand = new Hand(store, prompts, pictures);
  const choose = new Choose(store, (prompt) => turn(prompt, winner(prompts[prompt], store.get("k")).seed), meet);
  const status = new StatusLine(() => void 0, "texts");
  const caption = h("p", { class: "dx-caption" });
  const main = h("div", { class: "dx-main" });
  const numbers = h("div", { class: "dx-about-page" });
  const side = h("div", { class: "dx-side" }, hand.element, numbers);
  const fit = () => fitted(root, store, { spread, best, matrix, odd });
  const full = projector(root, fit, store.signal);
  const more = new More(store, full);
  root.append(
    h("div", { class: "dx-top-line" }, choose.tabs, h("div", { class: "dx-tools" }, choose.element, more.toggle)),
    more.element,
    h("div", { class: "dx-spread" }, main, side),
    status.element,
    caption
  );
  const arrange2 = () => {
    const tab = store.get("tab");
    root.dataset.tab = tab;
    clear(main, ...{ spread: [spread.element, tray.element], best: [best.element], matrix: [matrix.element], odd: [odd.element] }[tab]);
    if (tab === "matrix" && !store.get("matrix").which) meet(store.get("which"));
    fit();
    tell();
  };
  const tell = () => {
    clear(numbers, aboutPage(store));
    text(caption, captionOf(store, spread));
    const said = store.get("status");
    status.show(said, store.get("notice"));
    status.element.classList.toggle("dx-silent", said.state === "idle" && !said.sentence && !store.get("notice"));
  };
  store.on(["tab"], arrange2);
  store.on(["tab", "which"], () => store.set("notice", ""));
  store.on(["matrix", "shape"], fit);
  store.on(["status", "notice", "prompt", "k", "matrix", "shape", "caption"], tell);
  new Patience(store, ASKS, ["status", "matrix"]);
  keys(root, keymap(store, { choose, spread, best, matrix, tray, full }), store.signal);
  arrange2();
  watch(root, fit, store.signal);
}
function hear(store, pictures) {
  store.onMessage((message, buffers) => {
    if (message.kind === "part" && message.part === "pictures") pictures.put(message.header.wanted, buffers);
  });
  const embedded = store.get("embedded")?.pictures;
  if (embedded) pictures.put(embedded.header.wanted, embedded.buffers);
}
function aboutPage(store) {
  const tab = store.get("tab");
  if (tab === "spread") return table(...ofPrompt(store.get("spread").rows[store.get("prompt")]));
  const told = store.get(tab);
  if (refusedOf(told) || !("caption" in told)) return null;
  if (tab === "best") return table(...ofChoice(told, store.get("k")));
  return tab === "matrix" ? table(...ofTexts(told)) : table(...ofJudge(told));
}
function captionOf(store, spread) {
  const tab = store.get("tab");
  if (tab === "spread") return store.get("spread").captions[spread.shape()] ?? store.get("caption");
  const told = store.get(tab);
  return "caption" in told ? String(told.caption) : store.get("caption");
}
function fitted(root, store, views) {
  const style = getComputedStyle(root);
  const inside2 = root.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  if (!(inside2 > 0)) return;
  const narrow = root.classList.contains("dx-narrow");
  const big = root.classList.contains("dx-projector");
  const side = whole(store.get("about").width, big ? 1.5 * SIDE : SIDE);
  root.style.setProperty("--dx-side", `${side}px`);
  const room = { wide: Math.floor(narrow ? inside2 : inside2 - side - APART), narrow, big };
  const tab = store.get("tab");
  if (tab === "odd") views.odd.show();
  else views[tab].fit(room);
}
function whole(width, most) {
  const dots = Math.floor(most * devicePixelRatio / (width || most));
  const side = dots * width / devicePixelRatio;
  return side > 0.75 * most ? side : most;
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
var score_explorer_default = { render };
export {
  score_explorer_default as default
};
