import type { Benchmark } from "./harness/benchmark.ts";

/**
 * Every benchmark by its name, in the order in which they run and stand on the page. Each is imported only when it is
 * run: what it measures with would otherwise be in everyone's way.
 */
export const benchmarks: Readonly<Record<string, () => Promise<{ readonly benchmark: Benchmark }>>> = {
  load: () => import("./load.ts"),
  reload: () => import("./reload.ts"),
  parse: () => import("./parse.ts"),
  "dry-run": () => import("./dry-run.ts"),
  upload: () => import("./upload.ts"),
  delay: () => import("./delay.ts"),
  "small-files": () => import("./small-files.ts"),
  reads: () => import("./reads.ts"),
  dashboard: () => import("./dashboard.ts"),
  fairness: () => import("./fairness.ts"),
  recovery: () => import("./recovery.ts"),
  invoices: () => import("./invoices.ts"),
  expenses: () => import("./expenses.ts"),
  footprint: () => import("./footprint.ts"),
};
