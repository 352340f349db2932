/**
 * How pictures are laid out side by side: as large as whole device pixels and the space allow.
 */

export interface Fit {
  across: number; // pictures in a row
  zoom: number; // device pixels for each pixel of a picture
}

export interface Space {
  count: number;
  width: number; // of a picture, in its own pixels
  height: number;
  room: number; // CSS pixels across
  most: number; // CSS pixels down
  gap: number; // CSS pixels between pictures
  foot: number; // CSS pixels of the line under each
  ratio: number; // device pixels of a CSS pixel
}

/** The largest whole zoom; of arrangements with the same zoom, the widest. */
export function fit(space: Space): Fit {
  const { count, width, height, room, most, gap, foot, ratio } = space;
  let best: Fit = { across: 1, zoom: 1 };
  let found = false;
  // Rows as full as each other: eight stand as four and four, not as five and three.
  const even = (across: number) => Math.ceil(count / Math.ceil(count / across));
  for (let across = 1; across <= count; across++) {
    const wide = ((room - (across - 1) * gap) / across) * ratio;
    const rows = Math.ceil(count / across);
    const high = ((most - (rows - 1) * gap) / rows - foot) * ratio;
    const zoom = Math.floor(Math.min(wide / width, high / height));
    if (zoom >= 1 && (!found || zoom >= best.zoom)) {
      best = { across, zoom };
      found = true;
    }
  }
  if (found) return { across: even(best.across), zoom: best.zoom };
  const across = Math.max(1, Math.floor((room + gap) / (width / ratio + gap)));
  return { across: even(Math.min(across, count)), zoom: 1 };
}
