/**
 * One pointer, whatever it is: a mouse hovers and clicks, a finger touches, drags and taps.
 */

export interface PointerUse {
  hover(x: number, y: number, event: PointerEvent): void;
  leave(): void;
  tap(x: number, y: number, event: PointerEvent): void;
  /** Whether a drag begins here (a region); otherwise dragging is hovering. */
  grab?(x: number, y: number): boolean;
  drag?(x: number, y: number): void;
  drop?(x: number, y: number): void;
}

const STILL_PX = 8;

export function pointer(element: HTMLElement, use: PointerUse, signal: AbortSignal): void {
  let start: { x: number; y: number; moved: boolean; grabbed: boolean } | null = null;
  const place = (event: PointerEvent): [number, number] => [event.offsetX, event.offsetY];

  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    const [x, y] = place(event);
    start = { x, y, moved: false, grabbed: use.grab?.(x, y) ?? false };
    if (start.grabbed) element.setPointerCapture(event.pointerId);
    else use.hover(x, y, event);
  }, { signal });

  element.addEventListener("pointermove", (event) => {
    const [x, y] = place(event);
    if (start && Math.hypot(x - start.x, y - start.y) > STILL_PX) start.moved = true;
    if (start?.grabbed) use.drag?.(x, y);
    else use.hover(x, y, event);
  }, { signal });

  element.addEventListener("pointerup", (event) => {
    const [x, y] = place(event);
    if (start?.grabbed) use.drop?.(x, y);
    else if (start && !start.moved) use.tap(x, y, event);
    start = null;
    if (event.pointerType !== "mouse") use.leave();
  }, { signal });

  const stop = () => {
    start = null;
    use.leave();
  };
  element.addEventListener("pointercancel", stop, { signal });
  element.addEventListener("pointerleave", () => {
    if (!start?.grabbed) stop();
  }, { signal });
}
