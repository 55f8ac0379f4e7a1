import { execFile } from "node:child_process";
import { join } from "node:path";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { GetQueueAttributesCommand, PurgeQueueCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { dayOf, uploadVersion } from "@stockwire/contracts/keys";
import { createClients, destroyClients } from "@stockwire/local-aws/clients";
import { startLocalCloud } from "@stockwire/local-aws/local-cloud";
import t from "tap";
import { lookAtFiles } from "../reconcile/look-at-files.ts";
import { renderTable } from "../reconcile/render.ts";

const cloud = await startLocalCloud({ log: () => {} });
t.teardown(() => cloud.stop());
const clients = createClients(cloud.environment);
t.teardown(() => destroyClients(clients));
const { s3, sqs } = clients;
const dynamo = DynamoDBDocumentClient.from(clients.dynamodb);
const QueueUrl = cloud.environment.QUEUE_INGEST ?? "";
const portOf = (variable: string): string => new URL(cloud.environment[variable] ?? "").port;

/** The tool as a process of its own, which finds the local cloud by its ports alone. */
const reconcile = (...args: string[]) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const script = join(import.meta.dirname, "../reconcile.ts");
    const env = {
      PATH: process.env.PATH,
      AWS_PORT: portOf("AWS_ENDPOINT_URL_S3"),
      DYNAMODB_PORT: portOf("AWS_ENDPOINT_URL_DYNAMODB"),
    };
    execFile(process.execPath, [script, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });

const waiting = async (): Promise<number> => {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["ApproximateNumberOfMessages"] }),
  );
  return Number(Attributes?.ApproximateNumberOfMessages);
};

t.test("what was lost is named in a dry run, brought back, and found once", async (t) => {
  const quiet = await reconcile();
  t.match(quiet, { code: 0, stdout: /^ +looked at +lost +announced again\ninventory +0 +0 +0\ninvoice +0/ });

  // Five minutes old, and its event is gone.
  const receivedAt = new Date(Date.now() - 300_000).toISOString();
  const UploadId = "0197b5a0-0000-7000-8000-000000000001";
  const Key = `inventory/${UploadId}.csv`;
  await s3.send(new PutObjectCommand({ Bucket: "inventory", Key, Body: "store,item,count\nRome,Lamp,1\n" }));
  await sqs.send(new PurgeQueueCommand({ QueueUrl }));
  await dynamo.send(
    new PutCommand({
      TableName: "Uploads",
      Item: {
        UploadId,
        Kind: "inventory",
        Status: "received",
        ReceivedAt: receivedAt,
        Version: uploadVersion(receivedAt, UploadId),
        Day: dayOf(receivedAt),
        Bucket: "inventory",
        Key,
      },
    }),
  );
  await dynamo.send(
    new PutCommand({
      TableName: "Uploads",
      Item: { UploadId: "\u001fdays", Days: new Set([dayOf(receivedAt)]) },
    }),
  );
  const dry = await reconcile("--dry-run", "--only", "inventory");
  t.match(dry, { code: 1, stdout: /inventory +\d +1 +0\n$/ });
  t.match(dry.stderr, `received: inventory/${Key} (${UploadId})`);
  t.equal(await waiting(), 0, "nothing was sent");

  t.match(await reconcile("--only", "inventory"), { code: 1, stdout: /inventory +\d +1 +1\n$/ });
  t.equal(await waiting(), 1);
  t.match(await reconcile("--only", "inventory"), { code: 0, stdout: /inventory +\d +0 +0\n$/ });
  t.equal(await waiting(), 1, "and is not announced again while it waits");
  const { Item } = await dynamo.send(new GetCommand({ TableName: "Uploads", Key: { UploadId } }));
  t.match(Item, { AnnouncedAt: /^\d/ });
});

t.test("alerts that were not looked at are no success", async (t) => {
  const alert = cloud.environment.QUEUE_ALERT ?? "";
  await sqs.send(new SendMessageCommand({ QueueUrl: alert, MessageBody: "a record" }));
  const behind = await reconcile("--only", "alerts");
  t.match(behind, {
    code: 2,
    stdout: /alerts +- +- +-\n$/,
    stderr: /alerts: not looked at, as messages wait/,
  });
  await sqs.send(new PurgeQueueCommand({ QueueUrl: alert }));
  t.match(await reconcile("--only", "alerts"), { code: 0, stdout: /alerts +0 +0 +0\n$/ });
});

t.test("what it does not understand it says, and how it is called", async (t) => {
  t.match(await reconcile("--only", "people"), { code: 1, stderr: /Usage: npm run reconcile/ });
  t.match(await reconcile("--fast"), { code: 1, stderr: /Usage: npm run reconcile/ });
});

t.test("files made of parts are looked at again after a while, and named once", async (t) => {
  const file = { why: "no receipt", bucket: "b", key: "k" } as const;
  const look = async (secondSighted: Record<string, number>) => {
    const [given, lines, found]: [unknown[], string[], string[]] = [[], [], []];
    const outcome = await lookAtFiles({
      pass: async (sighted, onFound) => {
        given.push(sighted);
        onFound({ ...file, uploadId: "small" });
        if (given.length === 2) onFound({ ...file, uploadId: "big" });
        const counts = { looked: 2, unaccounted: 1, older: 0, announced: 1 };
        return { ...counts, sighted: given.length === 1 ? { big: 7 } : secondSighted };
      },
      onFound: ({ uploadId }) => void found.push(uploadId),
      say: (line) => void lines.push(line),
      signal: new AbortController().signal,
      waitMilliseconds: 1,
    });
    t.same(given, [{}, { big: 7 }]);
    t.same(found, ["small", "big"]);
    t.match(lines[0], /1 made of parts have no receipt: looking again/);
    return outcome;
  };
  t.same(await look({}), { looked: 2, lost: 2, brought: 2, leftOut: 0 });
  t.match(await look({ other: 9 }), { leftOut: 1 });
});

t.test("columns stand below each other", async (t) => {
  t.equal(
    renderTable([{ subject: "inventory", looked: 1_200, lost: 3, brought: 2 }]),
    "           looked at  lost  announced again\ninventory       1200     3                2",
  );
});
