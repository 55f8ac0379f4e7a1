/**
 * Looks once for what was lost on the way: files without a receipt or without an end, and transitions that nobody was told
 * of. Brings them back, or with --dry-run only says so. Ends with 0 where nothing was lost, with 1 otherwise, and with 2
 * where it could not look at all of it. Safe beside the workers' own passes, to run twice and to stop at any moment.
 */
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { RECORDS_DAYS } from "@stockwire/contracts/items";
import { uploadKinds } from "@stockwire/contracts/upload-kinds";
import { bucketVariable } from "@stockwire/contracts/variables";
import { createClients, destroyClients } from "@stockwire/local-aws/clients";
import { reconcileAlerts } from "@stockwire/service-kit/reconcile/reconcile-alerts";
import { reconcileFiles } from "@stockwire/service-kit/reconcile/reconcile-files";
import { findCloud } from "./operate/find-cloud.ts";
import { lookAtFiles } from "./reconcile/look-at-files.ts";
import { namesIn } from "./reconcile/names-in.ts";
import { readCommand, type Subject } from "./reconcile/read-command.ts";
import { type Outcome, renderTable } from "./reconcile/render.ts";

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const print = (line: string): void => void process.stdout.write(`${line}\n`);

const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => stopping.abort(new Error("Stopped; run it again for the rest.")));
}

const run = async (): Promise<void> => {
  const { subjects, dryRun } = readCommand(process.argv.slice(2));
  const { environment, place } = findCloud(process.env, "S3", bucketVariable("inventory"));
  const clients = createClients(environment);
  const { s3, sqs } = clients;
  const dynamo = DynamoDBDocumentClient.from(clients.dynamodb, {
    marshallOptions: { removeUndefinedValues: true },
  });
  const names = namesIn(environment, clients);
  const pass = { depth: "full", dryRun, signal: stopping.signal, pauseMilliseconds: 0 } as const;

  const lookAt = async (subject: Subject): Promise<Outcome> => {
    if (subject === "alerts") {
      const { looked, untold, raised, isBehind } = await reconcileAlerts(
        {
          dynamo,
          sqs,
          inventoryTable: names.table("Inventory"),
          alertsTable: names.table("Alerts"),
          thresholdsTable: names.table("Thresholds"),
          queueUrl: await names.queue("alert"),
        },
        { ...pass, onFound: ({ Store, Item }, kind) => say(`not told: ${Store}, ${Item}, ${kind}`) },
      );
      if (isBehind) say("alerts: not looked at, as messages wait in the queue alert; run it again later");
      return { subject, looked, lost: untold, brought: raised, isSkipped: isBehind };
    }
    const sources = {
      s3,
      sqs,
      dynamo,
      kind: subject,
      bucket: names.bucket(uploadKinds[subject].bucket),
      uploadsTable: names.table("Uploads"),
      queueUrl: await names.queue(subject === "inventory" ? "ingest" : "invoice"),
      receiptDays: Number(environment.RECEIPT_DAYS || RECORDS_DAYS),
    };
    const files = await lookAtFiles({
      pass: (sighted, onFound) => reconcileFiles(sources, { ...pass, sighted, onFound }),
      onFound: ({ why, bucket, key, uploadId }) => say(`${why}: ${bucket}/${key} (${uploadId})`),
      say: (line) => say(`${subject}: ${line}`),
      signal: stopping.signal,
    });
    return { subject, ...files };
  };

  try {
    say(`Looking for what was lost ${place}${dryRun ? "; nothing is changed" : ""}`);
    const outcomes: Outcome[] = [];
    for (const subject of subjects) outcomes.push(await lookAt(subject));
    print(renderTable(outcomes));
    if (outcomes.some(({ lost }) => lost > 0)) process.exitCode = 1;
    if (outcomes.some(({ isSkipped, leftOut = 0 }) => isSkipped || leftOut > 0)) process.exitCode = 2;
  } finally {
    destroyClients(clients);
  }
};

try {
  await run();
} catch (error) {
  say(error instanceof Error ? error.message || String(error) : String(error));
  process.exitCode = 1;
}
