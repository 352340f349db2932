/**
 * The traits of Breeder, by name: a test of the Python half compares this list with its own.
 */
export const TRAITS = [
  "status",
  "alive",
  "caption",
  "alt",
  "geometry",
  "kin",
  "litters",
  "one",
  "two",
  "litter",
  "chosen",
  "share",
  "weight",
  "prompt",
  "other_prompt",
  "seed",
  "place",
  "embedded",
] as const;
