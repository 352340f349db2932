/**
 * What is in hand: what the map is of, and what the numbers are of.
 *
 * What is pinned stays on the plate, so that the pointer can read its numbers; a word under the
 * pointer is shown at once, and given back when the pointer leaves it.
 */
import { patchesOf, type Box } from "../shared/grid";
import type { Store } from "../shared/model";
import type { Parts } from "./parts";
import type { Picture, State } from "./types";

/** What a map shows: the patches one patch looked at, one word, or all words together. */
export type Subject = { kind: "patch"; patch: number } | { kind: "word"; word: number } | { kind: "all" };

export interface Hand {
  id: string; // the picture that is spoken of
  patch: number; // -1: the whole picture
  word: number; // -1: none
}

export class Hands {
  constructor(private store: Store<State>, private parts: Parts) {}

  /** The picture that is spoken of. */
  get id(): string {
    const over = this.store.get("overWord") ?? this.store.get("over");
    return over?.id ?? this.store.get("selected");
  }

  /** The word in hand of a picture: the same one, by its letters, where texts differ. */
  word(id: string): number {
    const over = this.store.get("overWord");
    if (over) return this.same(over.id, over.word, id);
    return this.same(this.store.get("selected"), this.store.get("word"), id);
  }

  /** What the numbers are of. */
  hand(): Hand {
    const id = this.id;
    const pinned = this.store.get("patch");
    const over = this.store.get("over");
    const patch = this.store.get("overWord") ? -1 : pinned >= 0 ? pinned : over ? over.patch : -1;
    return { id, patch, word: this.word(id) };
  }

  /** The patches whose numbers are shown together: a box, one patch, or (null) all of them. */
  patches(id: string): number[] | null {
    const box = id === this.store.get("selected") ? boxOf(this.store.get("box")) : null;
    if (box) return patchesOf(box, this.store.get("geometry").columns);
    const { id: spoken, patch } = this.hand();
    return patch >= 0 && (id === spoken || this.store.get("patch") >= 0) ? [patch] : null;
  }

  /** What the map of a picture shows. */
  subject(id: string): Subject {
    const word = this.word(id);
    const pinned = this.store.get("patch");
    const over = this.store.get("over");
    const looks = this.store.get("tab") === "looks";
    const asked = this.store.get("overWord") !== null;
    if (looks && !asked && pinned >= 0) return { kind: "patch", patch: pinned };
    if (word >= 0) return { kind: "word", word };
    if (looks && !asked && over) return { kind: "patch", patch: over.patch };
    return { kind: "all" };
  }

  /** The word of another picture with the same letters, the same time that they stand there. */
  private same(from: string, word: number, to: string): number {
    if (word < 0 || from === to) return word;
    const [one, two] = [this.parts.picture(from), this.parts.picture(to)];
    return one && two ? match(one, word, two) : -1;
  }
}

export function boxOf(box: number[]): Box | null {
  return box.length === 4 ? { top: box[0], left: box[1], bottom: box[2], right: box[3] } : null;
}

export function match(one: Picture, word: number, two: Picture): number {
  const letters = one.words[word]?.text;
  const times = one.words.slice(0, word).filter(({ text }) => text === letters).length;
  const places = two.words.map(({ text }, i) => (text === letters ? i : -1)).filter((i) => i >= 0);
  return places[times] ?? -1;
}
