/**
 * What every key does: arrows go from picture to picture, letters breed, go back and mark.
 */
import { ARROWS } from "../shared/grid";
import type { KeyHandler } from "../shared/keys";
import type { Store } from "../shared/model";
import { able, back, breed, choose, favourite } from "./acts";
import type { Children } from "./children";
import type { Tree } from "./tree";
import type { State } from "./types";

interface Parts {
  children: Children;
  tree: Tree;
  full: () => void;
}

export function keymap(store: Store<State>, parts: Parts, idOf: (element: Element) => string): KeyHandler {
  return (event) => {
    const { key } = event;
    const target = event.target as Element;
    const node = target.closest<HTMLElement>(".dx-node");
    const id = node?.dataset.id ?? idOf(target);
    if (key in ARROWS && id) {
      const [down, right] = ARROWS[key];
      if (node) parts.tree.step(id, right, down);
      else parts.children.focus(parts.children.beside(id, right, down));
      return true;
    }
    const hand = id || store.get("chosen");
    if (key === "1" || key === "2") return choose(store, hand, key === "2"), true;
    if (key === "h") return favourite(store, hand), true;
    if (key === "b") return able(store) && breed(store), true;
    if (key === "u") return back(store);
    if (key === "f") return parts.full(), true;
    return false;
  };
}
