/** Layout, choices, values and windows of the prompt grid: pure functions. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { arranged, placed, seen, turned } from "../src/prompt_grid/layout";
import type { Axis, Cell } from "../src/prompt_grid/types";
import { factsOf, marksOf, ordinal, rankOf, read, stands, type Values } from "../src/prompt_grid/values";

const axis = (name: string, labels: string[]): Axis => ({ name, kind: "words", labels });
const AXES = [axis("colour", ["red", "blue"]), axis("solid", ["cube", "cone", "owl"]), axis("size", ["", "tiny"])];
const CELLS: Cell[] = [];
for (let a = 0; a < 2; a++) for (let b = 0; b < 3; b++) for (let c = 0; c < 2; c++) CELLS.push({ at: [a, b, c], prompt: `${a}${b}${c}`, joints: 0 });
const WANTED = { axes: AXES, cells: CELLS, linked: [], rows: "colour", columns: "solid", chosen: 0, seeds: ["3", "5"], most: 4 };

test("two axes make the rows and columns, and the others stand where the cell in hand has them", () => {
  const { rows, columns, spots } = arranged({ ...WANTED, chosen: 1 });
  assert.deepEqual([rows, columns], [["red", "blue"], ["cube", "cone", "owl"]]);
  assert.deepEqual(spots.map((row) => row.map(({ cell }) => CELLS[cell].prompt)), [["001", "011", "021"], ["101", "111", "121"]]);
  const turned = arranged({ ...WANTED, rows: "solid", columns: "colour" });
  assert.deepEqual(turned.spots[2].map(({ cell }) => CELLS[cell].prompt), ["020", "120"]);
});

test("columns can be the samples of a cell, by rank or by seed", () => {
  const ranks = arranged({ ...WANTED, columns: "#rank" });
  assert.deepEqual(ranks.spots[1].map(({ cell, rank }) => [CELLS[cell].prompt, rank]), [["100", 0], ["100", 1], ["100", 2], ["100", 3]]);
  const seeds = arranged({ ...WANTED, columns: "#seed", rows: "" });
  assert.deepEqual(seeds.columns, ["3", "5"]);
  assert.deepEqual(seeds.spots, [[{ cell: 0, rank: -1, seed: "3" }, { cell: 0, rank: -1, seed: "5" }]]);
});

test("axes that stay together leave gaps, and move together", () => {
  const cells = [0, 1, 2].map((i): Cell => ({ at: [i, i], prompt: `${i}`, joints: 0 }));
  const axes = [axis("x", ["a", "b", "c"]), axis("y", ["d", "e", "f"])];
  const { spots } = arranged({ ...WANTED, axes, cells, linked: [[0, 1]], rows: "x", columns: "y" });
  assert.deepEqual(spots.map((row) => row.map(({ cell }) => cell)), [[0, -1, -1], [-1, 1, -1], [-1, -1, 2]]);
  const one = arranged({ ...WANTED, axes, cells, linked: [[0, 1]], rows: "x", columns: "" });
  assert.deepEqual(one.spots.map((row) => row[0].cell), [0, 1, 2]);
  assert.equal(turned(cells, 0, 1, 2), 2);
});

test("another word leaves all other words as they are", () => {
  assert.equal(CELLS[turned(CELLS, 5, 1, 0)].prompt, "001");
  assert.equal(turned(CELLS, 0, 1, 9), -1);
});

test("the cell in hand is found again in the layout", () => {
  const layout = arranged({ ...WANTED, chosen: 4 });
  assert.deepEqual(placed(layout, 4, { rank: 0, seed: "3" }), [0, 2]);
  const ranks = arranged({ ...WANTED, columns: "#rank" });
  assert.deepEqual(placed(ranks, 0, { rank: 2, seed: "9" }), [0, 2]);
  assert.equal(placed(layout, 1, { rank: 0, seed: "" }), null);
});

test("only what is in sight, and a little beside it, is in the page", () => {
  assert.deepEqual(seen(0, 600, 100, 400, 1), [0, 7]);
  assert.deepEqual(seen(1000, 600, 100, 400, 1), [9, 17]);
  assert.deepEqual(seen(39_900, 600, 100, 400, 1), [398, 400]);
  assert.deepEqual(seen(0, 600, 100, 3, 1), [0, 3]);
  assert.deepEqual(seen(0, 0, 0, 3, 1), [0, 1]);
});

const view = (array: ArrayBufferView) => new DataView(array.buffer, array.byteOffset, array.byteLength);
const READ = read(
  { cells: [7, 2], counts: [2, 1], facts: [["colour: red", "solid: cube"], []] },
  [BigUint64Array.from([9007199254740993n, 4n, 1n]), Float32Array.from([0.5, 0.25, NaN]), Uint8Array.from([3, 2, 1]), Uint32Array.from([3, 1, 0]), Uint32Array.from([1, 0, 0])].map(view),
);

test("values are read as they were written: seeds whole, facts as ticks", () => {
  const [[cell, values], [other, unscored]] = READ;
  assert.deepEqual([cell, other], [7, 2]);
  assert.deepEqual(values.samples, [
    { seed: "9007199254740993", score: 0.5, there: true, ticks: [true, false] },
    { seed: "4", score: 0.25, there: false, ticks: [false, null] },
  ]);
  assert.equal(values.ranked, true);
  assert.equal(unscored.ranked, false);
  assert.equal(unscored.samples[0].ticks, null);
});

test("the best picture that is there stands for a cell, or that of a seed", () => {
  const values: Values = { samples: [{ ...READ[0][1].samples[1] }, { ...READ[0][1].samples[0] }], facts: [], ranked: true };
  assert.equal(stands(values, ""), 1);
  assert.equal(stands(values, "4"), 0);
  assert.equal(stands(values, "6"), -1);
});

test("ranks and facts are said as people say them", () => {
  const [, values] = READ[0];
  assert.deepEqual([1, 2, 3, 4, 11, 12, 21, 112].map(ordinal), ["1st", "2nd", "3rd", "4th", "11th", "12th", "21st", "112th"]);
  assert.equal(rankOf(values, 1, "CLIP"), "2nd of 2 by CLIP");
  assert.equal(rankOf({ ...values, ranked: false }, 1, ""), "");
  assert.equal(factsOf(values.samples[0], values.facts), "1 of 2 facts");
  assert.equal(factsOf(values.samples[1], values.facts), "0 of 2 facts, 1 unclear");
  assert.equal(marksOf(values.samples[1]), "✗?");
  assert.equal(marksOf({ ...values.samples[0], ticks: [true, true, true, false, null, true] }), "4/6");
});
