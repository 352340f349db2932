/** Colour scales, words about numbers, pieces of a prompt, and the state of a view. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { pieces } from "../src/decode_player/prompt";
import { scaleOf } from "../src/decode_player/overlays";
import { PageModel, restored } from "../src/host";
import { amount, colour, index, signed } from "../src/shared/colour";
import { at, bits, count, percent, seconds } from "../src/shared/format";
import { Store } from "../src/shared/model";

test("scales have fixed ends, and values beyond them take the colour of the end", () => {
  const entropy = scaleOf("entropy", 4096)!;
  assert.deepEqual([entropy.low, entropy.high], [0, 12]);
  assert.deepEqual(colour(entropy, 99), colour(entropy, 12));
  assert.equal(index(scaleOf("surprise", 40)!, 16), 255);
  assert.equal(scaleOf("picture", 40), null);
});

test("rank is on a logarithmic scale", () => {
  const rank = scaleOf("rank", 4096)!;
  assert.equal(index(rank, 1), 0);
  assert.equal(index(rank, 64), 128);
  assert.equal(index(rank, 4096), 255);
});

test("signed amounts are white in the middle, and both maps have 256 colours", () => {
  const average = scaleOf("average", 40)!;
  assert.ok(colour(average, 0).every((part) => part > 240));
  assert.deepEqual([colour(average, -6), colour(average, 6)], [[0x2d, 0, 0x4b], [0x7f, 0x3b, 8]]);
  assert.deepEqual([amount.length, signed.length], [768, 768]);
});

test("numbers are written as people read them", () => {
  assert.deepEqual([0.3721, 0.042, 0.00031, 1e-9, 0, 1].map(percent), ["37.2 %", "4.2 %", "0.031 %", "< 0.001 %", "0 %", "100 %"]);
  assert.deepEqual([count(3725), bits(-1e-9), at(13, 6), seconds(0.4), seconds(200)],
    ["3,725", "0.00 bits", "row 2, column 1", "less than a second left", "3 min left"]);
});

test("a prompt is cut at its flags, and flags that do not fit are left out", () => {
  const flag = (start: number, end: number) => ({ start, end, word: "", near: [] });
  const cut = pieces("a quokka 🐧 on ice", [flag(9, 11), flag(2, 8), flag(5, 9), flag(14, 99)]);
  assert.deepEqual(cut.map((piece) => [piece.text, piece.flag !== null]),
    [["a ", false], ["quokka", true], [" ", false], ["🐧", true], [" on ice", false]]);
});

test("a page puts its buffers back where they belong", () => {
  const state = restored({ state: { n: 1, films: { a: { buffers: [null] } } }, buffers: [{ path: ["films", "a", "buffers", 0], data: "AQI=" }] }) as any;
  assert.equal(state.films.a.buffers[0].getUint8(1), 2);
});

test("a store tells of changes from both sides, once, and saves what the person set", () => {
  const model = new PageModel({ step: 1 });
  const end = new AbortController();
  const store = new Store<{ step: number; hover: number }>(model, ["step"], { hover: 0 }, end.signal);
  const heard: number[] = [];
  store.on(["step"], () => heard.push(store.get("step")));
  model.set("step", 5);
  model.set("step", 5);
  store.set("step", 7);
  assert.equal(model.get("step"), 5); // not yet
  model.set("step", 6); // an echo of something older
  store.save();
  assert.equal(model.get("step"), 7);
  end.abort();
  model.set("step", 9);
  assert.deepEqual(heard, [5, 7]);
});
