/**
 * Keeps the rules of a view to that view.
 *
 * Jupyter puts the style sheets of all widgets of a page side by side, and views share the names
 * of many parts. Every selector is tied to the root of its view, with :where(), which adds nothing
 * to its weight, so that a view looks the same alone and beside others.
 */
import postcss from "postcss";
import parser from "postcss-selector-parser";

const BASE = "dx"; // the class that every root has, besides the one of its view

/** The class of a view's root, as its source names it: `class: "dx dx-player"`. */
export function rootOf(source) {
  const found = /class: "dx (dx-[a-z]+)"/.exec(source);
  if (!found) throw new Error("no root with the classes dx and dx-NAME was found in this view");
  return found[1];
}

/** The classes that sources put on a root and take off again, such as dx-narrow. */
export function statesIn(sources) {
  const found = sources.flatMap((text) => [...text.matchAll(/\broot\.classList\.\w+\("(dx-[a-z-]+)"/g)]);
  return new Set(found.map((match) => match[1]));
}

/**
 * A bundled style sheet whose rules reach nothing outside the root of a view.
 *
 * @param css - of the view and what it imports.
 * @param root - the class of its root.
 * @param states - classes that a root may take on.
 */
export function scoped(css, root, states) {
  const transform = parser((selectors) => {
    for (const selector of [...selectors.nodes]) {
      if (classes(selector).includes(root)) continue;
      const base = selector.nodes.find((node) => node.type === "class" && node.value === BASE);
      if (base) {
        base.replaceWith(base.clone(), inside(root));
        continue;
      }
      // What the first part names may lie within the root, or be the root in some state.
      const own = selector.clone();
      const last = own.nodes.findIndex((node) => node.type === "combinator" || node.type === "pseudo");
      own.nodes.splice(last < 0 ? own.nodes.length : last, 0, inside(root));
      own.nodes.forEach((node) => (node.parent = own));
      const below = selector.clone();
      const first = below.first;
      const space = first.spaces.before;
      first.spaces.before = "";
      below.prepend(parser.combinator({ value: " " }));
      below.prepend(inside(root));
      below.first.spaces.before = space;
      own.first.spaces.before = "\n";
      const which = classes(selector, true).some((name) => states.has(name)) ? [below, own] : [below];
      selector.replaceWith(...which);
    }
  });
  const sheet = postcss.parse(css);
  sheet.walkRules((rule) => {
    if (rule.parent.type === "atrule" && /keyframes$/.test(rule.parent.name)) return;
    rule.selector = transform.processSync(rule.selector);
  });
  return sheet.toString();
}

/** The names of the classes of a selector; of its first part alone, if that is wanted. */
function classes(selector, first = false) {
  const found = [];
  for (const node of selector.nodes) {
    if (first && node.type === "combinator") break;
    if (node.type === "class") found.push(node.value);
  }
  return found;
}

function inside(root) {
  return parser.pseudo({ value: `:where(.${root})` });
}
