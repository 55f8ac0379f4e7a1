import { refusalCodes } from "@stockwire/contracts/metrics";
import { isFinal, type UploadKind, UploadStatus } from "@stockwire/contracts/receipt";
import type { Metrics } from "./metrics.ts";

/**
 * Gives the series that a service will count their first value, 0, before anything has happened. Prometheus sees no
 * increase in a counter that appears as 1, so the first failure after a start would raise no alert; and what never
 * happens on a healthy system would be missing from its panels instead of standing at 0.
 */
export const startSeriesAtZero = (service: string, metrics: Metrics): void => {
  for (const start of STARTS[service] ?? []) start(metrics);
};

type Start = (metrics: Metrics) => void;

const ENDINGS = UploadStatus.anyOf.map((literal) => literal.const).filter(isFinal);

const uploads =
  (kind: UploadKind, route: string): Start =>
  (metrics) => {
    for (const outcome of ["accepted", "refused", "aborted", "failed"]) {
      metrics.stockwire_uploads_total.inc({ kind, outcome }, 0);
    }
    metrics.stockwire_upload_bytes_total.inc({ kind }, 0);
    for (const status_code of ["202", "500", "503"]) {
      metrics.http_request_duration_seconds.zero({ method: "POST", route, status_code });
    }
  };

const refusals: Start = (metrics) => {
  for (const code of refusalCodes) metrics.stockwire_refusals_total.inc({ code }, 0);
};

const files =
  (kind: UploadKind): Start =>
  (metrics) => {
    for (const outcome of ENDINGS) metrics.stockwire_files_total.inc({ kind, outcome }, 0);
    metrics.stockwire_files_unaccounted.set({ kind }, 0);
  };

const queue =
  (name: string): Start =>
  (metrics) => {
    for (const outcome of ["done", "retried", "dead"]) {
      metrics.stockwire_queue_messages_total.inc({ queue: name, outcome }, 0);
    }
    metrics.stockwire_queue_handler_seconds.zero({ queue: name });
    metrics.stockwire_queue_in_flight.set({ queue: name }, 0);
  };

const rows: Start = (metrics) => {
  for (const outcome of ["written", "unchanged", "stale", "rejected", "repeated"]) {
    metrics.stockwire_rows_total.inc({ outcome }, 0);
  }
};

const transitions: Start = (metrics) => {
  for (const kind of ["out", "back", "low"]) metrics.stockwire_transitions_total.inc({ kind }, 0);
};

const alerts: Start = (metrics) => {
  for (const kind of ["out", "back", "low"]) metrics.stockwire_alerts_total.inc({ kind }, 0);
};

const invoices: Start = (metrics) => {
  for (const outcome of ["accepted", "quarantined", "rejected", "duplicate", "conflict"]) {
    metrics.stockwire_invoices_total.inc({ outcome }, 0);
  }
};

const events: Start = (metrics) => {
  for (const outcome of ["appended", "failed", "dropped"]) {
    metrics.stockwire_live_events_total.inc({ outcome }, 0);
  }
};

const STARTS: Readonly<Record<string, readonly Start[]>> = {
  "upload-api": [uploads("inventory", "/v1/inventory"), uploads("invoice", "/v1/invoices"), refusals, events],
  "ingest-worker": [queue("ingest"), files("inventory"), rows, transitions, events],
  "alert-worker": [queue("alert"), alerts, events],
  "invoice-worker": [queue("invoice"), files("invoice"), invoices, events],
};
