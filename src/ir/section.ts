/** The comments that part a derivative into its sweeps. */
export const forwardSweep = "// forward sweep";
export const reverseSweep = "// reverse sweep";
