import type { Row } from "../dashboard.ts";
import { badFrom, goodFrom, stat } from "../panel.ts";
import { quantile } from "../quantiles.ts";

/** Eight numbers; where all are green, it works. */
export const workingRow: Row = {
  title: "Is it working?",
  panels: [
    stat({
      title: "Services that answer",
      description:
        "Of four: upload-api, ingest-worker, alert-worker and invoice-worker, each by at least one replica.",
      unit: "none",
      query: 'count(sum by (job) (up{job=~"upload-api|.+-worker"}) > 0) or vector(0)',
      steps: goodFrom(4),
    }),
    stat({
      title: "Alerts that fire",
      description:
        "What Prometheus is alarmed about now; its page Alerts lists them, docs/alerts.md explains them.",
      unit: "none",
      query: 'count(ALERTS{alertstate="firing"}) or vector(0)',
      steps: badFrom(1),
    }),
    stat({
      title: "Uploads that fail",
      description:
        "Share of uploads answered with a 5xx in the last five minutes. Refusals (4xx) are the sender's.",
      unit: "percentunit",
      query: 'max(method_route:http_requests_failed:ratio_rate5m{method="POST"}) or vector(0)',
      steps: badFrom(0.05, 0.001),
    }),
    stat({
      title: "Messages that wait",
      description: "In all queues together. A heap after a delivery is normal, one that stays is not.",
      unit: "short",
      query: 'sum(queue_state:stockwire_queue_depth:max{state="visible"})',
      steps: badFrom(1_000, 100),
    }),
    stat({
      title: "Dead letters",
      description: "Work that was given up and waits for an operator, in all queues together.",
      unit: "short",
      query: 'sum(queue_state:stockwire_queue_depth:max{state="dead"})',
      steps: badFrom(1),
    }),
    stat({
      title: "Until rows are there",
      description:
        "From accepting a file to its rows standing in the table, for nine files in ten (15 minutes).",
      unit: "s",
      query: quantile(0.9, "stockwire_row_visible_seconds", { over: "15m" }),
      steps: badFrom(60, 10),
    }),
    stat({
      title: "Until staff hear",
      description: "From accepting a file to telling staff what it changed, nine times in ten (15 minutes).",
      unit: "s",
      query: quantile(0.9, "stockwire_alert_delay_seconds", { over: "15m" }),
      steps: badFrom(60, 15),
    }),
    stat({
      title: "Files in the last hour",
      description:
        "Files that came to an end, whichever. It says little by itself: 0 is right where nobody sends.",
      unit: "short",
      query: "round(sum(increase(stockwire_files_total[1h])))",
    }),
  ],
};
