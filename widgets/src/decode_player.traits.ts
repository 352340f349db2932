/**
 * The traits of DecodePlayer, by name: a test of the Python half compares this list with its own.
 */
export const TRAITS = [
  "status",
  "alive",
  "caption",
  "alt",
  "geometry",
  "prompt",
  "seed",
  "n",
  "settings",
  "branches",
  "shown",
  "selected",
  "compared",
  "step",
  "patch",
  "overlay",
  "reshape",
  "embedded",
] as const;
