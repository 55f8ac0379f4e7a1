import { execFile } from "node:child_process";
import { join } from "node:path";
import {
  GetQueueAttributesCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import { dayOf, uploadVersion } from "@stockwire/contracts/keys";
import { topology } from "@stockwire/contracts/topology";
import { createClients, destroyClients } from "@stockwire/local-aws/clients";
import { startLocalCloud } from "@stockwire/local-aws/local-cloud";
import { createMessageActions } from "@stockwire/service-kit/message-actions";
import { toQueueMessage } from "@stockwire/service-kit/queue-message";
import { createRecordedDays, uploadsDaysKey } from "@stockwire/service-kit/recorded-days";
import t from "tap";
import { visitLetters } from "../redrive/letters.ts";
import { sayMore } from "../redrive/render.ts";

const cloud = await startLocalCloud({ log: () => {} });
t.teardown(() => cloud.stop());
const port = new URL(cloud.environment.AWS_ENDPOINT_URL_SQS ?? "").port;
const clients = createClients(cloud.environment);
t.teardown(() => destroyClients(clients));
const { sqs } = clients;
const url = (variable: string): string => cloud.environment[variable] ?? "";

/** The tool as a process of its own, which finds the local cloud by its port alone. */
const redrive = (...args: string[]) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const script = join(import.meta.dirname, "../redrive.ts");
    const DYNAMODB_PORT = new URL(cloud.environment.AWS_ENDPOINT_URL_DYNAMODB ?? "").port;
    const env = { PATH: process.env.PATH, AWS_PORT: port, DYNAMODB_PORT };
    execFile(process.execPath, [script, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });

const park = (queue: string, body: string, reason?: string) =>
  sqs.send(
    new SendMessageCommand({
      QueueUrl: url(queue),
      MessageBody: body,
      ...(reason !== undefined && {
        MessageAttributes: {
          reason: { DataType: "String", StringValue: reason },
          message: { DataType: "String", StringValue: `because of ${reason}` },
          attempts: { DataType: "Number", StringValue: "5" },
        },
      }),
    }),
  );
const waitingIn = async (queue: string): Promise<number> => {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: url(queue),
      AttributeNames: ["ApproximateNumberOfMessages"],
    }),
  );
  return Number(Attributes?.ApproximateNumberOfMessages);
};
const takeFrom = async (queue: string): Promise<string[]> => {
  const bodies: string[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: url(queue), MaxNumberOfMessages: 10 }),
    );
    if (Messages.length === 0) return bodies.sort();
    bodies.push(...Messages.map(({ Body = "" }) => Body));
  }
};

t.test("letters are listed, shown, brought back by reason, and dropped", async (t) => {
  for (let n = 0; n < 12; n++) await park("QUEUE_INGEST_DLQ", `file ${n}`, "row_write_failed");
  await park("QUEUE_INGEST_DLQ", "rubbish", "undecodable");
  await park("QUEUE_ALERT_DLQ", "a record");

  const listed = await redrive("list");
  t.same(listed.stdout.trim().split("\n"), [
    "ingest: 12 row_write_failed",
    "ingest: 1 undecodable",
    "alert: 1 moved_by_sqs",
    "invoice: none",
  ]);
  t.equal(await waitingIn("QUEUE_INGEST_DLQ"), 13, "looking takes nothing away");
  const shown = await redrive("show", "--queue", "ingest", "--reason", "undecodable");
  t.match(
    shown.stdout,
    /^ingest \S+ undecodable, attempts: 5, from ingest\n {2}because of undecodable\n {2}rubbish\n$/,
  );

  const retried = await redrive("retry", "--queue", "ingest", "--reason", "row_write_failed");
  t.match(retried.stderr, /ingest: 12 of 13 brought back; what fails again is here again\n/);
  t.same(await takeFrom("QUEUE_INGEST"), Array.from({ length: 12 }, (_, n) => `file ${n}`).sort());
  t.equal(await waitingIn("QUEUE_INGEST_DLQ"), 1, "the other one is there again");
  const none = await redrive("retry", "--reason", "row_write_failed");
  t.match(none.stderr, /ingest: 0 of 1 brought back\n/, "nothing can be here again");
  t.match(none.stderr, /ingest: none has the reason row_write_failed; there are \w+/);

  t.match(await redrive("drop", "--queue", "ingest"), { code: 1, stderr: /add --yes/ });
  t.match((await redrive("drop", "--queue", "ingest", "--yes")).stderr, /ingest: 1 of 1 dropped/);
  t.equal(await waitingIn("QUEUE_INGEST_DLQ"), 0);
  t.equal(await waitingIn("QUEUE_ALERT_DLQ"), 1);
});

t.test("a letter that fails again at once is brought back once", async (t) => {
  await park("QUEUE_INGEST_DLQ", "poison", "undecodable");
  const actions = createMessageActions(sqs, url("QUEUE_INGEST"), url("QUEUE_INGEST_DLQ"));
  let received = 0;
  let isOver = false;
  const worker = (async () => {
    while (!isOver) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl: url("QUEUE_INGEST"), WaitTimeSeconds: 1 }),
      );
      for (const message of Messages) {
        received += 1;
        await actions.park(toQueueMessage(message), { code: "undecodable", message: "again", attempts: 1 });
      }
    }
  })();
  const { stderr } = await redrive("retry", "--queue", "ingest");
  isOver = true;
  await worker;
  t.match(stderr, /ingest: 1 of 1 brought back/);
  t.equal(received, 1);
  t.match(await redrive("show", "--queue", "ingest"), {
    stdout: /attempts: 1, since \S+, from ingest\n {2}again/,
  });
  await redrive("drop", "--queue", "ingest", "--yes");
});

t.test(
  "a walk that took longer than letters stay hidden, or saw fewer than there are, says so",
  async (t) => {
    const queue = { name: "ingest", url: "q", deadLetterUrl: "dlq" } as const;
    const walk = async (depth: number, hiddenSeconds: number, showsAgain = false) => {
      let next = 0;
      const answer = (call: string): object => {
        if (call === "GetQueueAttributesCommand") {
          return { Attributes: { ApproximateNumberOfMessages: String(depth) } };
        }
        if (call !== "ReceiveMessageCommand") return {};
        next = showsAgain && next === 2 ? 1 : next + 1;
        return { Messages: next > 3 ? [] : [{ MessageId: String(next), ReceiptHandle: "h", Body: "b" }] };
      };
      const client = {
        send: async ({ constructor: { name } }: { constructor: { name: string } }) => answer(name),
      } as unknown as SQSClient;
      return visitLetters(client, queue, new AbortController().signal, async () => {}, hiddenSeconds);
    };
    t.same(await walk(3, 120), { seen: 3, mayBeMore: false });
    t.same(await walk(9, 120, true), { seen: 2, mayBeMore: true }, "they came again, and it ended");
    t.same(await walk(3, 0), { seen: 3, mayBeMore: true }, "it took longer than they stay hidden");
    t.match(sayMore("ingest", { seen: 2, mayBeMore: true }), /ingest: there may be more than these 2/);
    t.equal(sayMore("ingest", { seen: 2, mayBeMore: false }), undefined);
  },
);

t.test("every queue that workers take from has dead letters, and they can be brought back", async (t) => {
  const { stdout } = await redrive("list");
  const listed = stdout
    .trim()
    .split("\n")
    .map((line) => line.split(":")[0]);
  t.same(
    new Set(listed),
    new Set(Object.keys(topology.queues).filter((name) => !/-(dlq|inbox)$/.test(name))),
  );
});

t.test("an upload whose letter is gone is brought back from its receipt", async (t) => {
  const dynamo = DynamoDBDocumentClient.from(clients.dynamodb);
  const put = async (n: number, Status: string, daysAgo = 20): Promise<string> => {
    const ReceivedAt = new Date(Date.now() - daysAgo * 86_400_000).toISOString();
    const UploadId = `0197b5a0-0000-7000-8000-00000000000${n}`;
    const Item = {
      UploadId,
      Kind: "inventory",
      Status,
      ReceivedAt,
      Version: uploadVersion(ReceivedAt, UploadId),
      Day: dayOf(ReceivedAt),
      Bucket: "inventory",
      Key: `inventory/${UploadId}.csv`,
    };
    await dynamo.send(new PutCommand({ TableName: "Uploads", Item }));
    await createRecordedDays(dynamo, "Uploads", uploadsDaysKey).remember(Item.Day);
    return UploadId;
  };
  const [gone, parked, loaded, ancient] = [
    await put(1, "failed"),
    await put(2, "failed"),
    await put(3, "loaded"),
    await put(4, "failed", 34.5),
  ];
  const event = (uploadId: string) => ({
    eventSource: "aws:s3",
    eventName: "ObjectCreated:Put",
    eventTime: "2026-03-01T12:00:00.000Z",
    s3: { bucket: { name: "inventory" }, object: { key: `inventory/${uploadId}.csv` } },
  });
  await park("QUEUE_INGEST_DLQ", JSON.stringify({ Records: [event(parked)] }), "row_write_failed");
  const purge = () => sqs.send(new PurgeQueueCommand({ QueueUrl: url("QUEUE_INGEST") }));
  const keysIn = async () => {
    const keys = (await takeFrom("QUEUE_INGEST")).map((body) => JSON.parse(body).Records[0].s3.object.key);
    await purge();
    return keys;
  };
  await purge();

  const listed = await redrive("list", "--failed");
  t.match(listed, {
    code: 0,
    stdout: new RegExp(`^${gone} inventory, received .*: failed, and no letter\n$`),
  });
  t.same(await keysIn(), [], "nothing was sent");
  t.match(await redrive("retry", "--failed"), { code: 0, stderr: /^1 given-up uploads sent again$/m });
  t.same(await keysIn(), [`inventory/${gone}.csv`], "not those with a letter, that ended, or are too old");

  t.match(await redrive("retry", "--upload", parked), { code: 0, stderr: /was sent again/ });
  t.same(await keysIn(), [`inventory/${parked}.csv`]);
  t.match(await redrive("retry", "--upload", loaded), { code: 1, stderr: /has ended: loaded/ });
  t.match(await redrive("retry", "--upload", ancient), { code: 1, stderr: /too old to be loaded in order/ });
  t.match(await redrive("retry", "--upload", "x"), { code: 1, stderr: /There is no upload x/ });
  for (const wrong of [
    ["drop", "--yes", "--failed"],
    ["retry", "--failed", "--queue", "ingest"],
  ]) {
    t.match(await redrive(...wrong), { code: 1, stderr: /^Usage: / });
  }
  t.same(await keysIn(), []);
  await redrive("drop", "--queue", "ingest", "--yes");
});

t.test("what cannot be done is said in a line", async (t) => {
  t.match(await redrive(), { code: 1, stderr: /^Usage: / });
  t.match(await redrive("list", "--queue", "nothing"), { code: 1, stderr: /There is no queue nothing/ });
  t.match(await redrive("list", "--colour"), { code: 1, stderr: /Usage: / });
});
