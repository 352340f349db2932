/**
 * Numbers as people read them, always with their interval where there is one.
 */
import type { Measured } from "./types";

const minus = (words: string) => words.replace(/-/g, "−");

/** A raw score, with as many digits as tell its neighbours apart. */
export function score(value: number): string {
  return minus((Math.abs(value) < 5e-4 ? 0 : value).toFixed(3));
}

/** A tick of an axis. */
export function tick(value: number): string {
  return minus(String(Number(value.toPrecision(6))));
}

/** Standard deviations, with their sign. */
export function deviations(value: number): string {
  const size = Math.abs(value).toFixed(2);
  return Number(size) === 0 ? "0.00 sd" : `${value < 0 ? "−" : "+"}${size} sd`;
}

/** A share as a whole percentage: of few pictures more digits say nothing. */
export function percent(share: number): string {
  return minus(`${Math.round(100 * share)} %`);
}

export function ordinal(place: number): string {
  const tens = place % 100;
  const end = tens > 10 && tens < 14 ? "th" : (["th", "st", "nd", "rd"][place % 10] ?? "th");
  return `${place}${end}`;
}

/** "0.271" and "0.268 to 0.274"; the second is "" where there is no interval. */
export function measured({ value, low, high }: Measured, write: (value: number) => string): [string, string] {
  if (value === null) return ["–", ""];
  if (low === null || high === null) return [write(value), ""];
  // Both ends have the same unit: it is said once.
  const [from, to] = [write(low), write(high)];
  const unit = to.includes(" ") ? to.slice(to.lastIndexOf(" ")) : "";
  return [write(value), `${unit && from.endsWith(unit) ? from.slice(0, -unit.length) : from} to ${to}`];
}

export function counted(number: number, one: string, more = `${one}s`): string {
  return `${number} ${number === 1 ? one : more}`;
}
