/** Reshaping a distribution: hand-computed values, and the rules by which codes are drawn. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Grouped } from "../src/decode_player/grouped";
import { reshaped, shareOf } from "../src/decode_player/reshape";

const row = Float32Array.from([0.5, 0.25, 0.125, 0.125], Math.log);
const plain = { temperature: 1, top_k: null, top_p: null };
const near = (a: number, b: number, far = 1e-6) => assert.ok(Math.abs(a - b) < far, `${a} is not ${b}`);
const shares = (how: { temperature: number; top_k: number | null; top_p: number | null }) => {
  const shape = reshaped(row, 0, 4, how);
  return [...row].map((log, rank) => shareOf(shape, rank, log, how));
};

test("temperature 1 without filters changes nothing", () => {
  near(reshaped(row, 0, 4, plain).entropy, 1.75);
  shares(plain).forEach((share, i) => near(share, Math.exp(row[i])));
});

test("temperature 1/2 squares the shares", () => {
  const total = 0.25 + 0.0625 + 2 * 0.015625;
  shares({ ...plain, temperature: 0.5 }).forEach((share, i) => near(share, Math.exp(2 * row[i]) / total));
});

test("temperature 0 puts everything on the likeliest code, whatever the filters say", () => {
  const cold = { temperature: 0, top_k: 3, top_p: 0.9 };
  assert.deepEqual(shares(cold), [1, 0, 0, 0]);
  assert.equal(reshaped(row, 0, 4, cold).entropy, 0);
});

test("top-k keeps the first and divides everything among them", () => {
  const [a, b, c] = shares({ ...plain, top_k: 2 });
  near(a, 2 / 3);
  near(b, 1 / 3);
  assert.equal(c, 0);
  assert.equal(reshaped(row, 0, 4, { ...plain, top_k: 99 }).kept, 4);
});

test("top-p keeps the shortest beginning that reaches it", () => {
  assert.equal(reshaped(row, 0, 4, { ...plain, top_p: 0.5 }).kept, 1);
  assert.equal(reshaped(row, 0, 4, { ...plain, top_p: 0.51 }).kept, 2);
  assert.equal(reshaped(row, 0, 4, { ...plain, top_p: 0.76 }).kept, 3);
  assert.equal(reshaped(row, 0, 4, { ...plain, top_p: 1 }).kept, 4);
});

test("top-p counts shares of what top-k leaves, at the temperature", () => {
  // Of the first two, the first holds 2/3; at temperature 1/2, 4/5.
  assert.equal(reshaped(row, 0, 4, { temperature: 1, top_k: 2, top_p: 0.7 }).kept, 2);
  assert.equal(reshaped(row, 0, 4, { temperature: 0.5, top_k: 2, top_p: 0.7 }).kept, 1);
});

test("codes that cannot be drawn have no share and break nothing", () => {
  const some = Float32Array.from([0, -Infinity, -Infinity]);
  near(reshaped(some, 0, 3, { ...plain, temperature: 2 }).entropy, 0);
});

test("every patch has its own entropy", () => {
  const two = new Float32Array([...row, ...Array(4).fill(Math.log(0.25))]);
  const found = new Grouped(two, 2, 4).entropies(plain);
  near(found[0], 1.75);
  near(found[1], 2);
});

test("grouping what is nearly alike keeps every entropy, for every setting", () => {
  const k = 4096;
  const logits = Float32Array.from({ length: k }, (_, i) => -3 * Math.log(1 + i / 3) - Math.sin(i) * 1e-3);
  logits.sort().reverse();
  const total = logits.reduce((sum, x) => sum + Math.exp(x), 0);
  const sorted = logits.map((x) => x - Math.log(total));
  const grouped = new Grouped(sorted, 1, k);
  for (const temperature of [0, 0.1, 0.7, 1, 2]) {
    for (const top_k of [null, 1, 50, 700]) {
      for (const top_p of [null, 0.3, 0.95, 1]) {
        const how = { temperature, top_k, top_p };
        near(grouped.entropies(how)[0], reshaped(sorted, 0, k, how).entropy, 2e-3);
      }
    }
  }
});
