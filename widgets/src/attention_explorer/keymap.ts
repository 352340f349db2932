/**
 * What every key does.
 *
 * Arrows move the patch in hand (with Shift they stretch a box), [ and ] go from word to word; among
 * the words, left and right move the focus. 1 and 2 turn the page, o goes to the next quantity.
 */
import { ARROWS, between, corner, moved, type Corner } from "../shared/grid";
import type { KeyHandler } from "../shared/keys";
import type { Store } from "../shared/model";
import type { Choose } from "./choose";
import type { Plates } from "./plates";
import type { State } from "./types";
import type { Sentence } from "./words";

interface Parts {
  choose: Choose;
  plates: Plates;
  sentence: () => Sentence;
  full: () => void;
}

export function keymap(store: Store<State>, parts: Parts): KeyHandler {
  let anchor: Corner | null = null;
  store.on(["selected", "boxing"], () => (anchor = null));

  const move = (key: string, stretch: boolean): boolean => {
    const grid = store.get("geometry");
    const from = corner(Math.max(0, store.get("patch")), grid.columns);
    // The first arrow shows where the patch in hand is; the next ones move it.
    const to = store.get("patch") < 0 ? from : moved(from, key, grid);
    if (stretch) {
      anchor ??= from;
      const box = between(anchor, to);
      store.set("box", [box.top, box.left, box.bottom, box.right]);
    } else anchor = null;
    store.set("patch", to.row * grid.columns + to.column);
    return true;
  };

  /** Let go of one thing after the other, the last one taken first. */
  const escape = (): boolean => {
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
    const target = event.target as Element;
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
