import type { Dashboard } from "../dashboard.ts";
import { graph } from "../panel.ts";
import { medianAndTail } from "../quantiles.ts";
import { queueRows, standingRow } from "./shared-rows.ts";

export const alertWorker: Dashboard = {
  name: "alert-worker",
  title: "Stockwire: alert-worker",
  description: "Tells staff what ran out and what is back.",
  rows: [
    standingRow("alert-worker"),
    {
      title: "What staff were told",
      panels: [
        graph({
          title: "Transitions told",
          description: "Items that ran out, came back, or (where a threshold is set) ran low.",
          unit: "ops",
          queries: { "{{kind}}": "sum by (kind) (rate(stockwire_alerts_total[$__rate_interval]))" },
          stacked: true,
        }),
        graph({
          title: "Transitions written",
          description:
            "What staff are to hear of, counted where rows are written. What is told follows it within seconds.",
          unit: "ops",
          queries: { "{{kind}}": "sum by (kind) (rate(stockwire_transitions_total[$__rate_interval]))" },
          stacked: true,
        }),
        graph({
          title: "Until staff hear",
          description:
            "From accepting a file to publishing what it changed. A digest waits up to 5 s by design.",
          unit: "s",
          queries: medianAndTail("stockwire_alert_delay_seconds", { over: "5m" }),
        }),
      ],
    },
    ...queueRows("alert"),
  ],
};
