/**
 * The two plates of a picture: the picture itself, and a map over a grey copy of it.
 */
import { canvas, pen } from "../shared/canvas";
import type { Difference } from "../shared/difference";
import type { Box } from "../shared/grid";
import { GridPlate, type Look } from "../shared/plate";
import type { PatchMap } from "./views";

/** What is marked on both plates. */
export interface Marks {
  patch: number; // pinned, or -1
  over: number; // under the pointer, or -1
  here: boolean; // whether the pointer is over this picture
  box: Box | null;
}

export class PicturePlate extends GridPlate {
  draw(image: ImageBitmap | null, found: Difference | null, marks: Marks, look: Look): void {
    const { width, height } = this.canvas;
    if (image) this.pen.drawImage(image, 0, 0, width, height);
    else this.hide(0);
    if (found && image) {
      this.outlines(found.mask, found.common, look);
      if (found.first >= 0) this.box(found.first, look.accent, 3);
    }
    this.mark(marks, look);
  }

  protected mark(marks: Marks, look: Look): void {
    if (marks.box) this.rectangle(marks.box, look, false);
    if (marks.patch >= 0) this.box(marks.patch, look.accent, 2);
    if (marks.over >= 0 && marks.over !== marks.patch) this.box(marks.over, marks.here ? look.accent : look.ink, 1);
  }
}

export class MapPlate extends PicturePlate {
  private grey: HTMLCanvasElement | null = null;
  private of: ImageBitmap | null = null;

  /** `hidden`: patches from here on had not been chosen when the one in hand was. */
  print(image: ImageBitmap | null, map: PatchMap | null, hidden: number, marks: Marks, look: Look): void {
    const { width, height } = this.canvas;
    if (image !== this.of) {
      this.of = image;
      this.grey = image && greyed(image);
    }
    if (!this.grey) this.hide(0);
    else {
      this.pen.drawImage(this.grey, 0, 0, width, height);
      if (map) this.pen.drawImage(map.image, 0, 0, width, height);
      if (map) this.grid("rgba(70, 64, 56, 0.16)");
      if (hidden >= 0) this.hide(hidden);
    }
    this.mark(marks, look);
  }
}

/** A copy without colours, paler than the picture: what lies over it shall be read. */
function greyed(image: ImageBitmap): HTMLCanvasElement {
  const made = canvas(image.width, image.height);
  const context = pen(made, true);
  context.drawImage(image, 0, 0);
  const pixels = context.getImageData(0, 0, image.width, image.height);
  const { data } = pixels;
  for (let i = 0; i < data.length; i += 4) {
    data[i] = data[i + 1] = data[i + 2] = grey(data[i], data[i + 1], data[i + 2]);
  }
  context.putImageData(pixels, 0, 0);
  return made;
}

export function grey(r: number, g: number, b: number): number {
  return Math.round(24 + 0.88 * (0.299 * r + 0.587 * g + 0.114 * b));
}
