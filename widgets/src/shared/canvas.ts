/**
 * Canvases at device pixels, without smoothing; and hatching for what is not known.
 */

export function canvas(width: number, height: number): HTMLCanvasElement {
  const made = document.createElement("canvas");
  made.width = width;
  made.height = height;
  return made;
}

/** The 2D context with smoothing off: a patch is a patch, not a blur. */
export function pen(target: HTMLCanvasElement, often = false): CanvasRenderingContext2D {
  const context = target.getContext("2d", often ? { willReadFrequently: true } : {})!;
  context.imageSmoothingEnabled = false;
  return context;
}

export interface HatchLook {
  paper: string;
  line: string;
}

/** Thin diagonal lines, grey on white: no picture has them, so they read as "not drawn yet". */
export function hatching(width: number, height: number, gap: number, thick: number, look: HatchLook): HTMLCanvasElement {
  const made = canvas(width, height);
  const context = pen(made);
  context.fillStyle = look.paper;
  context.fillRect(0, 0, width, height);
  context.strokeStyle = look.line;
  context.lineWidth = thick;
  context.beginPath();
  for (let x = gap / 2; x < width + height; x += gap) {
    context.moveTo(x + 1, -1);
    context.lineTo(x - height - 1, height + 1);
  }
  context.stroke();
  return made;
}

/** Pixels [height, width, 3] of uint8 as something that can be put on a canvas. */
export function rgbImage(pixels: Uint8Array, width: number, height: number): ImageData {
  const image = new ImageData(width, height);
  for (let from = 0, to = 0; to < image.data.length; from += 3, to += 4) {
    image.data[to] = pixels[from];
    image.data[to + 1] = pixels[from + 1];
    image.data[to + 2] = pixels[from + 2];
    image.data[to + 3] = 255;
  }
  return image;
}
