import { createLiveEvents } from "@stockwire/service-kit/live/live-events";
import type { RunningService, ServiceContext } from "@stockwire/service-kit/run-service";
import { createProgress } from "@stockwire/service-kit/uploads/progress";
import {
  startUploadWorker,
  type UploadWorkerClients,
} from "@stockwire/service-kit/uploads/start-upload-worker";
import { createUploadsTable } from "@stockwire/service-kit/uploads/uploads-table";
import type { invoiceConfig } from "./config.ts";
import { createLargeFiles } from "./large-files.ts";
import { loadLayouts, SHIPPED_LAYOUTS } from "./layout/load-layouts.ts";
import { observeInvoice } from "./observe-invoice.ts";
import { createParser } from "./parser/create-parser.ts";
import { processInvoice } from "./process-invoice.ts";
import { createInvoicesTable } from "./store/invoices-table.ts";

type Context = ServiceContext<typeof invoiceConfig.settings, typeof invoiceConfig.resources>;

/** Wires the tools to the queue and starts receiving. Throws LayoutError where a template is at fault. */
export const startInvoiceWorker = async (
  { config, log, metrics }: Context,
  clients: UploadWorkerClients,
): Promise<RunningService> => {
  const { settings, resources } = config;
  const { tables, queues, buckets } = resources;
  const layoutsDirectory = settings.LAYOUTS_DIRECTORY || SHIPPED_LAYOUTS;
  log.info({ layouts: loadLayouts(layoutsDirectory).map(({ name }) => name) }, "layouts read");
  const parser = createParser(layoutsDirectory, log);
  const uploads = createUploadsTable(clients.dynamo, tables.Uploads);
  const live = createLiveEvents({ dynamo: clients.dynamo, tableName: tables.Events, log, metrics });
  const progress = createProgress(clients.dynamo, tables.Uploads, uploads, live.receipt);
  const tools = {
    s3: clients.s3,
    uploads,
    progress,
    parser,
    invoices: createInvoicesTable(clients.dynamo, tables.Invoices),
    largeFiles: createLargeFiles(Math.max(1, Math.floor(settings.INVOICE_CONCURRENCY / 2))),
    log,
    bucket: buckets["invoice-csv-dest"],
  };
  const worker = startUploadWorker({
    kind: "invoice",
    clients,
    log,
    metrics,
    uploads,
    receiptDays: settings.RECEIPT_DAYS,
    progress,
    process: (upload, signal) => processInvoice(tools, upload, signal),
    observe: observeInvoice(metrics),
    queue: "invoice",
    queueUrl: queues.invoice,
    deadLetterUrl: queues["invoice-dlq"],
    concurrency: settings.INVOICE_CONCURRENCY,
    waitSeconds: settings.QUEUE_WAIT_SECONDS,
    finishSeconds: settings.FINISH_SECONDS,
    readyBucket: tools.bucket,
    readyTable: tables.Invoices,
    reconciling: {
      minutes: settings.RECONCILE_MINUTES,
      files: {
        ...clients,
        kind: "invoice",
        bucket: buckets["invoice-txt-src"],
        uploadsTable: tables.Uploads,
        queueUrl: queues.invoice,
        receiptDays: settings.RECEIPT_DAYS,
      },
    },
  });
  return {
    ...worker,
    shutdown: [
      ...worker.shutdown,
      { name: "parser", run: parser.close },
      { name: "live events", run: live.stop },
    ],
  };
};
