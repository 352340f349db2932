/** Orders, pages, strokes and changes of the codebook browser: pure functions. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { along, curveOf, upwards } from "../src/codebook_browser/curve";
import { columnsFor, outlineOf } from "../src/codebook_browser/edge";
import { byCount, codeIn, layout, ordered, ordinal, pageOf, pagesOf, ranksOf, stepped } from "../src/codebook_browser/order";
import { change, changed, coloured, footprint, line } from "../src/codebook_browser/stroke";
import { amount } from "../src/shared/colour";

const COUNTS = Uint32Array.from([3, 0, 9, 3, 0, 1]);

test("codes are ranked by use, equal ones by number, and those that never occur come last", () => {
  assert.deepEqual(byCount(COUNTS), [2, 0, 3, 5, 1, 4]);
  assert.deepEqual([...ranksOf(COUNTS)], [2, 0, 1, 3, 0, 4]);
});

test("a sheet has its codes in the order that was asked for, or by number until that is known", () => {
  assert.deepEqual(ordered(6, "usage", COUNTS, null, null), [2, 0, 3, 5, 1, 4]);
  assert.deepEqual(ordered(6, "usage", null, null, null), [0, 1, 2, 3, 4, 5]);
  assert.deepEqual(ordered(6, "colour", COUNTS, Uint16Array.from([5, 4, 3, 2, 1, 0]), [1, 3]), [3, 1]);
  assert.deepEqual(ordered(6, "number", COUNTS, null, [4, 2]), [2, 4]);
});

test("tiles stand at whole device pixels, as many across as stay large enough", () => {
  for (const ratio of [1, 1.5, 2, 3]) {
    for (const room of [300, 336, 420, 560, 900]) {
      for (const least of [22, 34]) {
        const gap = Math.round(2 * ratio);
        const { across, down, zoom } = layout({ codes: 4096, side: 8, room, most: 560, least, gap, ratio });
        assert.ok(Number.isInteger(zoom) && zoom >= 1);
        assert.ok(across * (8 * zoom + gap) + gap <= room * ratio + 1, `${room} at ${ratio}`);
        assert.ok((8 * zoom) / ratio >= least - 1, `${room} at ${ratio}`);
        assert.ok(down >= 1 && down <= across);
      }
    }
  }
});

test("a small codebook fills one page, and its tiles do not become posters", () => {
  const space = { side: 8, room: 500, most: 500, least: 22, gap: 2, ratio: 1 };
  const found = layout({ codes: 16, ...space });
  assert.deepEqual([found.across, found.down], [4, 4]);
  assert.ok(8 * found.zoom <= 48);
  assert.equal(pagesOf(16, found), 1);
  assert.equal(layout({ codes: 1, ...space }).across, 1);
});

test("every place is on one page, and arrows go on from page to page", () => {
  const lay = { across: 4, down: 3, zoom: 3 };
  assert.equal(pagesOf(25, lay), 3);
  assert.deepEqual([0, 11, 12, 24].map((place) => pageOf(place, lay)), [0, 0, 1, 2]);
  assert.equal(stepped(11, "ArrowRight", lay, 25), 12);
  assert.equal(stepped(9, "ArrowDown", lay, 25), 13);
  assert.equal(stepped(2, "ArrowUp", lay, 25), 2);
  assert.equal(stepped(24, "ArrowRight", lay, 25), 24);
});

test("only whole numbers of the codebook are codes", () => {
  assert.deepEqual(["17", " 0 ", "4095"].map((typed) => codeIn(typed, 4096)), [17, 0, 4095]);
  assert.deepEqual(["4096", "-1", "1.5", "x", "", "99999999999"].map((typed) => codeIn(typed, 4096)), Array(6).fill(null));
});

test("ranks are read as ordinals", () => {
  assert.deepEqual([1, 2, 3, 4, 11, 12, 13, 21, 112, 1002, 4095].map(ordinal), ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "112th", "1,002nd", "4,095th"]);
});

test("the fore-edge is not too high, and a page is whole rows where that can be", () => {
  for (const [page, wide] of [[256, 418], [400, 522], [64, 306], [176, 418], [120, 700]]) {
    const columns = columnsFor(4096, page, wide);
    assert.ok(Number.isInteger(columns) && columns >= 8);
    assert.ok((Math.ceil(4096 / columns) * wide) / columns <= 140, `${page} on ${wide}`);
  }
  assert.equal(columnsFor(4096, 256, 418), 128);
});

test("an outline is closed: every corner belongs to as many lines that end as begin", () => {
  for (const [first, last, columns] of [[0, 7, 8], [3, 12, 8], [6, 9, 8], [0, 23, 8], [5, 5, 8], [7, 8, 8]]) {
    const ends = new Map<string, number>();
    let length = 0;
    for (const [x0, y0, x1, y1] of outlineOf(first, last, columns)) {
      length += Math.abs(x1 - x0) + Math.abs(y1 - y0);
      for (const corner of [`${x0},${y0}`, `${x1},${y1}`]) ends.set(corner, (ends.get(corner) ?? 0) + 1);
    }
    for (const count of ends.values()) assert.equal(count % 2, 0, `${first} to ${last}`);
    let sides = 0;
    const inside = (place: number) => place >= first && place <= last;
    for (let place = first; place <= last; place++) {
      const column = place % columns;
      sides += [!inside(place - columns), !inside(place + columns), column === 0 || !inside(place - 1), column === columns - 1 || !inside(place + 1)].filter(Boolean).length;
    }
    assert.equal(length, sides, `${first} to ${last}`);
  }
});

test("the curve of use falls from one corner to the other", () => {
  const points = curveOf([1000, 100, 10, 5, 1, 0, 0]);
  assert.deepEqual(points[0], [0, 1]);
  assert.deepEqual(points[points.length - 1], [1, 0]);
  for (let i = 1; i < points.length; i++) assert.ok(points[i][0] > points[i - 1][0] && points[i][1] <= points[i - 1][1]);
  assert.deepEqual(curveOf([7]), []);
  assert.ok(Math.abs(along(10, 100) - 0.5) < 1e-9 && Math.abs(upwards(10, 100) - 0.5) < 1e-9);
});

test("a stroke has no gaps", () => {
  for (const [from, to] of [[0, 35], [5, 30], [14, 14], [3, 27], [12, 17]]) {
    const patches = line(from, to, 6);
    assert.equal(patches[0], from);
    assert.equal(patches[patches.length - 1], to);
    for (let i = 1; i < patches.length; i++) {
      const [a, b] = [patches[i - 1], patches[i]];
      assert.ok(Math.abs((a % 6) - (b % 6)) <= 1 && Math.abs(Math.floor(a / 6) - Math.floor(b / 6)) <= 1);
    }
  }
});

test("a footprint is all patches at most so far away, inside the picture", () => {
  const grid = { rows: 6, columns: 5, patch: 8 };
  const mask = footprint([0, 17], grid, 1);
  for (let patch = 0; patch < 30; patch++) {
    const near = [0, 17].some((one) => Math.abs(Math.floor(one / 5) - Math.floor(patch / 5)) <= 1 && Math.abs((one % 5) - (patch % 5)) <= 1);
    assert.equal(mask[patch], near ? 1 : 0, String(patch));
  }
});

test("what changed is counted in patches and in pixels", () => {
  assert.deepEqual(changed([1, 2, 3], [1, 9, 3]), [1]);
  const start = Uint8ClampedArray.from([10, 20, 30, 255, 0, 0, 0, 255, 5, 5, 5, 255]);
  const now = Uint8ClampedArray.from([10, 20, 30, 255, 7, 0, 40, 255, 5, 4, 5, 255]);
  const found = change(now, start);
  assert.deepEqual([...found.levels], [0, 40, 1]);
  assert.deepEqual([found.pixels, found.most], [2, 40]);
});

test("levels are coloured on the scale of the legend", () => {
  const scale = { low: 0, high: 255, log: false, power: 1 / 2, lut: amount, unit: "", ticks: [] };
  const rgba = coloured(Uint8Array.from([0, 255]), scale);
  assert.deepEqual([...rgba.slice(0, 3)], [...amount.slice(0, 3)]);
  assert.deepEqual([...rgba.slice(4, 7)], [...amount.slice(765)]);
  assert.equal(rgba[3], 255);
});
