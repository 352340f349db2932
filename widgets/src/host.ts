/**
 * Stands in for Jupyter in an exported page: state from the page, no kernel, no network.
 *
 * The page holds its state as JSON with base64 buffers; they are put back where they belong, and
 * the view runs on a model whose messages go nowhere. Nothing is imported, fetched or evaluated.
 */
import { fromBase64 } from "./shared/buffers";
import type { RawModel, RenderArguments } from "./shared/model";

interface Saved {
  state: Record<string, any>;
  buffers: { path: (string | number)[]; data: string }[];
}

/** Put the buffers back into the state, each at its path. */
export function restored({ state, buffers }: Saved): Record<string, unknown> {
  for (const { path, data } of buffers) {
    let place: any = state;
    for (const key of path.slice(0, -1)) place = place[key];
    place[path[path.length - 1]] = fromBase64(data);
  }
  return state;
}

/** A model that remembers, and tells its listeners; nobody else hears of it. */
export class PageModel implements RawModel {
  private handlers = new Map<string, Set<(...args: any[]) => void>>();

  constructor(private state: Record<string, unknown>) {}

  get(name: string): unknown {
    return this.state[name];
  }

  set(name: string, value: unknown): void {
    this.state[name] = value;
    for (const handler of this.handlers.get(`change:${name}`) ?? []) handler();
  }

  on(event: string, handler: (...args: any[]) => void): void {
    if (!this.handlers.has(event)) this.handlers.set(event, new Set());
    this.handlers.get(event)!.add(handler);
  }

  off(event: string, handler: (...args: any[]) => void): void {
    this.handlers.get(event)?.delete(handler);
  }

  save_changes(): void {}

  send(): void {}
}

/** Run a view in this page, in place of the poster for people without scripts. */
export function mountPage(view: { render(args: RenderArguments): unknown }): void {
  const saved = document.getElementById("dalle-explore-state");
  const el = document.getElementById("dalle-explore-view");
  if (!saved || !el) return;
  const model = new PageModel(restored(JSON.parse(saved.textContent ?? "")));
  void view.render({ model, el, signal: new AbortController().signal });
  const poster = document.getElementById("dalle-explore-poster");
  if (poster) poster.hidden = true;
  tellHeight();
}

/** A page in a frame says how high it is, so that the frame can be made to fit. */
function tellHeight(): void {
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
