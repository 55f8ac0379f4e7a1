import type { InventoryItem } from "@stockwire/contracts/items";
import type { AlertKind } from "@stockwire/contracts/level";
import { createLiveEvents } from "@stockwire/service-kit/live/live-events";
import { passOverAlerts } from "@stockwire/service-kit/reconcile/pass-over-alerts";
import type { RunningService, ServiceContext } from "@stockwire/service-kit/run-service";
import { createThresholdsTable } from "@stockwire/service-kit/stock/thresholds-table";
import { createProgress } from "@stockwire/service-kit/uploads/progress";
import {
  startUploadWorker,
  type UploadWorkerClients,
} from "@stockwire/service-kit/uploads/start-upload-worker";
import { createUploadsTable } from "@stockwire/service-kit/uploads/uploads-table";
import type { ingestConfig } from "./config.ts";
import { ingestFile } from "./ingest-file.ts";
import { createInspectionStore } from "./keep-inspection.ts";
import { keepRoomForSmallFiles } from "./keep-room-for-small-files.ts";
import { toLoadJob } from "./load-job.ts";
import { observeLoad } from "./observe-load.ts";
import { createContentLock } from "./order/content-lock.ts";
import { createLoadsTable } from "./order/loads-table.ts";
import { createInventoryTable } from "./table/inventory-table.ts";
import { createStandingRowsReader } from "./table/standing-rows.ts";
import { tellOfRow } from "./tell-pages.ts";

type Context = ServiceContext<typeof ingestConfig.settings, typeof ingestConfig.resources>;

/** Wires the tools to the queue and starts receiving. */
export const startIngestWorker = async (
  { config, log, metrics }: Context,
  clients: UploadWorkerClients,
): Promise<RunningService> => {
  const { settings, resources } = config;
  const { tables, queues, buckets } = resources;
  const { s3, dynamo } = clients;
  const uploads = createUploadsTable(dynamo, tables.Uploads);
  const live = createLiveEvents({ dynamo, tableName: tables.Events, log, metrics });
  const progress = createProgress(dynamo, tables.Uploads, uploads, live.receipt);
  const inventory = createInventoryTable(dynamo, tables.Inventory);
  const tools = {
    s3,
    dynamo,
    uploads,
    progress,
    live,
    loads: createLoadsTable(dynamo, tables.Loads),
    thresholds: createThresholdsTable(dynamo, tables.Thresholds),
    contentLock: createContentLock(dynamo, tables.Loads, uploads),
    inventory,
    standingRows: createStandingRowsReader(dynamo, inventory, tables.Stores),
    inspections: createInspectionStore(s3, buckets.results),
    tables,
    resultsBucket: buckets.results,
    parallelReads: settings.INGEST_PARALLEL_READS,
    onTransition: (kind: AlertKind) => metrics.stockwire_transitions_total.inc({ kind }),
    onWritten: (row: InventoryItem) => tellOfRow(live, row),
  };
  const alertSources = {
    ...clients,
    inventoryTable: tables.Inventory,
    alertsTable: tables.Alerts,
    thresholdsTable: tables.Thresholds,
    queueUrl: queues.alert,
  };
  const worker = startUploadWorker({
    kind: "inventory",
    clients,
    log,
    metrics,
    uploads,
    receiptDays: settings.RECEIPT_DAYS,
    find: progress.find,
    progress,
    process: keepRoomForSmallFiles((upload, signal) => ingestFile(tools, upload, signal), {
      progress,
      concurrency: settings.INGEST_CONCURRENCY,
      bytesOf: async (upload) =>
        upload.Mode === "undo" ? (await toLoadJob(uploads, upload)).file.bytes : upload.Bytes,
    }),
    observe: observeLoad(metrics),
    queue: "ingest",
    queueUrl: queues.ingest,
    deadLetterUrl: queues["ingest-dlq"],
    concurrency: settings.INGEST_CONCURRENCY,
    waitSeconds: settings.QUEUE_WAIT_SECONDS,
    finishSeconds: settings.FINISH_SECONDS,
    readyBucket: buckets.inventory,
    readyTable: tables.Inventory,
    reconciling: {
      minutes: settings.RECONCILE_MINUTES,
      files: {
        ...clients,
        kind: "inventory",
        bucket: buckets.inventory,
        uploadsTable: tables.Uploads,
        queueUrl: queues.ingest,
        receiptDays: settings.RECEIPT_DAYS,
      },
      alerts: (state, tools) => passOverAlerts(alertSources, state, tools),
    },
  });
  return { ...worker, shutdown: [...worker.shutdown, { name: "live events", run: live.stop }] };
};
