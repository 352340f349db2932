/**
 * Light or dark, as the notebook around the view is; outside a notebook, as the person's system.
 */

/** Whether the page is dark; null where it does not say. */
export function pageIsDark(body: HTMLElement): boolean | null {
  const lab = body.dataset.jpThemeLight;
  if (lab !== undefined) return lab === "false";
  if (body.matches(".vscode-dark, .vscode-high-contrast:not(.vscode-high-contrast-light)")) return true;
  if (body.classList.contains("vscode-light")) return false;
  const root = document.documentElement;
  if (body.classList.contains("dark") || root.classList.contains("dark")) return true;
  if (body.classList.contains("light") || root.classList.contains("light")) return false;
  return null;
}

/** Keep `data-theme` of the root in step with the page, and tell when it changes. */
export function followTheme(root: HTMLElement, changed: () => void, signal: AbortSignal): void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const update = () => {
    const inside = root.closest(".dark, .light");
    const dark = pageIsDark(document.body) ?? (inside ? inside.classList.contains("dark") : system.matches);
    const name = dark ? "dark" : "light";
    if (root.dataset.theme === name) return;
    root.dataset.theme = name;
    changed();
  };
  const watch = new MutationObserver(update);
  const options = { attributes: true, attributeFilter: ["class", "data-jp-theme-light"] };
  watch.observe(document.body, options);
  watch.observe(document.documentElement, options);
  system.addEventListener("change", update, { signal });
  signal.addEventListener("abort", () => watch.disconnect());
  update();
}

export function calm(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
