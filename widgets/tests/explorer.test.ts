/** The numbers of AttentionExplorer: heads put together, words found again, scales, sentences. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { chosen, combine, combineEarlier, means, ofHead, ofHeadAt, start } from "../src/attention_explorer/combine";
import type { Looks } from "../src/attention_explorer/data";
import { boxOf, match } from "../src/attention_explorer/hand";
import { firstWords, replayed } from "../src/attention_explorer/panel";
import { list } from "../src/attention_explorer/say";
import { bits, bitsOf, share, signedShare } from "../src/attention_explorer/scales";
import { four } from "../src/attention_explorer/shares";
import { index, place } from "../src/shared/colour";
import { signedBits, signedPercent } from "../src/shared/format";
import { between, moved } from "../src/shared/grid";
import { fromHalf } from "../src/shared/half";

const near = (a: number, b: number, far = 1e-6) => assert.ok(Math.abs(a - b) < far, `${a} is not ${b}`);

/** Two heads, three columns (a word, pad, earlier), two patches. */
const looks: Looks = {
  layers: 1, heads: 2, columns: 3, patches: 2,
  // Shares 1/4, 0, 3/4 at both patches of the first head; 1, 0, 0 of the second.
  attention: Uint8Array.from([127.5, 127.5, 0, 0, 220.836, 220.836, 255, 255, 0, 0, 0, 0].map(Math.round)),
  contribution: Uint8Array.from([255, 0, 0, 255, 0, 0, 0, 0, 255, 255, 0, 0]),
  signed: Int8Array.from([127, -64, 0, 0, 0, 127, -127, 0, 0, 0, 127, 127]),
  weight: Float32Array.from([1, 3, 3, 1]),
  signedWeight: Float32Array.from([1, 1, 1, 3]),
};

test("attention is the mean of the heads, and sums to one", () => {
  const found = combine(looks, "attention", []);
  near(found[0], (0.25 + 1) / 2, 2e-3);
  near(found[0] + found[2] + found[4], 1);
});

test("contributions are put together by what each head brings", () => {
  const found = combine(looks, "contribution", []);
  near(found[0], 1 / 4); // weight 1 on the word, 3 on the padding
  near(found[2], 3 / 4);
  near(found[1], 0);
  near(found[3], 1); // both heads read the padding there
});

test("signed shares keep their signs, and may sum to anything", () => {
  const found = combine(looks, "signed", []);
  near(found[0], (1 * 1 + 1 * -1) / 2);
  near(found[1], -((64 / 127) ** 2) / 4);
  near(found[5], (1 + 3) / 4);
});

test("chosen heads alone are shown, and none that is not there", () => {
  assert.deepEqual(chosen([], 2, 2), [0, 1, 2, 3]);
  assert.deepEqual(chosen([[1, 0], [7, 7]], 2, 2), [2]);
  near(combine(looks, "attention", [[0, 1]])[0], 1);
});

test("a head's map and its number at a patch are the same", () => {
  near(ofHead(looks, "contribution", 0, [0, 1])[1], ofHeadAt(looks, "contribution", 0, [0, 1], 1));
  near(ofHead(looks, "signed", 1, [0])[0], -1);
});

test("earlier patches stand in a triangle, and layers count as often as their heads are chosen", () => {
  assert.deepEqual([0, 1, 2, 3].map(start), [0, 0, 1, 3]);
  const earlier = {
    attention: Uint8Array.from([255, 0, 0, 0, 255, 255]),
    contribution: Uint8Array.from([255, 0, 0, 0, 255, 255]),
    weight: Float32Array.from([1, 1, 1, 1, 3, 1]),
  };
  assert.deepEqual([...combineEarlier(earlier, "attention", [], 2, 3)], [0.5, 0.5, 0.5]);
  near(combineEarlier(earlier, "contribution", [], 2, 3)[0], 1 / 4);
  near(combineEarlier(earlier, "attention", [[0, 0], [0, 1], [1, 0]], 2, 3)[0], 2 / 3);
});

test("the four shares are sums of columns", () => {
  const of = [0.1, 0.2, 0.3, 0.15, 0.25];
  assert.deepEqual(four((column) => of[column], 2), { text: 0.1 + 0.2, start: 0.3, pad: 0.15, earlier: 0.25 });
  assert.deepEqual([...means(Float32Array.from([1, 3, 0, 4]), 2)], [2, 2]);
});

test("scales have fixed ends and their middle at nothing", () => {
  assert.equal(index(share, 0), 0);
  assert.equal(index(share, 0.5), 255);
  near(place(share, 0.0625), 0.5, 3e-3);
  assert.deepEqual([index(bits, -8), index(bits, 8), index(bits, 99)], [0, 255, 255]);
  near(place(bits, 2), 0.75, 3e-3);
  near(place(signedShare, 0), 0.5, 3e-3);
  near(place(bitsOf(256), 64), 0.75, 3e-3);
});

test("a word of another text is found by its letters, and by how often it was said", () => {
  const of = (...words: string[]) => ({ words: words.map((text) => ({ text, start: 0, end: 0 })) }) as any;
  assert.equal(match(of("a", "cube", "a", "cube"), 3, of("cube", "on", "cube")), 2);
  assert.equal(match(of("a", "cube"), 1, of("a", "cone")), -1);
  assert.equal(match(of("a"), -1, of("a")), -1);
});

test("sentences name what they compare", () => {
  const words = ["a", "red", "cube"].map((text) => ({ text, start: 0, end: 0 }));
  const told = (top: Record<string, number>, disagree: boolean) =>
    firstWords({ places: [], scores: {}, correlations: [[], []], disagree, top }, words);
  assert.match(told({ contribution: 1, knockout: 2 }, true), /Contribution’s first word: red\. .*: cube\. They disagree\./);
  assert.match(told({ attention: 2, knockout: 2 }, false), /Attention and knock-out .* agree on the first word: cube/);
  assert.match(told({ contribution: 2, knockout: 2 }, true), /cube first, and disagree on the words after it/);
  assert.equal(told({}, false), "");
  assert.deepEqual([list([]), list(["a"]), list(["a", "b", "c"])], ["", "a", "a, b and c"]);
  assert.deepEqual([replayed(null), replayed(1.24e-5), replayed(0.5), replayed(0)],
    ["Not compared with what was recorded.", "Replay error 1.2 × 10⁻⁵ nats.", "Replay error 0.50 nats.", "Replay error 0 nats."]);
});

test("numbers with a sign have one, and nothing has none", () => {
  assert.deepEqual([signedPercent(0.042), signedPercent(-0.0031), signedPercent(0)], ["+4.2 %", "−0.31 %", "0 %"]);
  assert.deepEqual([1.2, -0.034, 0.001, 12.34, -161.2].map(signedBits),
    ["+1.20 bits", "−0.03 bits", "0.00 bits", "+12.3 bits", "−161 bits"]);
});

test("halves have signs, and what is no number stays none", () => {
  const view = new DataView(Uint16Array.from([0x3c00, 0xc000, 0x8000, 0x7e00, 0xfc00]).buffer);
  assert.deepEqual([...fromHalf(view)], [1, -2, -0, NaN, -Infinity]);
});

test("a box is a box from whichever corner, and arrows stay inside", () => {
  assert.deepEqual(between({ row: 3, column: 1 }, { row: 2, column: 4 }), { top: 2, left: 1, bottom: 3, right: 4 });
  assert.equal(boxOf([]), null);
  assert.deepEqual(boxOf([1, 2, 3, 4]), { top: 1, left: 2, bottom: 3, right: 4 });
  assert.deepEqual(moved({ row: 0, column: 5 }, "ArrowRight", { rows: 6, columns: 6, patch: 8 }), { row: 0, column: 5 });
});
