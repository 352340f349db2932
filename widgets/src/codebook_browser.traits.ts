/**
 * The traits of CodebookBrowser, by name: a test of the Python half compares this list with its own.
 */
export const TRAITS = [
  "status",
  "alive",
  "caption",
  "alt",
  "geometry",
  "about",
  "tab",
  "sort",
  "selected",
  "at",
  "show",
  "painting",
  "embedded",
] as const;
