// src/shared/buffers.ts
function fromBase64(text) {
  const raw = atob(text);
  const out = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) out[i] = raw.charCodeAt(i);
  return new DataView(out.buffer);
}

// src/host.ts
function restored({ state, buffers }) {
  for (const { path, data } of buffers) {
    let place = state;
    for (const key of path.slice(0, -1)) place = place[key];
    place[path[path.length - 1]] = fromBase64(data);
  }
  return state;
}
var PageModel = class {
  constructor(state) {
    this.state = state;
  }
  state;
  handlers = /* @__PURE__ */ new Map();
  get(name) {
    return this.state[name];
  }
  set(name, value) {
    this.state[name] = value;
    for (const handler of this.handlers.get(`change:${name}`) ?? []) handler();
  }
  on(event, handler) {
    if (!this.handlers.has(event)) this.handlers.set(event, /* @__PURE__ */ new Set());
    this.handlers.get(event).add(handler);
  }
  off(event, handler) {
    this.handlers.get(event)?.delete(handler);
  }
  save_changes() {
  }
  send() {
  }
};
function mountPage(view) {
  const saved = document.getElementById("dalle-explore-state");
  const el = document.getElementById("dalle-explore-view");
  if (!saved || !el) return;
  const model = new PageModel(restored(JSON.parse(saved.textContent ?? "")));
  void view.render({ model, el, signal: new AbortController().signal });
  const poster = document.getElementById("dalle-explore-poster");
  if (poster) poster.hidden = true;
  tellHeight();
}
function tellHeight() {
  if (window.parent === window) return;
  let last = 0;
  const tell = () => {
    const height = Math.ceil(document.documentElement.getBoundingClientRect().height);
    if (height === last) return;
    last = height;
    window.parent.postMessage({ dalle_explore_height: height }, "*");
  };
  new ResizeObserver(tell).observe(document.documentElement);
  tell();
}
export {
  PageModel,
  mountPage,
  restored
};
