/** Names, help texts, labels and buckets of every metric. Low cardinality: never a store or an item as a label. */

export interface MetricDeclaration {
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds in seconds; histograms only. */
  readonly buckets?: readonly number[];
}

const quick = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const;
const slow = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 180, 600, 1800] as const;

/** Problem codes with which a caller is turned away for who it is. */
export const refusalCodes = [
  "missing_key",
  "malformed_key",
  "unknown_key",
  "disabled_key",
  "invalid_token",
  "expired_token",
  "forbidden",
  "store_forbidden",
] as const;

export const metrics = {
  http_request_duration_seconds: {
    type: "histogram",
    help: "Time from request to the end of its response",
    labels: ["method", "route", "status_code"],
    buckets: quick,
  },
  stockwire_uploads_total: {
    type: "counter",
    help: "Files taken in, by outcome",
    labels: ["kind", "outcome"],
  },
  stockwire_upload_bytes_total: { type: "counter", help: "Bytes of files taken in", labels: ["kind"] },
  stockwire_refusals_total: {
    type: "counter",
    help: "Requests turned away for who sent them, by problem code",
    labels: ["code"],
  },
  stockwire_files_total: {
    type: "counter",
    help: "Files finished, by final status",
    labels: ["kind", "outcome"],
  },
  stockwire_files_unaccounted: {
    type: "gauge",
    help: "Files without a receipt, or without an end while nobody works on them, as the last pass found them",
    labels: ["kind"],
  },
  stockwire_reconcile_last_pass_timestamp_seconds: {
    type: "gauge",
    help: "When files were last held against receipts to the end; the process's start until then, absent where RECONCILE_MINUTES is 0",
    labels: ["kind"],
  },
  stockwire_rows_total: {
    type: "counter",
    help: "Rows of finished files, by what happened",
    labels: ["outcome"],
  },
  stockwire_file_load_seconds: {
    type: "histogram",
    help: "Time to load one file",
    labels: [],
    buckets: slow,
  },
  stockwire_row_visible_seconds: {
    type: "histogram",
    help: "Time from accepting a file to its rows standing in the table, one observation a file",
    labels: [],
    buckets: slow,
  },
  stockwire_invoices_total: {
    type: "counter",
    help: "Invoices finished, by outcome: accepted, quarantined, rejected, duplicate, conflict",
    labels: ["outcome"],
  },
  stockwire_transitions_total: {
    type: "counter",
    help: "Transitions written into the table, by what staff are to hear: out, back, low",
    labels: ["kind"],
  },
  stockwire_alerts_total: { type: "counter", help: "Transitions told to staff", labels: ["kind"] },
  stockwire_alert_delay_seconds: {
    type: "histogram",
    help: "Time from accepting a file to the publication of a transition that it caused",
    labels: [],
    buckets: slow,
  },
  stockwire_queue_messages_total: {
    type: "counter",
    help: "Messages handled, by outcome: done, retried, dead",
    labels: ["queue", "outcome"],
  },
  stockwire_queue_handler_seconds: {
    type: "histogram",
    help: "Time a message's handler took",
    labels: ["queue"],
    buckets: slow,
  },
  stockwire_queue_in_flight: {
    type: "gauge",
    help: "Messages being handled by this process",
    labels: ["queue"],
  },
  stockwire_queue_depth: {
    type: "gauge",
    help: "Messages in the queue, by state: visible, in_flight, delayed, dead",
    labels: ["queue", "state"],
  },
  stockwire_queue_last_receive_timestamp_seconds: {
    type: "gauge",
    help: "When the queue last answered a receive of this process, empty ones included; its start until then",
    labels: ["queue"],
  },
  stockwire_event_streams: { type: "gauge", help: "Open streams of live events", labels: [] },
  stockwire_live_events_total: {
    type: "counter",
    help: "Live events, by outcome: appended, failed (given up), dropped (too many at once)",
    labels: ["outcome"],
  },
} as const satisfies Record<string, MetricDeclaration>;

export type MetricName = keyof typeof metrics;
