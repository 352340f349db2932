/**
 * Elements without markup: text is only ever set as text, attributes as attributes.
 *
 * Prompts, labels and captions come from people, so nothing here can turn a string into elements.
 */

type Value = string | number | boolean | null | undefined;
export type Attributes = Record<string, Value>;
export type Child = Node | string | null;

/** Make an HTML element. `false`, null and undefined leave an attribute out. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  assign(element, attributes);
  for (const child of children) if (child !== null) element.append(child);
  return element;
}

export function assign(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) element.removeAttribute(name);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
}

/** Set the text where it differs: a screen reader is not told the same twice. */
export function text(element: Element, value: string): void {
  if (element.textContent !== value) element.textContent = value;
}

export function clear(element: Element, ...children: Child[]): void {
  element.replaceChildren(...children.filter((child) => child !== null));
}

/** Make these the children, in this order; those that stay are not moved, and keep the focus. */
export function arrange(element: Element, children: Element[]): void {
  for (const old of [...element.childNodes]) if (!children.includes(old as Element)) old.remove();
  children.forEach((child, i) => {
    if (element.children[i] !== child) element.insertBefore(child, element.children[i] ?? null);
  });
}

export function svg(tag: string, attributes: Attributes = {}, ...children: Element[]): SVGElement {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  assign(element, attributes);
  element.append(...children);
  return element;
}

let count = 0;

/** A name that no other element of the page has: labels and descriptions point by name. */
export function unique(stem: string): string {
  return `dx-${stem}-${++count}-${Math.floor(performance.now() * 1000).toString(36)}`;
}

/** A button with an icon, a text, or both; without a text its label says what it does. */
export function button(
  label: string,
  act: () => void,
  options: { icon?: SVGElement; quiet?: boolean; bare?: boolean; title?: string } = {},
): HTMLButtonElement {
  const kind = `dx-button${options.quiet ? " dx-quiet" : ""}${options.bare ? " dx-bare" : ""}`;
  const made = h("button", { type: "button", class: kind, title: options.title });
  if (options.icon) made.append(options.icon);
  if (options.bare) made.setAttribute("aria-label", label);
  else made.append(h("span", {}, label));
  if (options.bare && !options.title) made.title = label;
  made.addEventListener("click", () => act());
  return made;
}
