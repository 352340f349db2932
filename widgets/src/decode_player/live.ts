/**
 * Pictures while they grow: strips of pixel rows come from the kernel and are painted in the next
 * animation frame, the latest ones at once. They are kept as coarse frames until the film arrives.
 */
import { bytes, inflate } from "../shared/buffers";
import { canvas, pen, rgbImage } from "../shared/canvas";
import type { Grid } from "../shared/grid";

interface Strip {
  step: number;
  top: number;
  image: ImageData;
}

export class LiveReel {
  readonly canvas: HTMLCanvasElement;
  step = 0; // the newest one here
  private pen: CanvasRenderingContext2D;
  private strips: Strip[] = [];
  private at = 0;
  private painted = 0; // strips on the canvas

  constructor(geometry: Grid) {
    this.canvas = canvas(geometry.columns * geometry.patch, geometry.rows * geometry.patch);
    this.pen = pen(this.canvas);
  }

  add(strip: Strip): void {
    this.strips.push(strip);
    this.step = Math.max(this.step, strip.step);
  }

  paint(step: number): boolean {
    if (step < this.at) {
      this.pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
      this.painted = 0;
    }
    while (this.painted < this.strips.length && this.strips[this.painted].step <= step) {
      const { image, top } = this.strips[this.painted++];
      this.pen.putImageData(image, 0, top);
    }
    this.at = step;
    return this.painted > 0;
  }
}

/** Cut a "live" message into one strip for every picture. */
export async function strips(message: any, buffer: DataView, width: number): Promise<Map<string, Strip>> {
  const { ids, step, top, height } = message;
  const packed = buffer.byteLength === ids.length * height * width * 3;
  const pixels = packed ? bytes(buffer) : await inflate(buffer);
  const size = height * width * 3;
  const out = new Map<string, Strip>();
  ids.forEach((id: string, i: number) => {
    const part = pixels.subarray(i * size, (i + 1) * size);
    out.set(id, { step, top, image: rgbImage(part, width, height) });
  });
  return out;
}
