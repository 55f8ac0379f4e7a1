import type { UploadItem } from "@stockwire/contracts/items";
import type { UploadStatus } from "@stockwire/contracts/receipt";
import type { Metrics } from "@stockwire/service-kit/metrics";
import type { Ending } from "@stockwire/service-kit/uploads/progress";

/** An invoice's outcome by the status of its receipt; other statuses have the same name. */
const OUTCOMES: Partial<Record<UploadStatus, string>> = { loaded: "accepted", partial: "quarantined" };

/** What is measured of each invoice. */
export const observeInvoice =
  (metrics: Metrics) =>
  ({ status }: Ending, _upload: UploadItem, seconds: number): void => {
    metrics.stockwire_invoices_total.inc({ outcome: OUTCOMES[status] ?? status });
    metrics.stockwire_file_load_seconds.observe(seconds);
  };
