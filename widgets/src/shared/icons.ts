/**
 * The icons, as paths on a grid of 16 by 16. They are ornaments: the label beside them speaks.
 */
import { svg } from "./dom";

const PATHS = {
  play: ["M4.5 2.6v10.8l9-5.4z", "fill"],
  pause: ["M4 3h2.8v10H4zM9.2 3H12v10H9.2z", "fill"],
  stop: ["M4 4h8v8H4z", "fill"],
  full: ["M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10", "line"],
  more: ["M3.5 6l4.5 4.5L12.5 6", "line"],
  fork: ["M5 2.5v11M5 8.5c0-3 6-1 6-6", "line"],
  region: ["M2.5 5V2.5H5M11 2.5h2.5V5M13.5 11v2.5H11M5 13.5H2.5V11M6 6h4v4H6z", "line"],
  dice: ["M3 3h10v10H3zM5.8 5.8h.01M10.2 5.8h.01M8 8h.01M5.8 10.2h.01M10.2 10.2h.01", "line"],
  upload: ["M8 11V3M4.8 6L8 2.8 11.2 6M3 10.5v2.7h10v-2.7", "line"],
  keep: ["M4.2 2.6h7.6v10.8L8 10.4l-3.8 3z", "line"],
  copy: ["M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z", "line"],
  surprise: ["M8 2v3M8 11v3M2 8h3M11 8h3M4 4l1.6 1.6M10.4 10.4L12 12M12 4l-1.6 1.6M4 12l1.6-1.6", "line"],
  differ: ["M3 6h10M3 10h10M11 2.5l-6 11", "line"],
  same: ["M3 8.5l3.2 3.2L13 5", "line"],
  off: ["M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 0 0 0-11zM4.2 4.2l7.6 7.6", "line"],
  proof: ["M8 2l5 2v4c0 3-2.2 5-5 6c-2.8-1-5-3-5-6V4zM5.8 8l1.6 1.6L10.4 6.5", "line"],
  close: ["M4 4l8 8M12 4l-8 8", "line"],
  brush: ["M13.2 2.8L7.4 8.6M6.4 8.4l1.8 1.8M6 9c-2 0-2.2 1.8-2.4 3.2c-.1.6-.6 1-1.2 1.2c2.6.6 5-.2 5-2.6z", "line"],
  pick: ["M9.2 4.4l2.4 2.4M10.4 5.6l1.9-1.9a1.4 1.4 0 0 0-2-2L8.4 3.6M8.2 5.4L3.4 10.2L2.6 13.4l3.2-.8l4.8-4.8", "line"],
  undo: ["M5.2 3L2.6 5.6l2.6 2.6M2.8 5.6h6.4a3.6 3.6 0 0 1 0 7.2H5.6", "line"],
  redo: ["M10.8 3l2.6 2.6l-2.6 2.6M13.2 5.6H6.8a3.6 3.6 0 0 0 0 7.2h3.6", "line"],
  heart: ["M8 13.2C3.6 10 2.4 8 2.4 6.1a2.9 2.9 0 0 1 5.6-1a2.9 2.9 0 0 1 5.6 1c0 1.9-1.2 3.9-5.6 7.1z", "line"],
  turn: ["M3 6.5A5.2 5.2 0 0 1 12.6 5M13 2.4V5.4H10M13 9.5A5.2 5.2 0 0 1 3.4 11M3 13.6v-3h3", "line"],
  left: ["M10 3.5L5.5 8l4.5 4.5", "line"],
  right: ["M6 3.5L10.5 8L6 12.5", "line"],
} as const;

export function icon(name: keyof typeof PATHS): SVGElement {
  const [path, kind] = PATHS[name];
  const look = kind === "fill"
    ? { fill: "currentColor" }
    : { fill: "none", stroke: "currentColor", "stroke-width": 1.4, "stroke-linecap": "round", "stroke-linejoin": "round" };
  const size = { viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true", class: "dx-icon" };
  return svg("svg", size, svg("path", { d: path, ...look }));
}
