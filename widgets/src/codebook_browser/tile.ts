/**
 * Tiles and crops as small canvases: whole device pixels, and a frame around the patch in question.
 */
import { pen } from "../shared/canvas";
import { h } from "../shared/dom";
import type { Book, Crop } from "./book";

const ratio = () => window.devicePixelRatio || 1;

/** A canvas for something small; its size is set when it is drawn on. */
export function small(kind: string): HTMLCanvasElement {
  return h("canvas", { class: `dx-small-plate ${kind}`, "aria-hidden": "true" });
}

/** Draw the tile of a code, about so many CSS pixels wide; hatched where it is not made yet. */
export function drawTile(target: HTMLCanvasElement, book: Book, code: number, patch: number, px: number): void {
  const side = sized(target, patch, px);
  const to = pen(target);
  to.clearRect(0, 0, side, side);
  if (code >= 0 && book.has(code)) to.drawImage(book.tiles, ...book.corner(code), patch, patch, 0, 0, side, side);
}

/** Draw a crop, with the patch in question framed. */
export function drawCrop(target: HTMLCanvasElement, crop: Crop, of: number, patch: number, px: number): void {
  const side = sized(target, of, px);
  const to = pen(target);
  to.drawImage(crop.image, crop.x, 0, of, crop.image.height, 0, 0, side, (side * crop.image.height) / of);
  const unit = (patch * side) / of;
  const thin = Math.max(1, Math.round(ratio()));
  const [row, column] = crop.at;
  for (const [colour, weight] of [["rgba(255, 255, 255, 0.92)", 3], ["#1f1c18", 1]] as const) {
    to.lineWidth = weight * thin;
    to.strokeStyle = colour;
    to.strokeRect(column * unit, row * unit, unit, unit);
  }
}

/** CSS pixels of a side: whole device pixels for each of the picture's, near a size. */
export function sideOf(pixels: number, px: number): number {
  return (pixels * Math.max(1, Math.round((px * ratio()) / pixels))) / ratio();
}

/** Give a canvas that size; return its side in device pixels. */
function sized(target: HTMLCanvasElement, pixels: number, px: number): number {
  const css = sideOf(pixels, px);
  const side = Math.round(css * ratio());
  if (target.width !== side) target.width = target.height = side;
  target.style.width = target.style.height = `${css}px`;
  return side;
}
