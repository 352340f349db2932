/**
 * Keys: a view keeps those it understands from the notebook around it, and lets chords pass.
 *
 * JupyterLab takes arrow keys and letters before a widget sees their effect (in command mode "b"
 * inserts a cell), so the root stops them; Escape and chords with Ctrl, Cmd or Alt go on.
 */

export type KeyHandler = (event: KeyboardEvent) => boolean;

const TYPED = "textarea, select, input:not([type=range]):not([type=radio]):not([type=checkbox])";

export function keys(root: HTMLElement, handler: KeyHandler, signal: AbortSignal): void {
  root.addEventListener("keydown", (event) => {
    const chord = event.ctrlKey || event.metaKey || event.altKey;
    if (!chord && event.key !== "Escape") event.stopPropagation();
    if (chord || event.defaultPrevented) return;
    const target = event.target as Element;
    if (target.matches(TYPED) && event.key !== "Escape") return;
    const presses = target.matches("button, summary, a, input[type=radio], input[type=checkbox]");
    if (presses && (event.key === " " || event.key === "Enter")) return;
    if (handler(event)) event.preventDefault();
  }, { signal });
}
