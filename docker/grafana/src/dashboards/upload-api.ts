import type { Dashboard } from "../dashboard.ts";
import { graph } from "../panel.ts";
import { medianAndTail, quantile } from "../quantiles.ts";
import { standingRow } from "./shared-rows.ts";

const requests = "http_request_duration_seconds_count";

export const uploadApi: Dashboard = {
  name: "upload-api",
  title: "Stockwire: upload-api",
  description: "Takes files in, answers for receipts, stock and downloads.",
  rows: [
    standingRow("upload-api"),
    {
      title: "Uploads",
      panels: [
        graph({
          title: "Files by outcome",
          description:
            "Accepted, refused (the sender's fault), aborted (the sender went away) or failed (ours).",
          unit: "ops",
          queries: {
            "{{kind}} {{outcome}}":
              "sum by (kind, outcome) (rate(stockwire_uploads_total[$__rate_interval]))",
          },
          stacked: true,
        }),
        graph({
          title: "Bytes taken in",
          description: "Of accepted files.",
          unit: "Bps",
          queries: { "{{kind}}": "sum by (kind) (rate(stockwire_upload_bytes_total[$__rate_interval]))" },
          stacked: true,
        }),
        graph({
          title: "Time of uploads",
          description: "From request to answer, the sender's own line included.",
          unit: "s",
          queries: medianAndTail("http_request_duration_seconds", {
            where: 'method="POST"',
            by: ["route"],
            over: "5m",
          }),
        }),
      ],
    },
    {
      title: "Requests",
      panels: [
        graph({
          title: "By route",
          description: "Everything that was answered. `none` is what matches no route.",
          unit: "reqps",
          queries: { "{{method}} {{route}}": `sum by (method, route) (rate(${requests}[$__rate_interval]))` },
        }),
        graph({
          title: "By status",
          description:
            "2xx worked, 4xx is for the sender to put right, 499 left before the answer, 5xx is ours.",
          unit: "reqps",
          queries: { "{{status_code}}": `sum by (status_code) (rate(${requests}[$__rate_interval]))` },
          stacked: true,
        }),
        graph({
          title: "Refused for who asked",
          description:
            "Keys and tokens that are missing, unknown, disabled or expired, and callers that may not do what they ask.",
          unit: "reqps",
          queries: { "{{code}}": "sum by (code) (rate(stockwire_refusals_total[$__rate_interval]))" },
          stacked: true,
        }),
        graph({
          title: "Time of reads, 99 % within",
          description: "Downloads last as long as their reader's line makes them.",
          unit: "s",
          queries: {
            "{{route}}": quantile(0.99, "http_request_duration_seconds", {
              where: 'method="GET"',
              by: ["route"],
              over: "5m",
            }),
          },
        }),
      ],
    },
    {
      title: "Live events",
      panels: [
        graph({
          title: "Open streams",
          description:
            "Pages that listen, by replica. Each replica takes `MAX_EVENT_STREAMS`, 500 unless told otherwise.",
          unit: "short",
          queries: { "{{instance}}": "sum by (instance) (stockwire_event_streams)" },
          stacked: true,
        }),
        graph({
          title: "Events by outcome",
          description:
            "Of all services. Failed (the table `Events` refused them) and dropped (too much at once) are not told: pages " +
            "show those changes when they ask again.",
          unit: "ops",
          queries: {
            "{{job}} {{outcome}}":
              "sum by (job, outcome) (rate(stockwire_live_events_total[$__rate_interval]))",
          },
        }),
      ],
    },
  ],
};
