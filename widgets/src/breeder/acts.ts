/**
 * What people do with a family: choose parents, go back. All of it works without a kernel.
 */
import type { Store } from "../shared/model";
import { FOUNDERS, type Kin, type Litter, type State } from "./types";

export function find(store: Store<State>, id: string): Kin | undefined {
  return store.get("kin").find((one) => one.id === id);
}

export function shown(store: Store<State>): Litter | undefined {
  return store.get("litters").find(({ number }) => number === store.get("litter"));
}

/** The names of the pictures that are shown as a litter. */
export function children(store: Store<State>): string[] {
  const litter = shown(store);
  if (litter) return litter.children;
  const founders = store.get("kin").filter((one) => one.litter === FOUNDERS);
  // One or two are the parents already; of more, somebody has to choose.
  return founders.length > 2 ? founders.map(({ id }) => id) : [];
}

/** Make a picture the first parent, or the second; the second of a second time is let go. */
export function choose(store: Store<State>, id: string, second = false): void {
  if (find(store, id)?.state !== "whole") return;
  store.set("chosen", id);
  if (second) {
    const on = store.get("two") !== id && store.get("one") !== id;
    store.set("two", on ? id : "");
  } else {
    // The second parent of the litter that is shown is let go with the first choice.
    const [first, other = ""] = shown(store)?.parents ?? [];
    const asTheyWere = store.get("one") === first && store.get("two") === other;
    if (store.get("two") === id || (asTheyWere && id !== first)) store.set("two", "");
    store.set("one", id);
  }
}

/** Show the litter of a picture, with the parents that it had. */
export function go(store: Store<State>, id: string): void {
  const one = find(store, id);
  if (!one || one.state !== "whole") return;
  const [first, second] = one.parents.length ? one.parents : [id];
  store.set("litter", one.litter);
  store.set("one", first);
  store.set("two", second ?? "");
  store.set("chosen", id);
}

/** One step back: the choice of other parents first, then the litter. Whether there was one. */
export function back(store: Store<State>): boolean {
  const litter = shown(store);
  if (!litter) return false;
  const [first, second = ""] = litter.parents;
  if (store.get("one") !== first || store.get("two") !== second) {
    store.set("one", first);
    store.set("two", second);
    store.set("chosen", first);
    return true;
  }
  const parents = litter.parents.map((id) => find(store, id)!).filter(Boolean);
  store.set("litter", Math.max(FOUNDERS, ...parents.map((one) => one.litter)));
  return true;
}

export function favourite(store: Store<State>, id: string): void {
  const one = find(store, id);
  if (one?.state === "whole") store.send({ kind: "favourite", id, on: !one.favourite });
}

/** Draw the next litter of the parents in hand. */
export function breed(store: Store<State>): void {
  const values = Object.fromEntries(
    (["one", "two", "share", "weight", "other_prompt", "seed"] as const).map((name) => [name, store.get(name)]),
  );
  store.send({ kind: "breed", ...values });
}

/** Whether the next litter can be drawn now. */
export function able(store: Store<State>): boolean {
  const { state } = store.get("status");
  const whole = find(store, store.get("one"))?.state === "whole";
  return store.get("alive") && whole && state !== "drawing" && state !== "working";
}

/** Whether two sentences will be mixed: parents who say the same have nothing to weigh. */
export function mixes(store: Store<State>): boolean {
  if (store.get("other_prompt").trim()) return true;
  const [one, two] = [find(store, store.get("one")), find(store, store.get("two"))];
  return !!one && !!two && JSON.stringify(one.said) !== JSON.stringify(two.said);
}
