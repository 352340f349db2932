/**
 * A note that follows the pointer, with a loupe over patches too small to see or hidden by a finger.
 */
import { canvas, pen } from "./canvas";
import { h, text } from "./dom";

const SIDE = 96;

interface Places {
  root: DOMRect;
  inside: DOMRect;
  scrolled: number; // of the root, where it fills the screen
}

export class Tooltip {
  readonly element: HTMLElement;
  private words = h("div", { class: "dx-tip-words" });
  private glass = canvas(SIDE * 2, SIDE * 2);
  private context = pen(this.glass);

  /** It moves over `root`, and keeps inside another element as well as it can. */
  constructor(private root: HTMLElement, private inside: HTMLElement) {
    this.glass.className = "dx-loupe";
    this.element = h("div", { class: "dx-tip", "aria-hidden": "true" }, this.glass, this.words);
    this.hide();
  }

  /** Where everything is: asked before anything is written, so that nothing is laid out twice. */
  measure(): Places {
    return { root: this.root.getBoundingClientRect(), inside: this.inside.getBoundingClientRect(), scrolled: this.root.scrollTop };
  }

  /** Show a line near the pointer; `draw` paints the loupe, or there is none. */
  show(
    places: Places,
    event: PointerEvent,
    line: string,
    draw: ((context: CanvasRenderingContext2D, side: number) => void) | null,
  ): void {
    text(this.words, line);
    this.glass.style.display = draw ? "block" : "none";
    if (draw) draw(this.context, this.glass.width);
    this.move(places, event, draw !== null);
    this.element.style.visibility = "visible";
  }

  hide(): void {
    this.element.style.visibility = "hidden";
  }

  private move({ root: box, inside, scrolled }: Places, event: PointerEvent, tall: boolean): void {
    const height = tall ? SIDE + 44 : 34;
    const wide = 240;
    let x = event.clientX - box.left + 16;
    let y = event.clientY - box.top + 18;
    if (event.pointerType === "touch") {
      // Above the finger, which hides what is under it.
      x = event.clientX - box.left - wide / 2;
      y = event.clientY - box.top - height - 40;
      if (y < 0) y = event.clientY - box.top + 48;
    }
    if (x + wide > inside.right - box.left) x = Math.max(4, event.clientX - box.left - wide - 12);
    this.element.style.transform = `translate(${Math.round(Math.max(4, x))}px, ${Math.round(y + scrolled)}px)`;
  }
}
