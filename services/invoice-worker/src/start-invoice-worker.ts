import { DescribeTableCommand } from "@aws-sdk/client-dynamodb";
import { HeadBucketCommand, type S3Client } from "@aws-sdk/client-s3";
import { GetQueueAttributesCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { topology } from "@stockwire/contracts/topology";
import { watchQueueDepth } from "@stockwire/service-kit/queue-depth";
import { startQueueWorker } from "@stockwire/service-kit/queue-worker";
import type { RunningService, ServiceContext } from "@stockwire/service-kit/run-service";
import { createUploadHandler } from "@stockwire/service-kit/uploads/handle-uploads";
import { createProgress } from "@stockwire/service-kit/uploads/progress";
import { createUploadsTable } from "@stockwire/service-kit/uploads/uploads-table";
import type { invoiceConfig } from "./config.ts";
import { loadLayouts, SHIPPED_LAYOUTS } from "./layout/load-layouts.ts";
import { observeInvoice } from "./observe-invoice.ts";
import { createParser } from "./parser/create-parser.ts";
import { processInvoice } from "./process-invoice.ts";
import { createInvoicesTable } from "./store/invoices-table.ts";

export interface InvoiceClients {
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly dynamo: DynamoDBDocumentClient;
}

type Context = ServiceContext<typeof invoiceConfig.settings, typeof invoiceConfig.resources>;

/** Wires the tools to the queue and starts receiving. Throws LayoutError where a template is at fault. */
export const startInvoiceWorker = async (
  context: Context,
  clients: InvoiceClients,
): Promise<RunningService> => {
  const { log, metrics } = context;
  const { settings, resources } = context.config;
  const { s3, sqs, dynamo } = clients;
  const layoutsDirectory = settings.LAYOUTS_DIRECTORY || SHIPPED_LAYOUTS;
  log.info({ layouts: loadLayouts(layoutsDirectory).map(({ name }) => name) }, "layouts read");
  const parser = createParser(layoutsDirectory);
  const uploads = createUploadsTable(dynamo, resources.tables.Uploads);
  const progress = createProgress(dynamo, resources.tables.Uploads, uploads);
  const tools = {
    s3,
    uploads,
    progress,
    parser,
    invoices: createInvoicesTable(dynamo, resources.tables.Invoices),
    bucket: resources.buckets["invoice-csv-dest"],
  };
  const handler = createUploadHandler({
    kind: "invoice",
    s3,
    uploads,
    progress,
    metrics,
    process: (upload, signal) => processInvoice(tools, upload, signal),
    observe: observeInvoice(metrics),
  });
  const queue = {
    queue: "invoice",
    sqs,
    queueUrl: resources.queues.invoice,
    deadLetterUrl: resources.queues["invoice-dlq"],
    log,
    metrics,
  };
  const worker = startQueueWorker({
    ...queue,
    ...handler,
    concurrency: settings.INVOICE_CONCURRENCY,
    visibilitySeconds: topology.queues.invoice.visibilityTimeoutSeconds,
    waitSeconds: settings.QUEUE_WAIT_SECONDS,
    finishSeconds: settings.FINISH_SECONDS,
  });
  const depth = watchQueueDepth(queue);
  return {
    checks: {
      s3: async () => void (await s3.send(new HeadBucketCommand({ Bucket: tools.bucket }))),
      sqs: async () => void (await sqs.send(new GetQueueAttributesCommand({ QueueUrl: queue.queueUrl }))),
      dynamodb: async () =>
        void (await dynamo.send(new DescribeTableCommand({ TableName: resources.tables.Invoices }))),
    },
    shutdown: [
      { name: "queue worker", run: worker.stop },
      { name: "parser", run: parser.close },
      { name: "queue depth", run: async () => depth.stop() },
    ],
  };
};
