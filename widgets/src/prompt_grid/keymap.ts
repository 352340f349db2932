/**
 * What every key does.
 */
import { ARROWS } from "../shared/grid";
import type { KeyHandler } from "../shared/keys";
import type { Choose } from "./choose";
import type { Hand } from "./hand";
import type { Sheet } from "./sheet";

interface Parts {
  choose: Choose;
  hand: Hand;
  sheet: Sheet;
  full: () => void;
}

export function keymap({ choose, hand, sheet, full }: Parts): KeyHandler {
  return (event) => {
    const target = event.target as Element;
    const inGrid = target.closest(".dx-space") !== null;
    const inHand = target.closest(".dx-hand") !== null;
    const { key } = event;
    if (key === "Escape") {
      sheet.tooltip.hide();
      if (!inHand) return false;
      sheet.focus();
      return true;
    }
    if (inGrid) {
      if (key in ARROWS || ["Home", "End", "PageUp", "PageDown"].includes(key)) return sheet.move(key);
      if (key === "Enter" || key === " ") return hand.focus(), true;
    }
    if (inHand && (key === "ArrowLeft" || key === "ArrowRight")) return hand.step(key === "ArrowLeft" ? -1 : 1), true;
    if (key === "l") return hand.like(), true;
    if (key === "t") return choose.turn(), true;
    if (key === "f") return full(), true;
    return false;
  };
}
