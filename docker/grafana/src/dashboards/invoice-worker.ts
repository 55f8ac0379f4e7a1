import type { Dashboard } from "../dashboard.ts";
import { graph } from "../panel.ts";
import { medianAndTail } from "../quantiles.ts";
import { queueRows, standingRow } from "./shared-rows.ts";

export const invoiceWorker: Dashboard = {
  name: "invoice-worker",
  title: "Stockwire: invoice-worker",
  description: "Reads and checks text invoices.",
  rows: [
    standingRow("invoice-worker"),
    {
      title: "Invoices",
      panels: [
        graph({
          title: "Invoices by outcome",
          description:
            "Quarantined ones contradict themselves and wait for a corrected file: finance looks at them.",
          unit: "ops",
          queries: { "{{outcome}}": "sum by (outcome) (rate(stockwire_invoices_total[$__rate_interval]))" },
          stacked: true,
        }),
        graph({
          title: "Invoices given up",
          description:
            "Failed for reasons other than the file; each is kept and has a dead letter. Normally none.",
          unit: "ops",
          queries: {
            failed: 'sum(rate(stockwire_files_total{kind="invoice", outcome="failed"}[$__rate_interval]))',
          },
        }),
        graph({
          title: "Time to work on an invoice",
          description: "From taking a file up to finishing it.",
          unit: "s",
          queries: medianAndTail("stockwire_file_load_seconds", {
            where: 'job="invoice-worker"',
            over: "5m",
          }),
        }),
      ],
    },
    ...queueRows("invoice"),
  ],
};
