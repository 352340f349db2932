/** The family tree of the breeder, and what a click means: pure functions. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { back, choose, go, mixes } from "../src/breeder/acts";
import { layout, type Look, type Member } from "../src/breeder/layout";
import { FOUNDERS } from "../src/breeder/types";

const LOOK: Look = { side: 30, gap: 5, across: 8, air: 24, lane: 6 };

const litter = (number: number, parents: string[], from: number, count: number): Member[] =>
  Array.from({ length: count }, (_, i) => ({ id: `k${from + i}`, litter: number, parents }));

const FOUND: Member[] = litter(FOUNDERS, [], 0, 2);
const FAMILY = [...FOUND, ...litter(0, ["k0", "k1"], 2, 8), ...litter(1, ["k4"], 10, 8), ...litter(2, ["k12", "k0"], 18, 3)];

test("founders stand first, every litter in a row of its own below its parents", () => {
  const { spots } = layout(FAMILY, LOOK);
  const rows = spots.map(({ row }) => row);
  assert.deepEqual([...new Set(rows)], [0, 1, 2, 3]);
  assert.deepEqual(spots.filter(({ row }) => row === 3).map(({ id }) => id), ["k18", "k19", "k20"]);
  const at = new Map(spots.map((spot) => [spot.id, spot]));
  for (const one of FAMILY) for (const parent of one.parents) assert.ok(at.get(parent)!.y + LOOK.side < at.get(one.id)!.y);
});

test("pictures do not meet, and more founders than a row holds have several", () => {
  const many = [...litter(FOUNDERS, [], 0, 11), ...litter(0, ["k9"], 11, 8)];
  for (const kin of [FAMILY, many]) {
    const { spots, width, height } = layout(kin, LOOK);
    for (const one of spots) {
      assert.ok(one.x >= 0 && one.x + LOOK.side <= width && one.y >= 0 && one.y + LOOK.side <= height);
      for (const two of spots) {
        const apart = Math.abs(one.x - two.x) >= LOOK.side || Math.abs(one.y - two.y) >= LOOK.side;
        assert.ok(one === two || apart);
      }
    }
  }
});

test("an empty family has no size", () => {
  assert.deepEqual(layout([], LOOK), { spots: [], lines: [], left: 0, width: 0, height: 0 });
});

test("a line from a parent some rows back goes around on the left, in a lane of its own", () => {
  const { lines, left } = layout(FAMILY, LOOK);
  const second = lines.filter((line) => line.second);
  assert.equal(second.length, 2);
  assert.ok(left > 0);
  const around = second.find(({ to }) => to === 2)!.d.match(/H([\d.]+)V/)!;
  assert.ok(Number(around[1]) < left);
  assert.equal(layout(FAMILY.slice(0, 18), LOOK).left, 0);
  const far = [...FAMILY, ...litter(3, ["k1", "k3"], 21, 2)];
  const lanes = layout(far, LOOK).lines.filter(({ d }) => d.split("H").length > 3 && !d.includes("M", 1)).map(({ d }) => d.match(/H([\d.]+)V/)![1]);
  assert.equal(new Set(lanes).size, lanes.length);
});

/** As much of a store as the acts need. */
function store(state: Record<string, any>): any {
  return { state, get: (name: string) => state[name], set: (name: string, value: any) => (state[name] = value), send() {} };
}

function family(changes: Record<string, any> = {}): any {
  const kin = FAMILY.map((one) => ({ ...one, state: "whole", said: [["a", 1]], favourite: false }));
  const litters = [
    { number: 0, parents: ["k0", "k1"], children: [] }, { number: 1, parents: ["k4"], children: [] }, { number: 2, parents: ["k12", "k0"], children: [] },
  ];
  return store({ kin, litters, litter: 0, one: "k0", two: "k1", chosen: "k0", other_prompt: "", ...changes });
}

test("the first choice lets the second parent of the litter go, a later one keeps whom somebody chose", () => {
  const here = family();
  choose(here, "k4");
  assert.deepEqual([here.state.one, here.state.two, here.state.chosen], ["k4", "", "k4"]);
  choose(here, "k5", true);
  choose(here, "k6");
  assert.deepEqual([here.state.one, here.state.two], ["k6", "k5"]);
  choose(here, "k5");
  assert.deepEqual([here.state.one, here.state.two], ["k5", ""], "nobody is both");
  choose(here, "k5", true);
  assert.equal(here.state.two, "");
  choose(here, "k7", true);
  choose(here, "k7", true);
  assert.equal(here.state.two, "", "a second time, it is let go");
});

test("going back undoes the choice first, and then the litter, as far as the beginning", () => {
  const here = family({ litter: 1, one: "k12", two: "", chosen: "k12" });
  const seen = [];
  while (back(here)) seen.push([here.state.litter, here.state.one, here.state.two]);
  assert.deepEqual(seen, [[1, "k4", ""], [0, "k4", ""], [0, "k0", "k1"], [-1, "k0", "k1"]]);
  go(here, "k19");
  assert.deepEqual([here.state.litter, here.state.one, here.state.two, here.state.chosen], [2, "k12", "k0", "k19"]);
  go(here, "k1");
  assert.deepEqual([here.state.litter, here.state.one, here.state.two], [-1, "k1", ""]);
});

test("only other words can be weighed", () => {
  const here = family();
  assert.equal(mixes(here), false);
  here.state.kin[1].said = [["b", 1]];
  assert.equal(mixes(here), true);
  here.state.two = "";
  assert.equal(mixes(here), false);
  here.state.other_prompt = "c";
  assert.equal(mixes(here), true);
});
