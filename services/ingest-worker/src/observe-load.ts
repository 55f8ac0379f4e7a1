import type { UploadItem } from "@stockwire/contracts/items";
import type { Metrics } from "@stockwire/service-kit/metrics";
import type { Ending } from "@stockwire/service-kit/uploads/progress";

/** What is measured of each inventory file: its rows, the time it took, and how long its sender waited for the table. */
export const observeLoad =
  (metrics: Metrics) =>
  (ending: Ending, upload: UploadItem, seconds: number): void => {
    // The counts of a dry run are what a load would have done.
    if (ending.status === "validated") return;
    metrics.stockwire_file_load_seconds.observe(seconds);
    for (const outcome of ["written", "unchanged", "stale", "rejected", "repeated"] as const) {
      metrics.stockwire_rows_total.inc({ outcome }, ending.rows[outcome]);
    }
    if (ending.rows.written === 0) return;
    const accepted = Date.parse(upload.ReceivedAt);
    metrics.stockwire_row_visible_seconds.observe(Math.max(0, Date.now() - accepted) / 1000);
  };
