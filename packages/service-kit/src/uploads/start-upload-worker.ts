import { DescribeTableCommand } from "@aws-sdk/client-dynamodb";
import { HeadBucketCommand, type S3Client } from "@aws-sdk/client-s3";
import { GetQueueAttributesCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { type QueueName, topology } from "@stockwire/contracts/topology";
import type { Logger } from "../logger.ts";
import type { Metrics } from "../metrics.ts";
import { watchQueueDepth } from "../queue-depth.ts";
import { startQueueWorker } from "../queue-worker.ts";
import { type Reconciling, startReconciling } from "../reconcile/start-reconciling.ts";
import type { RunningService } from "../run-service.ts";
import { watchReceives } from "../watch-receives.ts";
import { createUploadHandler, type UploadHandling } from "./handle-uploads.ts";

/** The cloud as a worker on uploads sees it. */
export interface UploadWorkerClients {
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly dynamo: DynamoDBDocumentClient;
}

export interface UploadWorkerOptions extends Omit<UploadHandling, "s3" | "metrics"> {
  readonly clients: UploadWorkerClients;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Logical name, with the URLs of the queue and of its dead-letter queue. */
  readonly queue: QueueName;
  readonly queueUrl: string;
  readonly deadLetterUrl: string;
  readonly concurrency: number;
  readonly waitSeconds: number;
  readonly finishSeconds: number;
  /** What must answer for the service to be ready, besides the queue: physical names. */
  readonly readyBucket: string;
  readonly readyTable: string;
  /** What looks for files that were lost on the way. */
  readonly reconciling: Omit<Reconciling, "log" | "metrics">;
}

/** Starts receiving announcements of objects, and says how to ask for readiness and how to stop. */
export const startUploadWorker = (options: UploadWorkerOptions): RunningService => {
  const { clients, log, metrics } = options;
  const { s3, sqs, dynamo } = clients;
  const queue = {
    queue: options.queue,
    sqs,
    queueUrl: options.queueUrl,
    deadLetterUrl: options.deadLetterUrl,
    log,
    metrics,
  };
  watchReceives(queue);
  const worker = startQueueWorker({
    ...queue,
    ...createUploadHandler({ ...options, s3 }),
    concurrency: options.concurrency,
    visibilitySeconds: topology.queues[options.queue].visibilityTimeoutSeconds,
    waitSeconds: options.waitSeconds,
    finishSeconds: options.finishSeconds,
  });
  const depth = watchQueueDepth(queue);
  const reconciler = startReconciling({ ...options.reconciling, log, metrics });
  let reconciled: Promise<void> = Promise.resolve();
  return {
    checks: {
      s3: async () => void (await s3.send(new HeadBucketCommand({ Bucket: options.readyBucket }))),
      sqs: async () => void (await sqs.send(new GetQueueAttributesCommand({ QueueUrl: queue.queueUrl }))),
      dynamodb: async () =>
        void (await dynamo.send(new DescribeTableCommand({ TableName: options.readyTable }))),
    },
    shutdown: [
      // Told first, waited for last: no file is to wait for a pass's last call.
      {
        name: "reconciliation told",
        run: async () => {
          reconciled = reconciler.stop();
        },
      },
      { name: "queue worker", run: worker.stop },
      { name: "queue depth", run: async () => depth.stop() },
      { name: "reconciliation", run: () => reconciled },
    ],
  };
};
