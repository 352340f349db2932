/**
 * Bytes of the Python half as typed arrays. Everything is little-endian, as are all browsers.
 */

type Constructor<A> = {
  new (buffer: ArrayBuffer, offset: number, length: number): A;
  BYTES_PER_ELEMENT: number;
};

/** View the bytes as numbers; they are copied where they do not begin at a multiple of the size. */
export function typed<A>(view: DataView, kind: Constructor<A>): A {
  const size = kind.BYTES_PER_ELEMENT;
  const length = Math.floor(view.byteLength / size);
  if (view.byteOffset % size === 0) {
    return new kind(view.buffer as ArrayBuffer, view.byteOffset, length);
  }
  return new kind(bytes(view).slice().buffer as ArrayBuffer, 0, length);
}

export function bytes(view: DataView): Uint8Array<ArrayBuffer> {
  return new Uint8Array(view.buffer as ArrayBuffer, view.byteOffset, view.byteLength);
}

/** Undo zlib, as Python's zlib.compress made it. */
export async function inflate(view: DataView): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes(view)]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** An encoded picture (PNG, WebP), ready to be drawn; its kind is told by its first bytes. */
export async function picture(view: DataView): Promise<ImageBitmap> {
  const kind = view.byteLength > 0 && view.getUint8(0) === 0x89 ? "image/png" : "image/webp";
  // Pixels are data here: no colour profile, no rounding by premultiplication.
  return createImageBitmap(new Blob([bytes(view)], { type: kind }), {
    colorSpaceConversion: "none",
    premultiplyAlpha: "none",
  });
}

export function fromBase64(text: string): DataView {
  const raw = atob(text);
  const out = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) out[i] = raw.charCodeAt(i);
  return new DataView(out.buffer);
}
