import { join } from "node:path";
import { renderDashboard } from "./dashboard.ts";
import { alertWorker } from "./dashboards/alert-worker.ts";
import { ingestWorker } from "./dashboards/ingest-worker.ts";
import { invoiceWorker } from "./dashboards/invoice-worker.ts";
import { node } from "./dashboards/node.ts";
import { overview } from "./dashboards/overview.ts";
import { uploadApi } from "./dashboards/upload-api.ts";

/** Where the generated JSON lies, for Grafana to read. */
export const DASHBOARDS_FOLDER = join(import.meta.dirname, "../dashboards");

/** Every dashboard, as Grafana reads it, by the name of its file. */
export const allDashboards = new Map(
  [overview, uploadApi, ingestWorker, alertWorker, invoiceWorker, node].map((dashboard) => [
    `${dashboard.name}.json`,
    renderDashboard(dashboard),
  ]),
);
