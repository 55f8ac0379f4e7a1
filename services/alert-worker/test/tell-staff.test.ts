import { SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { expiresAt } from "@stockwire/contracts/items";
import { DAYS_KEY } from "@stockwire/contracts/keys";
import t from "tap";
import { change, DAY, keyOf, startTestCloud, UPDATED_AT, versionOf } from "./helpers.ts";

const cloud = await startTestCloud();
t.teardown(cloud.stop);
const worker = await cloud.startWorker();

t.test("says what staff know, with attributes to filter by, and keeps a record", async (t) => {
  await cloud.send([change({ item: "Echo Plus", from: 9, to: 0 })]);
  const [out] = await cloud.told(1);
  t.same(out, {
    subject: "Inventory Alert!",
    lines: ["Berlin is out of stock of Echo Plus"],
    attributes: {
      store: { Type: "String", Value: "Berlin" },
      kind: { Type: "String", Value: "out" },
      item: { Type: "String.Array", Value: '["Echo Plus"]' },
    },
  });
  await cloud.settled();
  const { Item } = await cloud.dynamo.send(
    new GetCommand({ TableName: cloud.tableName, Key: keyOf("Echo Plus") }),
  );
  t.match(Item, {
    Store: "Berlin",
    Item: "Echo Plus",
    Kind: "out",
    Count: 0,
    Previous: 9,
    Message: "Berlin is out of stock of Echo Plus",
    UploadId: "load-1",
    At: UPDATED_AT,
    Day: DAY,
    PublishedAt: /^\d{4}-\d\d-\d\dT/,
    ExpiresAt: Number,
  });
  const about = expiresAt(Date.now(), 45);
  t.ok(Item?.ExpiresAt <= about && Item?.ExpiresAt > about - 600, "kept as long as ALERT_DAYS says");
  t.notOk(Item?.ClaimedUntil, "the claim has ended");
  const days = await cloud.dynamo.send(
    new GetCommand({ TableName: cloud.tableName, Key: { StoreItem: DAYS_KEY, Version: DAYS_KEY } }),
  );
  t.ok(days.Item?.Days.has(DAY), "the day is remembered");
});

t.test("an item that is back", async (t) => {
  await cloud.send([change({ item: "Echo Plus", from: 0, to: 12, load: "load-2" })]);
  const [back] = await cloud.told(1);
  t.same(back?.lines, ["Berlin has Echo Plus back in stock: 12"]);
  t.equal(back?.attributes.kind?.Value, "back");
});

t.test("an item that appears without stock has no previous count", async (t) => {
  await cloud.send([change({ item: 'Größe "L", blau', to: 0, store: "Zürich" })]);
  const [out] = await cloud.told(1);
  t.same(out?.lines, ['Zürich is out of stock of Größe "L", blau']);
  t.same(JSON.parse(out?.attributes.item?.Value ?? ""), ['Größe "L", blau']);
  await cloud.settled();
  const key = keyOf('Größe "L", blau', "load-1", "Zürich");
  const { Item } = await cloud.dynamo.send(new GetCommand({ TableName: cloud.tableName, Key: key }));
  t.equal(Item?.Count, 0);
  t.notOk(Item !== undefined && "Previous" in Item);
});

t.test("a level that moved while the count stood still is nobody's news", async (t) => {
  const before = (await cloud.records()).length;
  await cloud.send([change({ item: "Echo Dot", from: 3, to: 3, lowThreshold: 5, load: "load-3" })]);
  // The threshold was raised, and before the level was set anew a file brought more.
  await cloud.send([change({ item: "Echo Dot", from: 3, to: 4, lowThreshold: 5, load: "load-3" })]);
  t.same(await cloud.toldInAll(), []);
  t.equal((await cloud.records()).length, before, "no record either");
});

t.test("a subscriber who filters by store gets that store's alerts only", async (t) => {
  await cloud.sqs.send(new CreateQueueCommand({ QueueName: "only-paris" }));
  // The emulator answers with a host that only its own DNS would know.
  const QueueUrl = cloud.queues.alert.replace(/alert$/, "only-paris");
  const { Attributes } = await cloud.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }),
  );
  await cloud.sns.send(
    new SubscribeCommand({
      TopicArn: cloud.topics.NoStock,
      Protocol: "sqs",
      Endpoint: Attributes?.QueueArn,
      // By item as well on the real SNS; the emulator does not look inside a String.Array.
      Attributes: {
        FilterPolicy: JSON.stringify({ store: ["Paris"], kind: ["out"] }),
        FilterPolicyScope: "MessageAttributes",
      },
    }),
  );
  await cloud.send([
    change({ store: "Rome", item: "Echo Spot", from: 1, to: 0, load: "load-4" }),
    change({ store: "Paris", item: "Echo Look", from: 0, to: 1, load: "load-4" }),
    change({ store: "Paris", item: "Echo Spot", from: 1, to: 0, load: "load-4" }),
  ]);
  t.equal((await cloud.toldInAll()).length, 3);
  const filtered = await cloud.told(1_000, QueueUrl, 0);
  t.same(
    filtered.map(({ lines }) => lines),
    [["Paris is out of stock of Echo Spot"]],
  );
});

t.test("what is no stream record is parked with its reason", async (t) => {
  const { Version: _, ...withoutVersion } = change({ item: "x", from: 1, to: 0 }).dynamodb.NewImage;
  const spoiled = (fields: object) => ({
    eventID: "1",
    eventName: "INSERT",
    dynamodb: { NewImage: { ...change({ item: "Echo", to: 0 }).dynamodb.NewImage, ...fields } },
  });
  const bodies = [
    "not JSON",
    "{}",
    JSON.stringify({ eventID: "1", eventName: "INSERT", dynamodb: { NewImage: withoutVersion } }),
    JSON.stringify(spoiled({ Version: { S: `${versionOf()}\u001f` } })),
    JSON.stringify(spoiled({ Version: { S: "yesterday\u001fload" } })),
    JSON.stringify(spoiled({ Count: { N: "many" } })),
    JSON.stringify({ ...spoiled({}), eventName: "REMOVE" }),
  ];
  await cloud.send(bodies);
  await cloud.settled();
  const parked: Record<string, string | undefined> = {};
  while (Object.keys(parked).length < bodies.length) {
    for (const { Body = "", MessageAttributes } of await cloud.receive(cloud.queues["alert-dlq"], 5)) {
      parked[Body] = MessageAttributes?.reason?.StringValue;
    }
  }
  t.same(parked, Object.fromEntries(bodies.map((body) => [body, "undecodable"])));
  t.same(await cloud.toldInAll(), []);
});

t.test("is measured and ready", async (t) => {
  const { values } = await worker.metrics.stockwire_alerts_total.get();
  t.same(Object.fromEntries(values.map(({ labels, value }) => [labels.kind, value])), {
    out: 4,
    back: 2,
    low: 0,
  });
  const delays = await worker.metrics.stockwire_alert_delay_seconds.get();
  t.equal(delays.values.find(({ metricName }) => metricName?.endsWith("_count"))?.value, 6);
  for (const check of Object.values(worker.checks)) await t.resolves(check());
});
