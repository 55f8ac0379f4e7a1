import type { Dashboard } from "../dashboard.ts";
import { graph } from "../panel.ts";
import { medianAndTail } from "../quantiles.ts";
import { queueRows, standingRow } from "./shared-rows.ts";

export const ingestWorker: Dashboard = {
  name: "ingest-worker",
  title: "Stockwire: ingest-worker",
  description: "Loads inventory files into the table.",
  rows: [
    standingRow("ingest-worker"),
    {
      title: "Files and rows",
      panels: [
        graph({
          title: "Files by final status",
          description: "As it stands in their receipts. Only `failed` is our fault.",
          unit: "ops",
          queries: {
            "{{outcome}}":
              'sum by (outcome) (rate(stockwire_files_total{kind="inventory"}[$__rate_interval]))',
          },
          stacked: true,
        }),
        graph({
          title: "Rows by what happened",
          description: "Counted when their file is finished, so a large file shows as a peak at its end.",
          unit: "ops",
          queries: { "{{outcome}}": "sum by (outcome) (rate(stockwire_rows_total[$__rate_interval]))" },
          stacked: true,
        }),
        graph({
          title: "Time to load a file",
          description: "From taking a file up to finishing it. Large files take minutes by nature.",
          unit: "s",
          queries: medianAndTail("stockwire_file_load_seconds", { where: 'job="ingest-worker"', over: "5m" }),
        }),
        graph({
          title: "Until rows are there",
          description:
            "From accepting a file to its rows standing in the table: the wait in the queue included.",
          unit: "s",
          queries: medianAndTail("stockwire_row_visible_seconds", { over: "5m" }),
        }),
      ],
    },
    ...queueRows("ingest"),
  ],
};
