/** Values, brushes, axes and words of the score explorer: pure functions. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { apart, area, path, runs, Scale, stairs, ticks } from "../src/score_explorer/axis";
import { counted, deviations, measured, ordinal, percent, score } from "../src/score_explorer/said";
import { inHand, inside, nearest, read, wilson, winner } from "../src/score_explorer/values";

/** Bytes as Python packs them: of one picture each seed, score, flags, facts that are right. */
function packed(pictures: [bigint, number, number, number][]): DataView[] {
  const views = [8, 8, 1, 4].map((size) => new DataView(new ArrayBuffer(size * pictures.length)));
  pictures.forEach(([seed, value, flags, right], i) => {
    views[0].setBigUint64(8 * i, seed, true);
    views[1].setFloat64(8 * i, value, true);
    views[2].setUint8(i, flags);
    views[3].setUint32(4 * i, right, true);
  });
  return views;
}

const PROMPTS = read({ counts: [4, 1], facts: [["colour: red", "solid: cube"], []] }, packed([
  [2n ** 53n + 1n, 0.25, 3, 1],
  [7n, 0.5, 7, 3],
  [8n, 0.5, 2, 2],
  [9n, 0.125, 1, 0],
  [0n, -0.5, 1, 0],
]));

test("every picture has its seed to the last digit, its verdict, and its place by score", () => {
  const [first, second] = PROMPTS;
  assert.deepEqual(first.pictures.map(({ seed }) => seed), ["9007199254740993", "7", "8", "9"]);
  assert.deepEqual(first.pictures.map(({ right }) => right), [false, true, false, null]);
  assert.deepEqual(first.pictures.map(({ facts }) => facts), [[true, false], [true, true], [false, true], null]);
  assert.deepEqual(first.pictures.map(({ there }) => there), [true, true, false, true]);
  assert.deepEqual(first.pictures.map(({ place }) => place), [3, 1, 2, 4]);
  assert.deepEqual(first.ranked.map(({ seed }) => seed), ["7", "8", "9007199254740993", "9"]);
  assert.equal(second.pictures[0].score, -0.5);
});

test("a brush holds both its ends, best first, and nothing is brushed without one", () => {
  const [first] = PROMPTS;
  assert.deepEqual(inside(first, [0.25, 0.5]).map(({ seed }) => seed), ["7", "8", "9007199254740993"]);
  assert.deepEqual(inside(first, [0.3, 0.4]), []);
  assert.deepEqual(inside(first, []), []);
});

test("of the first k pictures the highest wins, and of equal ones the first", () => {
  const [first] = PROMPTS;
  assert.deepEqual([1, 2, 3, 4].map((k) => winner(first, k).seed), ["9007199254740993", "7", "7", "7"]);
  assert.equal(inHand(first, "9").seed, "9");
  assert.equal(inHand(first, "").seed, "7");
  assert.equal(inHand(first, "123").seed, "7");
  assert.equal(nearest(first, 0.2).seed, "9007199254740993");
});

test("a share has Wilson's interval", () => {
  const [low, high] = wilson(5, 10);
  assert.ok(Math.abs(low - 0.2366) < 1e-4 && Math.abs(high - 0.7634) < 1e-4);
  assert.equal(wilson(0, 8)[0], 0);
  assert.equal(wilson(8, 8)[1], 1);
});

test("ticks are round, rising and inside", () => {
  assert.deepEqual(ticks(0.18, 0.52, 7), [0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5]);
  assert.deepEqual(ticks(-0.1, 0.21, 4), [-0.1, 0, 0.1, 0.2]);
  assert.deepEqual(ticks(0, 2.4, 4), [0, 1, 2]);
  assert.deepEqual(ticks(3, 3, 4), [3]);
  for (const [low, high] of [[0.701, 0.7013], [-250, 1000], [1e-7, 3e-7]]) {
    const found = ticks(low, high, 5);
    assert.ok(found.length >= 1 && found.length <= 6, `${found}`);
    assert.ok(found.every((one, i) => one >= low - 1e-9 && one <= high + 1e-9 && (!i || one > found[i - 1])));
  }
});

test("a scale goes there and back, and stays within its ends", () => {
  const scale = new Scale(0.2, 0.6, 10, 410);
  assert.ok(Math.abs(scale.at(0.3) - 110) < 1e-9);
  assert.ok(Math.abs(scale.value(110) - 0.3) < 1e-9);
  assert.equal(scale.value(-50), 0.2);
  assert.equal(scale.value(900), 0.6);
});

test("steps rise from nothing to all", () => {
  assert.deepEqual(stairs([1, 2], 0, 3), [[0, 0], [1, 0], [1, 0.5], [2, 0.5], [2, 1], [3, 1]]);
  assert.equal(path([[0, 1], [2.25, 3]]), "M0.0 1.0L2.3 3.0");
  assert.equal(area([[0, 1], [2, 1]], 5), "M0.0 1.0L2.0 1.0L2.0 5.0L0.0 5.0Z");
  assert.equal(area([], 5), "");
});

test("names of lines never lie upon each other, and keep their order", () => {
  const found = apart([50, 52, 10], 16, 0, 60);
  const sorted = [...found].sort((a, b) => a - b);
  assert.ok(sorted.every((one, i) => one >= 0 && one <= 60 && (!i || one - sorted[i - 1] >= 16)));
  assert.ok(found[2] < found[0] && found[0] < found[1]);
});

test("a line is broken where it has no value", () => {
  assert.deepEqual(runs([1, 2, null, 3, null]), [[0, 1], [3, 3]]);
  assert.deepEqual(runs([null]), []);
});

test("numbers come with their interval, whose unit is said once, and minus is a minus", () => {
  assert.deepEqual(measured({ value: 0.42, low: 0.19, high: 0.68, n: 12 }, percent), ["42 %", "19 to 68 %"]);
  assert.deepEqual(measured({ value: 0.2, low: -0.1, high: 0.3, n: 4 }, score), ["0.200", "−0.100 to 0.300"]);
  assert.deepEqual(measured({ value: 1, low: null, high: null, n: 1 }, deviations), ["+1.00 sd", ""]);
  assert.deepEqual(measured({ value: null, low: null, high: null, n: 0 }, score), ["–", ""]);
  assert.equal(deviations(-0.004), "0.00 sd");
  assert.equal(score(-0.0001), "0.000");
  assert.deepEqual([1, 2, 3, 11, 22, 113].map(ordinal), ["1st", "2nd", "3rd", "11th", "22nd", "113th"]);
  assert.equal(counted(1, "prompt"), "1 prompt");
});
