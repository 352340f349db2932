// Stands in for Jupyter and anywidget in tests of views: one model, any number of views of it.

const bytes = (text) => new DataView(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);

function joined(state, buffers) {
  for (const { path, data } of buffers) {
    let at = state;
    for (const step of path.slice(0, -1)) at = at[step];
    at[path.at(-1)] = bytes(data);
  }
  return state;
}

class Model {
  #state;
  #handlers = new Map();
  #changed = {};
  constructor(state) { this.#state = state; }
  get(name) { return this.#state[name]; }
  set(name, value) {
    const given = typeof name === "object" ? name : { [name]: value };
    for (const [key, next] of Object.entries(given)) {
      if (Object.is(this.#state[key], next)) continue;
      this.#state[key] = next;
      this.#changed[key] = next;
      this.emit(`change:${key}`, this, next);
    }
    this.emit("change", this);
  }
  save_changes() {
    window.saved.push(this.#changed);
    window.outbox.push({ method: "update", state: this.#changed, buffers: [] });
    this.#changed = {};
  }
  send(content, callbacks, buffers = []) {
    window.sent.push(content);
    const all = buffers.map((data) => [...new Uint8Array(data.buffer ?? data)]);
    window.buffers.push(all);
    const texts = all.map((one) => btoa(one.map((byte) => String.fromCharCode(byte)).join("")));
    window.outbox.push({ method: "custom", content, buffers: texts });
  }
  on(names, handler) {
    for (const name of names.split(" "))
      this.#handlers.set(name, [...(this.#handlers.get(name) ?? []), handler]);
  }
  off(names, handler) {
    if (names == null) return this.#handlers.clear();
    for (const name of names.split(" "))
      this.#handlers.set(
        name, (this.#handlers.get(name) ?? []).filter((one) => handler && one !== handler));
  }
  emit(name, ...values) {
    for (const handler of this.#handlers.get(name) ?? []) handler(...values);
  }
  listeners() { return [...this.#handlers.values()].reduce((sum, some) => sum + some.length, 0); }
  // What Python sets is not among what the view has to save.
  put(state) {
    for (const [key, value] of Object.entries(state)) {
      this.#state[key] = value;
      this.emit(`change:${key}`, this, value);
    }
    this.emit("change", this);
  }
}

window.sent = [];
window.buffers = [];
window.saved = [];
window.outbox = []; // both, in order, for whoever carries them to Python

window.mount = async (esm, css, state, buffers) => {
  const style = document.createElement("style");
  style.textContent = css;
  document.head.append(style);
  const module = await import(URL.createObjectURL(new Blob([esm], { type: "text/javascript" })));
  window.widget =
    typeof module.default === "function" ? await module.default() : module.default;
  window.model = new Model(joined(state, buffers));
  window.ending = new AbortController();
  await window.widget.initialize?.({ model: window.model, signal: window.ending.signal });
  document.body.replaceChildren();
  await window.again();
};

window.again = async () => {
  const el = document.createElement("div");
  document.body.append(el);
  const ending = AbortSignal.any([window.ending.signal]);
  await window.widget.render({ model: window.model, el, signal: ending });
};

window.unmount = () => {
  window.ending.abort();
  document.body.replaceChildren();
};

window.put = (state, buffers) => window.model.put(joined(state, buffers));
window.receive = (content, buffers) =>
  window.model.emit("msg:custom", content, buffers.map(bytes));
