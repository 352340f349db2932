/** How films are packed: spreads, windows, atlases; and what is told of two pictures. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { difference, sentence } from "../src/shared/difference";
import { fit } from "../src/shared/fit";
import { stretched } from "../src/decode_player/region";
import { decodeSpread } from "../src/decode_player/spread";
import { treeLayout } from "../src/decode_player/tree_layout";
import { inAtlas, layout, windowAt } from "../src/decode_player/windows";
import { typed } from "../src/shared/buffers";
import { patchesOf } from "../src/shared/grid";

test("a spread is decoded from differences of fp16 patterns in two planes", () => {
  // -log p: 0.5, 1, 2 are 0x3800, 0x3c00, 0x4000; then 0, 2**-24 and infinity: 0, 1, 0x7c00.
  const steps = [0x3800, 0x0400, 0x0400, 0, 1, 0x7bff];
  const raw = Uint8Array.from([...steps.map((v) => v & 255), ...steps.map((v) => v >> 8)]);
  assert.deepEqual([...decodeSpread(raw, 2, 3)], [-0.5, -1, -2, -0, -(2 ** -24), -Infinity]);
});

test("a spread of the wrong length is refused", () => {
  assert.throws(() => decodeSpread(new Uint8Array(5), 1, 3), /5 bytes/);
});

test("windows are centred, and moved inside at the borders", () => {
  assert.deepEqual(windowAt(2 * 6 + 3, 1, 6, 6), { row: 1, column: 2, rows: 3, columns: 3 });
  assert.deepEqual(windowAt(0, 2, 6, 6), { row: 0, column: 0, rows: 5, columns: 5 });
  assert.deepEqual(windowAt(35, 1, 6, 6), { row: 3, column: 3, rows: 3, columns: 3 });
  assert.deepEqual(windowAt(5, 4, 3, 4), { row: 0, column: 0, rows: 3, columns: 4 });
});

test("crops stand in rows of the atlas", () => {
  assert.deepEqual(inAtlas(9, layout({ across: 4, side: 24, height: 16 })), { x: 24, y: 32 });
  const edged = layout({ across: 4, side: 24, height: 16, left: 4, above: 8, over: 32, down: 32 });
  assert.deepEqual(inAtlas(9, edged), { x: 36, y: 72 });
});

test("bytes that are not aligned are copied", () => {
  const buffer = new Uint8Array([9, 1, 0, 2, 0]).buffer;
  assert.deepEqual([...typed(new DataView(buffer, 1, 4), Uint16Array)], [1, 2]);
});

test("the first flip is named, and the rest counted", () => {
  const found = difference(Uint16Array.from([1, 2, 3, 4]), Uint16Array.from([1, 9, 3, 8, 7]));
  assert.deepEqual([...found.mask], [0, 2, 0, 1]);
  assert.match(sentence(found, 2), /First flip at row 0, column 1; 2 of 4 patches differ/);
  assert.match(sentence(difference(found.mask as any, found.mask as any), 2), /No difference/);
});

test("forks stand below their parents, further ones in columns of their own", () => {
  const { places, width, height } = treeLayout([
    { id: "a", parent: null }, { id: "b", parent: null }, { id: "a1", parent: "a" }, { id: "a2", parent: "a" },
    { id: "a11", parent: "a1" }, { id: "lost", parent: "gone" },
  ]);
  const at = Object.fromEntries(places.map(({ id, x, y }) => [id, [x, y]]));
  assert.deepEqual(at, { a: [0, 0], a1: [0, 1], a11: [0, 2], a2: [1, 1], b: [2, 0], lost: [3, 0] });
  assert.deepEqual([width, height], [4, 3]);
});

test("pictures are as large as whole pixels and the space allow", () => {
  const space = { width: 128, height: 128, gap: 14, foot: 26, ratio: 1 };
  assert.deepEqual(fit({ ...space, count: 4, room: 640, most: 600 }), { across: 2, zoom: 2 });
  assert.deepEqual(fit({ ...space, count: 4, room: 1100, most: 600 }), { across: 4, zoom: 2 });
  // As full rows as possible: four and four, not five and three.
  assert.deepEqual(fit({ ...space, count: 8, room: 720, most: 600 }), { across: 4, zoom: 1 });
  assert.deepEqual(fit({ ...space, count: 8, room: 100, most: 600 }), { across: 1, zoom: 1 });
});

test("a rectangle is the same from whichever corner it is drawn", () => {
  const region = stretched("a", { row: 3, column: 1 }, { row: 2, column: 2 });
  assert.deepEqual(patchesOf(region, 6), [13, 14, 19, 20]);
});
