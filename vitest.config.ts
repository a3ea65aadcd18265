import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    // .ci/run asks for totals in a file; a person reads the screen
    reporters: process.env["TEST_TOTALS"]
      ? ["default", ["json", { outputFile: process.env["TEST_TOTALS"] }]]
      : ["default"],
  },
});
