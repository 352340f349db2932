/**
 * The sentences: made from the state, so that none can name another head, word or way of looking
 * than the one that is shown. "Looked at" is never said of what it depended on, nor the other way.
 */
import { at, percent, signedPercent } from "../shared/format";
import type { Box } from "../shared/grid";
import type { Store } from "../shared/model";
import type { Hands, Subject } from "./hand";
import { boxOf, match } from "./hand";
import type { Parts } from "./parts";
import type { By, Mode, State } from "./types";
import type { Views } from "./views";

export const BY_NAMES: Record<By, string> = {
  contribution: "contribution", attention: "raw attention", signed: "signed contribution",
};

export const MODE_NAMES: Record<Mode, string> = {
  image: "patches cannot read it", all: "nothing can read it", replace: "replaced",
};

const BY_MEANINGS: Record<By, string> = {
  contribution: "Attention times the size of what was passed on. It says where it looked, not what that did.",
  attention: "Attention weights alone. They say where it looked, not what that did.",
  signed: "What was passed on, along what the heads wrote in the end: brown pushed the same way, purple against it.",
};

const MODE_MEANINGS: Record<Mode, string> = {
  image: "Bits lost when no patch may read the word. Copies of it in later words can still be read.",
  all: "Bits lost when nothing may read the word, later words included: a hole never seen in training.",
  replace: "Bits lost when another word stands there.",
};

export class Sayings {
  constructor(private store: Store<State>, private parts: Parts, private views: Views, private hands: Hands) {}

  /** Whether the words of a box are asked for. */
  get boxed(): boolean {
    return boxOf(this.store.get("box")) !== null && this.hands.id === this.store.get("selected");
  }

  get looks(): boolean {
    return this.store.get("tab") === "looks";
  }

  heading(): string {
    if (this.boxed) return "Where it looked, and what it depended on";
    return this.looks ? "Where it looked" : "What it depended on";
  }

  /** What the numbers are of. */
  which(): string {
    const { rows, columns } = this.store.get("geometry");
    const { id, patch, word } = this.hands.hand();
    const box = boxOf(this.store.get("box"));
    if (box && id === this.store.get("selected")) return boxName(box);
    if (patch >= 0) return `${at(patch, columns)}${this.store.get("patch") === patch ? " · pinned" : ""}`;
    const name = word >= 0 ? `‘${this.wordName(id, word)}’` : "The whole picture";
    return `${name}, ${this.looks ? "mean" : "sum"} of ${rows * columns} patches`;
  }

  /** What the colours of a map mean. */
  meaning(): string {
    if (this.looks) {
      const signed = this.store.get("by") === "signed" && this.hands.subject(this.hands.id).kind === "patch";
      return signed ? "For earlier patches no sign is kept: this is their contribution." : BY_MEANINGS[this.store.get("by")];
    }
    const mode = this.store.get("mode");
    if (mode !== "replace") return MODE_MEANINGS[mode];
    const { id, word } = this.hands.hand();
    const others = this.parts.get(id)?.depends?.replaced[word] ?? [];
    return others.length ? `Bits lost when ‘${this.wordName(id, word)}’ becomes ${list(others)}.` : MODE_MEANINGS.replace;
  }

  /** What stands under a map. */
  ofMap(id: string, subject: Subject, known: boolean): string {
    const one = this.parts.picture(id);
    if (one?.state === "drawing") return "being drawn";
    if (!known) return this.missing(id);
    const { columns } = this.store.get("geometry");
    const heads = this.store.get("picks").length ? ` · ${this.heads(subject.kind === "patch")}` : "";
    if (!this.looks) return subject.kind === "word" ? `bits lost without ${this.nameOf(id, subject)}` : "bits lost without the costliest word";
    if (subject.kind === "patch") return `what ${at(subject.patch, columns)} looked at${heads}`;
    return `looks at ${this.nameOf(id, subject)}${heads}`;
  }

  nameOf(id: string, subject: Subject): string {
    if (subject.kind === "word") return `‘${this.wordName(id, subject.word)}’`;
    if (subject.kind === "patch") return "looked at";
    return this.looks ? "all words together" : "the costliest word";
  }

  /** What a patch read, in four shares. */
  read(id: string, patch: number): string {
    const found = this.views.shares(id);
    if (!found) return "";
    const { all, words, patches } = found;
    const of = (column: number) => all[column * patches + patch];
    let text = 0;
    for (let word = 0; word < words; word++) text += of(word);
    const say = this.store.get("by") === "signed" ? signedPercent : percent;
    return `text ${say(text)} · earlier ${say(of(words + 2))}`;
  }

  /** Which heads are shown together. */
  heads(layersOnly: boolean): string {
    const picks = this.store.get("picks");
    const { layers, heads } = this.store.get("geometry");
    if (!picks.length) return `all ${layers * heads} heads together`;
    if (layersOnly) {
      const found = [...new Set(picks.map(([layer]) => layer))].sort((a, b) => a - b);
      return `all heads of layer${found.length > 1 ? "s" : ""} ${list(found.map(String))}`;
    }
    if (picks.length === 1) return `layer ${picks[0][0]}, head ${picks[0][1]}`;
    return `${picks.length} heads together`;
  }

  wordName(id: string, word: number): string {
    return this.parts.picture(id)?.words[word]?.text ?? "";
  }

  private missing(id: string): string {
    const data = this.parts.get(id);
    const refused = data?.refused[this.looks ? "looks" : "depends"];
    if (refused) return refused;
    return !this.looks && data?.depends ? "this was not measured here" : "not here yet";
  }
}

function boxName({ top, left, bottom, right }: Box): string {
  const span = (name: string, a: number, b: number) => (a === b ? `${name} ${a}` : `${name}s ${a} to ${b}`);
  return `${span("row", top, bottom)}, ${span("column", left, right)}`;
}

export function list(words: string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} and ${words[words.length - 1]}`;
}

/** Speak of another picture on show; the word in hand stays, where it stands there too. */
export function choosePicture(store: Store<State>, parts: Parts, id: string): void {
  const before = store.get("selected");
  if (before === id) return;
  const [one, two] = [parts.picture(before), parts.picture(id)];
  const word = one && two && store.get("word") >= 0 ? match(one, store.get("word"), two) : -1;
  const pair = store.get("beside") === id;
  store.set("selected", id);
  store.set("beside", pair ? before : "");
  store.set("word", word);
}
