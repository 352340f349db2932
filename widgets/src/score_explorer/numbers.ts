/**
 * The numbers of a page, each with its interval and how many it is over.
 */
import type { Best, Matrix, Measured, Odd, Row } from "./types";
import { h } from "../shared/dom";
import { counted, deviations, measured, percent, score } from "./said";

export interface Told {
  name: string;
  value: string;
  beside: string; // its interval
  chance?: string; // what chance reaches
  colour?: string; // of the line that shows it
}

/** A list of numbers, under a heading that says over what. */
export function table(heading: string, rows: Told[], note = ""): HTMLElement {
  const body = rows.map(({ name, value, beside, chance, colour }) => h("div", { class: "dx-told" },
    h("dt", {}, colour ? h("i", { class: `dx-swatch dx-of-${colour}`, "aria-hidden": "true" }) : null, name),
    h("dd", { class: "dx-number" }, h("b", {}, value), beside ? h("span", {}, beside) : null, chance ? h("span", {}, chance) : null)));
  return h("div", { class: "dx-numbers" }, h("h4", {}, heading), h("dl", {}, ...body), note ? h("p", { class: "dx-hint" }, note) : null);
}

function row(name: string, one: Measured, write: (value: number) => string, colour?: string): Told {
  const [value, beside] = measured(one, write);
  return { name, value, beside, colour };
}

export function ofPrompt(one: Row): [string, Told[], string] {
  const rows: Told[] = [
    row("mean", one.mean, score),
    { name: "median", value: score(one.quartiles[1]), beside: "" },
    { name: "middle half", value: "", beside: `${score(one.quartiles[0])} to ${score(one.quartiles[2])}` },
    { name: "all", value: "", beside: `${score(one.ends[0])} to ${score(one.ends[1])}` },
  ];
  if (one.sd !== null) rows.splice(1, 0, { name: "sd", value: one.sd.toFixed(3), beside: "" });
  if (one.right) rows.push(row("right", one.right, percent, "right"));
  return [`This prompt, ${counted(one.n, "picture")}`, rows, one.mean.low === null ? "" : "Beside mean and share their 95 % intervals, over these pictures."];
}

function at(told: { k: number[]; value: (number | null)[]; low: (number | null)[]; high: (number | null)[]; n: number }, k: number): Measured {
  const i = told.k.indexOf(k);
  if (i < 0) return { value: null, low: null, high: null, n: told.n };
  return { value: told.value[i], low: told.low[i], high: told.high[i], n: told.n };
}

export function ofChoice(best: Best, k: number): [string, Told[], string] {
  const rows: Told[] = [
    row("score", at(best.score, k), deviations, "score"),
    { name: "pure noise", value: deviations(best.null[best.ks.indexOf(k)]), beside: "", colour: "chance" },
  ];
  if (best.right && best.ceiling) {
    rows.push(row("right", at(best.right, k), percent, "right"), row("one of k right", at(best.ceiling, k), percent, "limit"));
    if (best.random !== null) rows.push({ ...row("nobody chooses", at(best.right, 1), percent, "chance"), value: percent(best.random) });
  }
  if (best.efficiency && k > 1) rows.push(row("efficiency", at(best.efficiency, k), percent, "right"));
  const few = best.score.indicative ? " Few prompts: the intervals are hints." : "";
  const judged = best.right && best.judged < best.prompts ? ` Right: over ${counted(best.judged, "prompt")}.` : "";
  return [`Best of ${k}, over ${counted(best.prompts, "prompt")}`, rows, `${few}${judged}`.trim()];
}

export function ofTexts(found: Matrix): [string, Told[], string] {
  const n = found.prompts.length;
  const chance = (share: number) => `chance ${percent(share)}`;
  const both = (one: Told, by: string): Told => ({ ...one, chance: by });
  const rows = found.recall.map(({ k, rate, chance: by }) => both(row(k === 1 ? "is first" : `in first ${k}`, rate, percent, "score"), chance(by)));
  const plain = (value: number) => value.toFixed(2);
  rows.push(both(row("1 / rank", found.mrr.mean, plain), `chance ${plain(found.mrr.chance)}`));
  rows.push(both(row("rank", found.rank.mean, (value) => value.toFixed(1)), `chance ${found.rank.chance.toFixed(1)}`));
  for (const { what, rate, chance: by } of found.swaps ?? []) rows.push(both(row(`swapped: ${what}`, rate, percent, "right"), chance(by)));
  return [`Its own text, of ${n}, over ${n} pictures`, rows, ""];
}

export function ofJudge(odd: Odd): [string, Told[], string] {
  const plain = (value: number) => value.toFixed(2);
  const rows: Told[] = [];
  if (odd.share) rows.push(row("right", odd.share, percent, "right"));
  if (odd.within) rows.push(row("same prompt", odd.within, plain, "score"));
  if (odd.pooled !== null) rows.push({ name: "any prompt", value: plain(odd.pooled), beside: "" });
  const over = odd.within ? ` over ${counted(odd.within.n, "prompt")} that ${odd.within.n === 1 ? "has" : "have"} both` : "";
  const note = odd.within || odd.pooled !== null
    ? `How often a right picture scores above a wrong one${over}: 0.50 by chance. Only “same prompt” says what choosing by score is worth.`
    : "";
  return [odd.share ? `The judge, ${counted(odd.share.n, "picture")}` : "The judge", rows, note];
}
