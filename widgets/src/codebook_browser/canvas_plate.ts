/**
 * The picture that is painted on, or the map of what changed, and on top what is marked.
 */
import { GridPlate, type Look } from "../shared/plate";

/** Everything the plate shows at one moment. */
export interface Scene {
  picture: CanvasImageSource | null;
  /** Draws the tile of a code where its pixels are not here yet. */
  tile: (code: number, x: number, y: number, side: number) => void;
  pending: Iterable<[patch: number, code: number]>;
  painted: Uint8Array; // 1: another code than at the start
  reach: Uint8Array | null; // 1: its pixels can change with what is in hand, or did
  same: number[]; // patches of the code in hand
  over: number; // patch or -1
  grid: boolean;
}

export class CanvasPlate extends GridPlate {
  private context = this.canvas.getContext("2d")!;

  draw(scene: Scene, look: Look): void {
    const { width, height } = this.canvas;
    this.context.imageSmoothingEnabled = false;
    if (scene.picture) this.context.drawImage(scene.picture, 0, 0, width, height);
    else this.hide(0);
    for (const [patch, code] of scene.pending) scene.tile(code, ...this.corner(patch), this.unit);
    if (scene.grid) this.grid();
    for (const patch of scene.same) this.spot(patch, look);
    this.outlines(scene.painted, scene.painted.length, look);
    if (scene.reach) this.dashed(scene.reach, look);
    if (scene.over >= 0) this.box(scene.over, look.accent, 2);
  }

  /** A small mark in the corner of a patch that has the code in hand. */
  private spot(patch: number, look: Look): void {
    const [x, y] = this.corner(patch);
    const size = Math.max(3, Math.round(this.unit / 5));
    this.context.fillStyle = "rgba(255, 255, 255, 0.9)";
    this.context.fillRect(x + this.thin, y + this.thin, size + 2 * this.thin, size + 2 * this.thin);
    this.context.fillStyle = look.ink;
    this.context.fillRect(x + 2 * this.thin, y + 2 * this.thin, size, size);
  }

  /** The border of a region, dashed: as far as a code reaches. */
  private dashed(mask: Uint8Array, look: Look): void {
    const { rows, columns } = this.geometry;
    const u = this.unit;
    const at = (row: number, column: number) => row >= 0 && column >= 0 && row < rows && column < columns && mask[row * columns + column] === 1;
    const path = new Path2D();
    for (let row = 0; row <= rows; row++) {
      for (let column = 0; column <= columns; column++) {
        if (column < columns && at(row, column) !== at(row - 1, column)) {
          path.moveTo(column * u, this.inside(row * u));
          path.lineTo((column + 1) * u, this.inside(row * u));
        }
        if (row < rows && at(row, column) !== at(row, column - 1)) {
          path.moveTo(this.inside(column * u), row * u);
          path.lineTo(this.inside(column * u), (row + 1) * u);
        }
      }
    }
    this.context.lineWidth = 2 * this.thin;
    this.context.strokeStyle = "rgba(255, 255, 255, 0.75)";
    this.context.stroke(path);
    this.context.lineWidth = this.thin;
    this.context.strokeStyle = look.accent;
    this.context.setLineDash([3 * this.thin, 3 * this.thin]);
    this.context.stroke(path);
    this.context.setLineDash([]);
  }

  /** A line at the very edge would be cut in half. */
  private inside(place: number): number {
    return Math.min(Math.max(place, this.thin), this.canvas.width - this.thin);
  }
}
