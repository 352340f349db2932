/**
 * The traits of PromptGrid, by name: a test of the Python half compares this list with its own.
 */
export const TRAITS = [
  "status",
  "alive",
  "caption",
  "alt",
  "template",
  "axes",
  "cells",
  "plan",
  "about",
  "rows",
  "columns",
  "each",
  "chosen",
  "picture",
  "marks",
  "embedded",
] as const;
