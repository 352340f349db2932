/**
 * What every key does.
 *
 * Space plays, arrows step (with Shift a row), Home and End jump; with a picture in focus the arrows
 * move the patch in hand instead (with Shift, while redrawing a region, they stretch the rectangle).
 */
import type { Store } from "../shared/model";
import { ARROWS, corner, moved, type Corner } from "../shared/grid";
import type { KeyHandler } from "../shared/keys";
import type { Choose } from "./choose";
import type { Clock } from "./clock";
import type { Pictures } from "./pictures";
import { stretched, type RegionBar } from "./region";
import type { State } from "./types";

interface Parts {
  clock: Clock;
  choose: Choose;
  region: RegionBar;
  pictures: Pictures;
  full: () => void;
}

export function keymap(store: Store<State>, parts: Parts): KeyHandler {
  let anchor: Corner | null = null;
  store.on(["regionMode", "selected"], () => (anchor = null));

  const move = (key: string, stretch: boolean): boolean => {
    const grid = store.get("geometry");
    const from = corner(Math.max(0, store.get("patch")), grid.columns);
    // The first arrow shows where the patch in hand is; the next ones move it.
    const first = store.get("patch") < 0;
    const to = first ? from : moved(from, key, grid);
    if (store.get("regionMode")) {
      if (!stretch || !anchor) anchor = stretch ? from : to;
      store.set("region", stretched(store.get("selected"), anchor, to));
    }
    store.set("patch", to.row * grid.columns + to.column);
    return true;
  };

  const step = (key: string, row: boolean): boolean => {
    const { columns } = store.get("geometry");
    const far = (row ? columns : 1) * (key === "ArrowLeft" ? -1 : 1);
    parts.clock.go(store.get("step") + far);
    return true;
  };

  const escape = (): boolean => {
    anchor = null;
    if (store.get("regionMode")) parts.region.switch(false);
    else store.set("patch", -1);
    store.set("hover", null);
    parts.pictures.tooltip.hide();
    return false;
  };

  return (event) => {
    const target = event.target as Element;
    const onPicture = target.matches("canvas.dx-plate");
    const onSlider = target.matches("input[type=range]");
    const clockSlider = onSlider && target.closest(".dx-clock") !== null;
    const { key } = event;
    if (key === "Escape") return escape();
    if (target.matches("input[type=radio], input[type=checkbox]")) return false;
    if (key in ARROWS && onPicture) return move(key, event.shiftKey);
    if (key === " ") return parts.clock.toggle(), true;
    if (key === "f") return parts.full(), true;
    if (key === "o") return parts.choose.next(), true;
    if (key === "Enter" && onPicture) return store.set("patch", store.get("patch") < 0 ? 0 : store.get("patch")), true;
    if (onSlider && !clockSlider) return false;
    if (key === "ArrowLeft" || key === "ArrowRight") return step(key, event.shiftKey);
    if (key === "Home") return parts.clock.go(0), true;
    if (key === "End") return parts.clock.go(parts.clock.patches), true;
    return false;
  };
}
