/**
 * What every key does.
 *
 * On the sheet arrows go from code to code and pages are turned; on the picture they move the patch
 * in hand, Enter paints it and e picks its code.
 */
import { ARROWS } from "../shared/grid";
import type { KeyHandler } from "../shared/keys";
import type { Store } from "../shared/model";
import type { Choose } from "./choose";
import type { Paint } from "./paint";
import type { Sheet } from "./sheet";
import type { State } from "./types";

interface Parts {
  choose: Choose;
  sheet: Sheet;
  paint: Paint;
  full: () => void;
}

export function keymap(store: Store<State>, { choose, sheet, paint, full }: Parts): KeyHandler {
  const escape = (): boolean => {
    if (store.get("tool") === "pick") store.set("tool", "brush");
    else if (store.get("tab") === "look") store.set("selected", -1);
    store.set("patch", -1);
    store.set("over", -1);
    return false;
  };

  const pages: Record<string, number> = { PageUp: -1, PageDown: 1 };

  return (event) => {
    const target = event.target as Element;
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

/** With a patch in hand its code is picked; without one the next click picks. */
function pickOrArm(store: Store<State>, paint: Paint): void {
  if (store.get("patch") >= 0) paint.pick(store.get("patch"));
  else store.set("tool", "pick");
}
