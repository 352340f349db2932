/**
 * What is said where something needs a kernel and there is none.
 */

export const NEEDS_KERNEL = "This needs a running kernel: open the notebook and run the cell.";
