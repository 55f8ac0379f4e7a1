import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { InventoryStreamRecord } from "@stockwire/contracts/stream-record";
import t from "tap";
import { Check } from "typebox/value";
import { startTestCloud, type TestCloud, takeMessage, temporaryDirectory } from "./helpers.ts";

const put = async ({ clients, environment }: TestCloud, item: string, level: string): Promise<void> => {
  const now = new Date().toISOString();
  await clients.dynamodb.send(
    new PutItemCommand({
      TableName: environment.TABLE_INVENTORY,
      Item: {
        Store: { S: "Berlin" },
        Item: { S: item },
        Count: { N: level === "out" ? "0" : "5" },
        Level: { S: level },
        Version: { S: now },
        Line: { N: "2" },
        UploadId: { S: "upload" },
        UpdatedAt: { S: now },
      },
    }),
  );
};

const next = (cloud: TestCloud) =>
  takeMessage<InventoryStreamRecord & Record<string, unknown>>(
    cloud.clients.sqs,
    cloud.environment.QUEUE_ALERT,
  );

/** The transitions that arrive up to and with the item `end`. */
const transitionsUntilEnd = async (cloud: TestCloud): Promise<string[]> => {
  const seen = [];
  for (;;) {
    const { dynamodb } = await next(cloud);
    const item = dynamodb.NewImage.Item.S;
    if (item === "end") return seen.sort();
    seen.push(`${item}: ${dynamodb.OldImage?.Level.S ?? "nothing"} → ${dynamodb.NewImage.Level.S}`);
  }
};

t.test("changes of level reach the alert queue as a pipe would send them", async (t) => {
  const cloud = await startTestCloud(t);
  await put(cloud, "Echo 🔊 Plus", "out");
  const record = await next(cloud);
  t.ok(Check(InventoryStreamRecord, record));
  t.match(record, {
    eventName: "INSERT",
    eventVersion: String,
    eventSource: "aws:dynamodb",
    awsRegion: String,
    eventSourceARN: /:table\/Inventory\/stream\//,
    dynamodb: {
      ApproximateCreationDateTime: Number,
      Keys: { Store: { S: "Berlin" }, Item: { S: "Echo 🔊 Plus" } },
      NewImage: { Count: { N: "0" } },
      SequenceNumber: String,
      StreamViewType: "NEW_AND_OLD_IMAGES",
    },
  });

  for (const [item, ...levels] of [
    ["a", "ok", "out", "ok"],
    ["b", "ok", "ok"],
    ["c", "low", "out", "low", "ok", "low"],
    ["d", "out", "out"],
  ] as const) {
    for (const level of levels) await put(cloud, item, level);
  }
  await put(cloud, "end", "out");
  t.same(await transitionsUntilEnd(cloud), [
    "a: ok → out",
    "a: out → ok",
    "c: low → out",
    "c: ok → low",
    "c: out → low",
    "d: nothing → out",
  ]);
  t.same(cloud.logged, []);
});

t.test("after a restart the pipe goes on where it was", async (t) => {
  const dataDir = temporaryDirectory(t);
  const first = await startTestCloud(t, { dataDir });
  await put(first, "before", "out");
  await next(first);
  await first.stop();

  const second = await startTestCloud(t, { dataDir });
  await put(second, "after", "out");
  await put(second, "end", "out");
  t.same(await transitionsUntilEnd(second), ["after: nothing → out"]);
});
