/**
 * The clock of the pictures: play, pause and the scrubber.
 */
import { button, h, text } from "../shared/dom";
import { count } from "../shared/format";
import { icon } from "../shared/icons";
import type { Store } from "../shared/model";
import { calm } from "../shared/theme";
import type { Films } from "./films";
import type { State } from "./types";

const FASTEST = 60; // patches a second
const SECONDS = 4; // for a whole film, if it is shorter than that at the fastest
const CALM_MS = 500; // for a row, where motion is to be reduced

export class Clock {
  readonly element: HTMLElement;
  private play: HTMLButtonElement;
  private slider = h("input", { type: "range", min: 0, step: 1, "aria-label": "patches drawn" });
  private said = h("output", { class: "dx-steps dx-number" });
  private past = 0;
  private exact = 0;
  private frame = 0;

  constructor(private store: Store<State>, private films: Films) {
    this.play = button("play", () => this.toggle(), { icon: icon("play"), bare: true });
    this.element = h("div", { class: "dx-clock" }, this.play, this.slider, this.said);
    this.slider.addEventListener("input", () => {
      store.set("playing", false);
      store.set("step", Number(this.slider.value));
    });
    store.on(["step", "geometry"], () => this.follow());
    store.on(["shown"], () => this.able());
    store.on(["playing"], () => this.change());
    store.signal.addEventListener("abort", () => cancelAnimationFrame(this.frame));
    this.follow();
    this.able();
  }

  get patches(): number {
    const { rows, columns } = this.store.get("geometry");
    return rows * columns;
  }

  toggle(): void {
    const playing = !this.store.get("playing") && !this.play.disabled;
    if (playing && this.store.get("step") >= this.last()) this.store.set("step", 0);
    this.store.set("playing", playing);
  }

  go(step: number): void {
    this.store.set("playing", false);
    this.store.set("step", Math.min(this.patches, Math.max(0, step)));
  }

  /** Where playing ends: with the longest of the pictures on show. */
  private last(): number {
    const ends = this.store.get("shown").map((id) => this.films.end(id));
    return Math.max(1, ...ends);
  }

  /** Where nothing is drawn there is nothing to play. */
  private able(): void {
    this.play.disabled = this.slider.disabled = !this.store.get("shown").length;
  }

  private change(): void {
    const playing = this.store.get("playing");
    this.play.replaceChildren(icon(playing ? "pause" : "play"));
    this.play.setAttribute("aria-label", playing ? "pause" : "play");
    this.play.title = playing ? "pause" : "play";
    cancelAnimationFrame(this.frame);
    if (!playing) return;
    this.exact = this.store.get("step");
    this.past = performance.now();
    this.frame = requestAnimationFrame((now) => this.tick(now));
  }

  private tick(now: number): void {
    if (this.store.get("step") !== Math.floor(this.exact)) this.exact = this.store.get("step");
    const { columns } = this.store.get("geometry");
    if (!calm()) {
      this.exact += (Math.max(0, now - this.past) / 1000) * Math.min(FASTEST, this.patches / SECONDS);
      this.past = now;
    } else if (now - this.past >= CALM_MS) {
      this.exact = (Math.floor(this.exact / columns) + 1) * columns;
      this.past = now;
    }
    const last = this.last();
    if (this.exact >= last) {
      this.store.set("step", last);
      this.store.set("playing", false);
      return;
    }
    this.store.set("step", Math.floor(this.exact));
    this.frame = requestAnimationFrame((next) => this.tick(next));
  }

  private follow(): void {
    const step = Math.min(this.store.get("step"), this.patches);
    const words = `${count(step)} of ${count(this.patches)}`;
    this.slider.max = String(this.patches);
    this.slider.value = String(step);
    this.slider.setAttribute("aria-valuetext", `${words} patches`);
    text(this.said, words);
  }
}
