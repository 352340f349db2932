/**
 * What every key does.
 */
import { ARROWS } from "../shared/grid";
import type { KeyHandler } from "../shared/keys";
import type { Store } from "../shared/model";
import type { BestView } from "./best";
import type { Choose } from "./choose";
import type { MatrixView } from "./matrix";
import type { SpreadView } from "./spread";
import type { Tray } from "./tray";
import { TABS, type State } from "./types";

interface Parts {
  choose: Choose;
  spread: SpreadView;
  best: BestView;
  matrix: MatrixView;
  tray: Tray;
  full: () => void;
}

export function keymap(store: Store<State>, { choose, spread, best, matrix, tray, full }: Parts): KeyHandler {
  const sideways: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1 };

  const lane = (event: KeyboardEvent): boolean => {
    const { key } = event;
    const here = spread.lane(Number((event.target as Element).closest<HTMLElement>(".dx-lane")!.dataset.number));
    if (key in sideways) return event.shiftKey ? here.nudge(sideways[key]) : here.step(sideways[key]), true;
    if (key === "Home" || key === "End") return here.step(key === "Home" ? -Infinity : Infinity), true;
    if (key === "ArrowUp" || key === "ArrowDown") return spread.turn(key === "ArrowUp" ? -1 : 1), true;
    if (key === "[" || key === "]") return here.nudge(0, key === "]" ? 0.5 : -0.5), true;
    if (key === "Enter") return tray.focus(), true;
    return false;
  };

  const curve = ({ key }: KeyboardEvent): boolean => {
    if (key in sideways) return best.step(sideways[key]), true;
    if (key === "ArrowUp" || key === "ArrowDown") return best.step(key === "ArrowUp" ? 1 : -1), true;
    if (key === "PageUp" || key === "PageDown") return best.double(key === "PageUp" ? 1 : -1), true;
    if (key === "Home" || key === "End") return best.end(key === "End"), true;
    return false;
  };

  return (event) => {
    const target = event.target as Element;
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
