/**
 * Select a picture: its numbers are shown. To select the one it is compared with turns the two
 * around, so that the difference stays the same.
 */
import type { Store } from "../shared/model";
import type { State } from "./types";

export function select(store: Store<State>, id: string): void {
  const before = store.get("selected");
  if (before === id) return;
  store.set("selected", id);
  if (store.get("compared") === id) store.set("compared", before);
}
