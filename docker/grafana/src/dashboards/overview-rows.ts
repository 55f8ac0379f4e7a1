import type { Row } from "../dashboard.ts";
import { graph } from "../panel.ts";
import { medianAndTail } from "../quantiles.ts";

export const throughputRow: Row = {
  title: "Throughput",
  panels: [
    graph({
      title: "Files taken in",
      description: "Accepted, refused (the sender's fault), aborted (the sender went away) or failed (ours).",
      unit: "ops",
      queries: {
        "{{kind}} {{outcome}}": "sum by (kind, outcome) (rate(stockwire_uploads_total[$__rate_interval]))",
      },
      stacked: true,
    }),
    graph({
      title: "Files finished",
      description:
        "By the final status that stands in their receipts. It follows the files taken in and dropped.",
      unit: "ops",
      queries: {
        "{{kind}} {{outcome}}": "sum by (kind, outcome) (rate(stockwire_files_total[$__rate_interval]))",
      },
      stacked: true,
    }),
    graph({
      title: "Rows",
      description: "Rows of inventory files by what happened to them, counted when their file is finished.",
      unit: "ops",
      queries: { "{{outcome}}": "sum by (outcome) (rate(stockwire_rows_total[$__rate_interval]))" },
      stacked: true,
    }),
  ],
};

export const backlogRow: Row = {
  title: "Backlog",
  panels: [
    graph({
      title: "Messages that wait",
      description: "Visible in each queue: no worker has taken them yet.",
      unit: "short",
      queries: { "{{queue}}": 'queue_state:stockwire_queue_depth:max{state="visible"}' },
    }),
    graph({
      title: "Messages being worked on",
      description: "By all replicas of a worker together.",
      unit: "short",
      queries: { "{{queue}}": "sum by (queue) (stockwire_queue_in_flight)" },
    }),
    graph({
      title: "Replicas that answer",
      description: "What the backlog is shared among.",
      unit: "none",
      queries: { "{{job}}": 'sum by (job) (up{job=~"upload-api|.+-worker"})' },
    }),
  ],
};

export const latencyRow: Row = {
  title: "Latency",
  panels: [
    graph({
      title: "Uploads",
      description: "From request to answer, the sender's own line included.",
      unit: "s",
      queries: medianAndTail("http_request_duration_seconds", { where: 'method="POST"', over: "5m" }),
    }),
    graph({
      title: "Until rows are there",
      description: "From accepting a file to its rows standing in the table, one value a file.",
      unit: "s",
      queries: medianAndTail("stockwire_row_visible_seconds", { over: "5m" }),
    }),
    graph({
      title: "Until staff hear",
      description: "From accepting a file to telling staff what it changed, one value a transition.",
      unit: "s",
      queries: medianAndTail("stockwire_alert_delay_seconds", { over: "5m" }),
    }),
  ],
};

export const errorsRow: Row = {
  title: "Errors",
  panels: [
    graph({
      title: "Requests that fail",
      description: "Answered with a 5xx, by route. Normally none.",
      unit: "reqps",
      queries: {
        "{{method}} {{route}} {{status_code}}":
          "sum by (method, route, status_code) (rate(" +
          'http_request_duration_seconds_count{status_code=~"5.."}[$__rate_interval]))',
      },
    }),
    graph({
      title: "Files given up",
      description:
        "Failed for reasons other than the file; each is kept and has a dead letter. Normally none.",
      unit: "ops",
      queries: {
        "{{kind}}": 'sum by (kind) (rate(stockwire_files_total{outcome="failed"}[$__rate_interval]))',
      },
    }),
    graph({
      title: "Files unaccounted for",
      description:
        "Without a receipt, or without an end while nobody works on them, as the last comparison of the buckets with the " +
        "receipts found them. They are announced again; what stays is an alert.",
      unit: "short",
      queries: {
        "{{kind}}":
          "max by (kind) (stockwire_files_unaccounted and on (job, instance, kind) (stockwire_reconcile_last_pass_timestamp_seconds > time() - 1800))",
      },
    }),
    graph({
      title: "Messages tried again or given up",
      description:
        "Retries now and then are harmless; many mean that something the workers need is in trouble.",
      unit: "ops",
      queries: {
        "{{queue}} {{outcome}}":
          "sum by (queue, outcome) (rate(" +
          'stockwire_queue_messages_total{outcome=~"retried|dead"}[$__rate_interval]))',
      },
    }),
  ],
};

export const alertsRow: Row = {
  title: "What staff were told, and what the operator is",
  panels: [
    graph({
      title: "Transitions told to staff",
      description: "Items that ran out, came back, or (where a threshold is set) ran low.",
      unit: "ops",
      queries: { "{{kind}}": "sum by (kind) (rate(stockwire_alerts_total[$__rate_interval]))" },
      stacked: true,
    }),
    graph({
      title: "Alerts to the operator",
      description:
        "Alerts of Prometheus that fire, by name; docs/alerts.md says what to do about each. Normally empty.",
      unit: "none",
      queries: { "{{alertname}}": 'sum by (alertname) (ALERTS{alertstate="firing"})' },
      stacked: true,
    }),
  ],
};
