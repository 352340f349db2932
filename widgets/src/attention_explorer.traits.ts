/**
 * The traits of AttentionExplorer, by name: a test of the Python half compares this list with its own.
 */
export const TRAITS = [
  "status",
  "alive",
  "caption",
  "alt",
  "geometry",
  "pictures",
  "selected",
  "beside",
  "tab",
  "word",
  "patch",
  "by",
  "mode",
  "picks",
  "box",
  "more",
  "proof",
  "embedded",
] as const;
