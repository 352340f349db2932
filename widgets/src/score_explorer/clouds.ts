/**
 * How the scores of one prompt are drawn: as a cloud over its rain, as steps, or as a ridge. Every
 * picture has a mark of its own, which a brush can pick.
 */
import { typed } from "../shared/buffers";
import { svg } from "../shared/dom";
import { area, path, stairs, type Point, type Scale } from "./axis";
import type { Shape, Spread } from "./types";
import type { Picture, Prompt } from "./values";

export interface Drawn {
  elements: SVGElement[];
  marks: SVGElement[]; // of every picture, in the order of its seeds
  anchors: Point[]; // where each stands
}

export interface Place {
  prompts: Prompt[];
  spread: Spread;
  number: number; // of the prompt
  scale: Scale;
  wide: number;
  high: number;
  lines: number[]; // ticks of the axis
  mine: boolean; // whether this prompt is in hand: of many, it alone has marks
}

const GOLDEN = 0.6180339887498949;
const LEVELS = 65535;

/** Shares of the highest density of all prompts, along the axis. */
export function outline(spread: Spread, number: number): number[] {
  const { points, bytes } = spread.density;
  const all = typed(bytes, Uint16Array);
  return Array.from(all.subarray(number * points, (number + 1) * points), (level) => level / LEVELS);
}

export function draw(shape: Shape, place: Place): Drawn {
  return { raincloud, ecdf: steps, ridges: ridge }[shape](place);
}

function hairlines({ lines, scale, high }: Place): SVGElement {
  return svg("path", { class: "dx-hairline", d: lines.map((tick) => `M${scale.at(tick).toFixed(1)} 0V${high}`).join("") });
}

function silhouette({ spread, number, scale }: Place, base: number, reach: number): Point[] {
  const shares = outline(spread, number);
  const along = new Scaled(spread.axis, shares.length);
  return shares.map((share, i) => [scale.at(along.at(i)), base - share * reach]);
}

/** Places of an axis, equally far apart. */
class Scaled {
  constructor(private ends: [number, number], private count: number) {}
  at(i: number): number {
    return this.ends[0] + (i / Math.max(1, this.count - 1)) * (this.ends[1] - this.ends[0]);
  }
}

function verdict({ right }: Picture): string {
  return right === null ? "dx-unread" : right ? "dx-right" : "dx-wrong";
}

function raincloud(place: Place): Drawn {
  const { prompts, spread, number, scale, high } = place;
  const { pictures } = prompts[number];
  const base = Math.round(0.55 * high);
  const cloud = silhouette(place, base, base - 4);
  const [first, median, third] = spread.rows[number].quartiles.map((value) => scale.at(value));
  const box = base + 7;
  const top = base + 18;
  const radius = pictures.length > 120 ? 2.4 : pictures.length > 40 ? 3.2 : 4;
  const room = high - top - 2 * radius - 1;
  const anchors = pictures.map((one, i): Point => [scale.at(one.score), top + radius + (((i + 1) * GOLDEN) % 1) * room]);
  const marks = pictures.map((one, i) => svg("circle", { class: `dx-drop ${verdict(one)}`, cx: anchors[i][0].toFixed(1), cy: anchors[i][1].toFixed(1), r: radius }));
  return {
    elements: [
      hairlines(place),
      svg("path", { class: "dx-cloud", d: area(cloud, base) }),
      svg("path", { class: "dx-cloud-edge", d: path(cloud) }),
      svg("path", { class: "dx-box", d: `M${first.toFixed(1)} ${box}H${third.toFixed(1)}` }),
      svg("path", { class: "dx-median", d: `M${median.toFixed(1)} ${box - 5}V${box + 5}` }),
      ...rightOnTop(marks, pictures),
    ],
    marks,
    anchors,
  };
}

/** Those that are right last: few among many, and nothing covers them. */
function rightOnTop(marks: SVGElement[], pictures: Picture[]): SVGElement[] {
  return [...marks.filter((_, i) => !pictures[i].right), ...marks.filter((_, i) => pictures[i].right)];
}

const RUG = 13; // pixels of the marks below the steps

function steps(place: Place): Drawn {
  const { prompts, spread, number, scale, high } = place;
  const { pictures, ranked } = prompts[number];
  const base = high - RUG - 6;
  const up = (share: number) => base - share * (base - 4);
  const corners = (prompt: Prompt): Point[] => stairs([...prompt.ranked].reverse().map(({ score }) => score), scale.low, scale.high);
  const placed = (points: Point[]): Point[] => points.map(([x, y]) => [scale.at(x), up(y)]);
  const own = corners(prompts[number]);
  const band = spread.band[number];
  const edge = (by: number): Point[] => own.map(([x, y]) => [scale.at(x), up(Math.min(1, Math.max(0, y + by)))]);
  const anchors = pictures.map(({ score }): Point => [scale.at(score), high - 1 - RUG / 2]);
  const marks = pictures.map((one, i) => svg("path", { class: `dx-rug-mark ${verdict(one)}`, d: `M${anchors[i][0].toFixed(1)} ${high - RUG}V${high - 1}` }));
  const others = prompts.filter((_, i) => i !== number && prompts.length <= 6);
  return {
    elements: [
      hairlines(place),
      svg("path", { class: "dx-hairline", d: [0, 0.5, 1].map((share) => `M${scale.from} ${up(share).toFixed(1)}H${scale.to}`).join("") }),
      ...others.map((other) => svg("path", { class: "dx-other", d: path(placed(corners(other))) })),
      ...(ranked.length > 1 ? [svg("path", { class: "dx-band dx-of-score", d: area(edge(band), edge(-band)) })] : []),
      svg("path", { class: "dx-steps", d: path(placed(own)) }),
      ...rightOnTop(marks, pictures),
    ],
    marks,
    anchors,
  };
}

export const BELOW = 3; // pixels below the line that a ridge stands on

function ridge(place: Place): Drawn {
  const { prompts, number, scale, high, mine } = place;
  const { pictures } = prompts[number];
  const base = high - BELOW;
  const line = silhouette(place, base, 2.1 * high);
  const anchors = pictures.map(({ score }): Point => [scale.at(score), base - 5]);
  const marks = mine ? pictures.map((one, i) => svg("path", { class: `dx-rug-mark ${verdict(one)}`, d: `M${anchors[i][0].toFixed(1)} ${base - 10}V${base}` })) : [];
  return {
    elements: [
      svg("path", { class: "dx-ridge", d: area(line, base) }),
      svg("path", { class: "dx-cloud-edge", d: path(line) }),
      ...rightOnTop(marks, mine ? pictures : []),
    ],
    marks,
    anchors,
  };
}
