/**
 * The traits of ScoreExplorer, by name: a test of the Python half compares this list with its own.
 */
export const TRAITS = [
  "status",
  "alive",
  "caption",
  "alt",
  "prompts",
  "about",
  "values",
  "spread",
  "best",
  "matrix",
  "odd",
  "tab",
  "shape",
  "prompt",
  "span",
  "k",
  "which",
  "picture",
  "embedded",
] as const;
