/**
 * The line under a figure: how far something is, what is left, Stop, and errors in a sentence.
 *
 * Its space is always there, so nothing below it moves when it speaks.
 */
import { button, h, text } from "./dom";
import { seconds } from "./format";
import { icon } from "./icons";

export interface Status {
  state: "idle" | "drawing" | "working" | "failed" | "closed";
  sentence: string;
  done: number;
  total: number;
  left: number | null;
}

export class StatusLine {
  readonly element: HTMLElement;
  private bar = h("progress", { class: "dx-progress", max: 1, value: 0, "aria-label": "progress" });
  private left = h("span", { class: "dx-left" });
  private said = h("span", { class: "dx-sentence", role: "status" });
  private wrong = h("span", { class: "dx-sentence dx-wrong", role: "alert" });
  private stop: HTMLButtonElement;

  /** `unit`: what is counted, in the plural. */
  constructor(stop: () => void, private unit = "patches") {
    this.stop = button("Stop", stop, { icon: icon("stop"), quiet: true });
    this.element = h("div", { class: "dx-status" }, this.bar, this.left, this.stop, this.said, this.wrong);
  }

  show(status: Status, notice = ""): void {
    const busy = status.state === "drawing" || status.state === "working";
    const failed = status.state === "failed";
    this.bar.hidden = this.left.hidden = this.stop.hidden = !busy;
    if (busy) {
      this.bar.value = status.total > 0 ? status.done / status.total : 0;
      this.bar.setAttribute("aria-valuetext", `${status.done} of ${status.total} ${this.unit}`);
      text(this.left, status.left === null ? "" : seconds(status.left));
    }
    text(this.said, failed ? "" : notice || status.sentence);
    text(this.wrong, failed ? status.sentence : "");
  }
}
