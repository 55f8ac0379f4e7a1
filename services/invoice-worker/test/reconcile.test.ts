import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { GetQueueAttributesCommand, PurgeQueueCommand } from "@aws-sdk/client-sqs";
import { ScanCommand } from "@aws-sdk/lib-dynamodb";
import type { UploadItem } from "@stockwire/contracts/items";
import { isFinal } from "@stockwire/contracts/receipt";
import { startLocalCloud } from "@stockwire/local-aws/local-cloud";
import { createDynamoClient, createS3Client, createSqsClient } from "@stockwire/service-kit/aws-clients";
import { readConfig } from "@stockwire/service-kit/config";
import { createLogger } from "@stockwire/service-kit/logger";
import { createMetrics } from "@stockwire/service-kit/metrics";
import { reconcileFiles } from "@stockwire/service-kit/reconcile/reconcile-files";
import { runScheduledPass } from "@stockwire/service-kit/reconcile/scheduled-pass";
import t from "tap";
import { invoiceConfig } from "../src/config.ts";
import { startInvoiceWorker } from "../src/start-invoice-worker.ts";

const cloud = await startLocalCloud({});
Object.assign(process.env, cloud.environment);
const clients = { s3: createS3Client(), sqs: createSqsClient(), dynamo: createDynamoClient() };
t.teardown(async () => {
  for (const client of Object.values(clients)) client.destroy();
  await cloud.stop();
});
const config = readConfig(invoiceConfig, {
  ...process.env,
  OPERATIONS_PORT: "0",
  QUEUE_WAIT_SECONDS: "1",
  FINISH_SECONDS: "0",
  RECONCILE_MINUTES: "0",
});
const { buckets, queues, tables } = config.resources;
const QueueUrl = queues.invoice;
const log = createLogger("invoice-worker", "fatal");

const files = {
  ...clients,
  kind: "invoice",
  bucket: buckets["invoice-txt-src"],
  uploadsTable: tables.Uploads,
  queueUrl: QueueUrl,
  receiptDays: 50,
} as const;

const until = async <Value>(ask: () => Promise<Value | undefined>): Promise<Value> => {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

const receipts = async (): Promise<UploadItem[]> => {
  const { Items = [] } = await clients.dynamo.send(
    new ScanCommand({ TableName: tables.Uploads, ConsistentRead: true }),
  );
  return (Items as UploadItem[]).filter(({ Key }) => Key !== undefined);
};

t.test("an invoice whose event was lost is loaded while its source is there", async (t) => {
  const Body = readFileSync(join(import.meta.dirname, "../../../samples/invoices/inv-00001.txt"), "utf8");
  await clients.s3.send(new PutObjectCommand({ Bucket: files.bucket, Key: "from finance.txt", Body }));
  await until(async () => {
    const { Attributes } = await clients.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["ApproximateNumberOfMessages"] }),
    );
    return Attributes?.ApproximateNumberOfMessages === "1" ? true : undefined;
  });
  await clients.sqs.send(new PurgeQueueCommand({ QueueUrl }));

  const signal = new AbortController().signal;
  const pass = { depth: "full", dryRun: false, signal, pauseMilliseconds: 0 } as const;
  t.match(await reconcileFiles(files, pass), { unaccounted: 0 }, "it is young, and may yet be announced");
  const patience = { young: 0, silent: 0, backlogged: 0 };
  t.match(await reconcileFiles(files, { ...pass, patience }), { unaccounted: 1, announced: 1 });

  const worker = await startInvoiceWorker({ config, log, metrics: createMetrics("invoice-worker") }, clients);
  const ended = await until(async () => (await receipts()).find(({ Status }) => isFinal(Status)));
  for (const phase of worker.shutdown) await phase.run();
  t.match(ended, { Status: "loaded", Filename: "from finance.txt" });
  t.match(await reconcileFiles(files, { ...pass, patience }), { unaccounted: 0 });
  t.equal((await receipts()).length, 1);
});

t.test("of several replicas one makes the pass, and the others hear of it", async (t) => {
  const signal = new AbortController().signal;
  const from = Date.now();
  const states = await Promise.all([1, 2, 3].map(() => runScheduledPass({ files, log }, from, signal)));
  t.equal(states.filter(({ PassedAt }) => PassedAt !== undefined).length, 1, "one at a time");
  const [state] = states.filter(({ PassedAt }) => PassedAt !== undefined);
  const other = await runScheduledPass({ files, log }, from, signal);
  t.equal(other.PassedAt, state?.PassedAt, "and not again so soon");
  t.match(other, { Unaccounted: 0, Older: 0 });
  t.ok((other.FullDueAt ?? 0) > Date.now());
  const next = await runScheduledPass({ files, log }, Date.now() + 1, signal);
  t.ok((next.PassedAt ?? 0) > (other.PassedAt ?? 0));
  t.equal(next.FullDueAt, other.FullDueAt, "a recent pass is enough until a full one is due");
});
