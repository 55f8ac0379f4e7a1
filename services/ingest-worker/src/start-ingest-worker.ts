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
import type { ingestConfig } from "./config.ts";
import { ingestFile } from "./ingest-file.ts";
import { observeLoad } from "./observe-load.ts";
import { createContentLock } from "./order/content-lock.ts";
import { createLoadsTable } from "./order/loads-table.ts";
import { createInventoryTable } from "./table/inventory-table.ts";

export interface IngestClients {
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly dynamo: DynamoDBDocumentClient;
}

type Context = ServiceContext<typeof ingestConfig.settings, typeof ingestConfig.resources>;

/** Wires the tools to the queue and starts receiving. */
export const startIngestWorker = async (
  context: Context,
  clients: IngestClients,
): Promise<RunningService> => {
  const { log, metrics } = context;
  const { settings, resources } = context.config;
  const { s3, sqs, dynamo } = clients;
  const uploads = createUploadsTable(dynamo, resources.tables.Uploads);
  const progress = createProgress(dynamo, resources.tables.Uploads, uploads);
  const tools = {
    s3,
    dynamo,
    uploads,
    progress,
    loads: createLoadsTable(dynamo, resources.tables.Loads),
    contentLock: createContentLock(dynamo, resources.tables.Loads, uploads),
    inventory: createInventoryTable(dynamo, resources.tables.Inventory),
    tables: resources.tables,
    resultsBucket: resources.buckets.results,
    parallelReads: settings.INGEST_PARALLEL_READS,
  };
  const handler = createUploadHandler({
    kind: "inventory",
    s3,
    uploads,
    progress,
    metrics,
    process: (upload, signal) => ingestFile(tools, upload, signal),
    observe: observeLoad(metrics),
  });
  const queue = {
    queue: "ingest",
    sqs,
    queueUrl: resources.queues.ingest,
    deadLetterUrl: resources.queues["ingest-dlq"],
    log,
    metrics,
  };
  const worker = startQueueWorker({
    ...queue,
    ...handler,
    concurrency: settings.INGEST_CONCURRENCY,
    visibilitySeconds: topology.queues.ingest.visibilityTimeoutSeconds,
    waitSeconds: settings.QUEUE_WAIT_SECONDS,
    finishSeconds: settings.FINISH_SECONDS,
  });
  const depth = watchQueueDepth(queue);
  return {
    checks: {
      s3: async () => void (await s3.send(new HeadBucketCommand({ Bucket: resources.buckets.inventory }))),
      sqs: async () => void (await sqs.send(new GetQueueAttributesCommand({ QueueUrl: queue.queueUrl }))),
      dynamodb: async () =>
        void (await dynamo.send(new DescribeTableCommand({ TableName: resources.tables.Inventory }))),
    },
    shutdown: [
      { name: "queue worker", run: worker.stop },
      { name: "queue depth", run: async () => depth.stop() },
    ],
  };
};
