import { DeleteMessageCommand, GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { InventoryItem } from "@stockwire/contracts/items";
import { uploadVersion } from "@stockwire/contracts/keys";
import type { StoredLevel } from "@stockwire/contracts/level";
import { type AlertPass, reconcileAlerts } from "@stockwire/service-kit/reconcile/reconcile-alerts";
import t from "tap";
import { keyOf, startTestCloud, until } from "./helpers.ts";

const cloud = await startTestCloud();
t.teardown(() => cloud.stop());
const { dynamo, sqs, queues, tableName } = cloud;

let writes = 0;
let last: InventoryItem | undefined;

/** Writes a row as a load does; the pipe sees it. */
const write = async (
  Item: string,
  count: number,
  level: StoredLevel,
  previous: number | null,
): Promise<InventoryItem> => {
  writes += 1;
  const at = new Date(Date.now() - 3_600_000 + writes * 1000).toISOString();
  last = {
    Store: "Berlin",
    Item,
    Count: count,
    Level: level,
    Previous: previous,
    Version: uploadVersion(at, `load-${writes}`),
    Line: 2,
    UploadId: `load-${writes}`,
    UpdatedAt: at,
  };
  await dynamo.send(new PutCommand({ TableName: "Inventory", Item: last }));
  return last;
};

/** Takes what the pipe sent about the last write: it lost it. */
const lose = async (): Promise<void> => {
  const version = last?.Version;
  await until(async () => {
    for (const message of await cloud.receive(queues.alert, 1)) {
      await sqs.send(
        new DeleteMessageCommand({ QueueUrl: queues.alert, ReceiptHandle: message.ReceiptHandle }),
      );
      if (JSON.parse(message.Body ?? "").dynamodb.NewImage.Version.S === version) return true;
    }
    return false;
  });
};

const pass = async (overrides: Partial<AlertPass> = {}) => {
  const found: string[] = [];
  const report = await reconcileAlerts(
    {
      dynamo,
      sqs,
      inventoryTable: "Inventory",
      alertsTable: tableName,
      thresholdsTable: "Thresholds",
      queueUrl: queues.alert,
    },
    {
      depth: "full",
      dryRun: false,
      signal: new AbortController().signal,
      pauseMilliseconds: 0,
      graceMilliseconds: 0,
      onFound: ({ Item }, kind) => found.push(`${Item} ${kind}`),
      ...overrides,
    },
  );
  return { ...report, found };
};

/** What staff hear of the last write, once the pipe has sent it. */
const piped = async (): Promise<string[]> => {
  await until(async () => {
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: queues.alert,
        AttributeNames: ["ApproximateNumberOfMessages"],
      }),
    );
    return Attributes?.ApproximateNumberOfMessages === "1";
  });
  return told();
};

/** What staff hear of, from here on. */
const told = async (): Promise<string[]> => {
  const worker = await cloud.startWorker({ digestSeconds: 0 });
  const messages = await cloud.toldInAll();
  await worker.stop();
  return messages.flatMap(({ lines }) => lines);
};

t.test("a record that the pipe lost is raised, and told once", async (t) => {
  await write("Lamp", 0, "out", null);
  await lose();
  t.same((await pass({ dryRun: true })).found, ["Lamp out"]);
  t.match(await pass({ dryRun: true }), { untold: 1, raised: 0 });
  t.same(await told(), [], "a dry run raises nothing");
  t.match(await pass({ graceMilliseconds: 7_200_000 }), { untold: 0 }, "young rows are the pipe's");

  const both = await Promise.all([pass({ depth: "recent" }), pass({ depth: "recent" })]);
  t.ok(both[0].raised + both[1].raised >= 1);
  t.same(await told(), ["Berlin is out of stock of Lamp"], "however often it was raised");
  t.match(await pass(), { untold: 0, raised: 0 });
});

t.test("what staff believe is put right, whatever was written since", async (t) => {
  await write("Lamp", 7, "ok", 0);
  await lose();
  await write("Lamp", 9, "ok", 7);
  t.match(await pass({ depth: "recent" }), { untold: 0 }, "the last write alone was no news");
  t.same((await pass()).found, ["Lamp back"]);
  t.same(await told(), ["Berlin has Lamp back in stock: 9"]);

  await write("Lamp", 0, "out", 9);
  t.same(await piped(), ["Berlin is out of stock of Lamp"]);
  await write("Lamp", 3, "ok", 0);
  await lose();
  await write("Lamp", 0, "out", 3);
  await lose();
  t.match(await pass(), { untold: 0 }, "out, and back, and out again: as they believe");
});

t.test("retired items are nobody's news, and come back as staff last heard of them", async (t) => {
  await write("Desk", 0, "out", null);
  t.same(await piped(), ["Berlin is out of stock of Desk"]);
  await write("Desk", 0, "retired", 0);
  t.match(await pass(), { untold: 0 });
  await write("Desk", 0, "out", null);
  t.same(await piped(), [], "the pipe's record says nothing new");
  t.match(await pass(), { untold: 0 });
  await write("Desk", 0, "retired", 0);
  await write("Desk", 4, "ok", null);
  await lose();
  t.same((await pass()).found, ["Desk back"]);
  t.same(await told(), ["Berlin has Desk back in stock: 4"]);
});

t.test("a fall to the threshold is raised, a level that a changed threshold moved is not", async (t) => {
  const setThreshold = (value: number, UpdatedAt: string) =>
    dynamo.send(
      new PutCommand({
        TableName: "Thresholds",
        Item: { Store: "Berlin", Default: value, Items: {}, Revision: 1, UpdatedAt },
      }),
    );
  await setThreshold(5, "2026-01-01T00:00:00.000Z");
  await write("Chair", 9, "ok", null);
  await write("Chair", 3, "low", 9);
  await lose();
  t.same((await pass()).found, ["Chair low"]);
  t.same(await told(), ["Berlin is low on Chair: 3"]);
  t.match(await pass(), { untold: 0 });

  await write("Sofa", 9, "ok", null);
  await write("Sofa", 6, "ok", 9);
  await setThreshold(7, new Date().toISOString());
  await dynamo.send(
    new UpdateCommand({
      TableName: "Inventory",
      Key: { Store: "Berlin", Item: "Sofa" },
      UpdateExpression: "SET #Level = :low",
      ExpressionAttributeNames: { "#Level": "Level" },
      ExpressionAttributeValues: { ":low": "low" },
    }),
  );
  t.same(await piped(), [], "the pipe sends it, the alert worker knows better");
  t.match(await pass(), { untold: 0 });
});

t.test("a claim whose worker died with the message is taken up again", async (t) => {
  const row = await write("Mug", 0, "out", null);
  await lose();
  await dynamo.send(
    new PutCommand({
      TableName: tableName,
      Item: { ...keyOf("Mug"), Version: row.Version, Kind: "out", Count: 0, ClaimedUntil: 1 },
    }),
  );
  t.same((await pass()).found, ["Mug out"]);
  t.same(await told(), ["Berlin is out of stock of Mug"]);
});

t.test("while messages wait for the alert worker nothing is judged", async (t) => {
  await write("Bed", 0, "out", null);
  await until(async () => (await pass({ dryRun: true })).isBehind);
  t.match(await pass(), { isBehind: true, raised: 0 });
  t.same(await told(), ["Berlin is out of stock of Bed"]);
});
