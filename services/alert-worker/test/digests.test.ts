import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { compositeKey } from "@stockwire/contracts/keys";
import { createDynamoClient } from "@stockwire/service-kit/aws-clients";
import t from "tap";
import { readTransition, type Transition } from "../src/read-transition.ts";
import { createSlotTaker } from "../src/take-slot.ts";
import { change, keyOf, outs, startTestCloud, type Told, until } from "./helpers.ts";

const cloud = await startTestCloud();
t.teardown(cloud.stop);

const linesOf = (told: readonly Told[]) => told.flatMap(({ lines }) => lines).sort();
const sentences = (count: number, store = "Berlin") =>
  Array.from({ length: count }, (_, index) => `${store} is out of stock of Item ${index}`).sort();
const itemsOf = (told: Told | undefined): string[] => JSON.parse(told?.attributes.item?.Value ?? "[]");

t.test("ten of one load: three at once, the rest in a digest, each once and each recorded", async (t) => {
  const worker = await cloud.startWorker({ digestSeconds: 2 });
  await cloud.send(outs(10));
  const told = await cloud.toldInAll();
  await worker.stop();
  t.same(linesOf(told), sentences(10));
  const [digest, ...singles] = told.toSorted((a, b) => b.lines.length - a.lines.length);
  t.same(
    singles.map(({ lines }) => lines.length),
    [1, 1, 1],
  );
  t.equal(digest?.lines.length, 7);
  t.equal(digest?.subject, "Inventory Alert!");
  t.same(
    itemsOf(digest).map((item) => `Berlin is out of stock of ${item}`),
    digest?.lines,
    "every item is in the attribute",
  );
  const records = await cloud.records();
  t.equal(records.length, 10);
  t.ok(records.every(({ PublishedAt }) => PublishedAt !== undefined));
});

t.test("stores, kinds and loads have digests of their own", async (t) => {
  const worker = await cloud.startWorker();
  await cloud.send([
    ...outs(6, { load: "both", store: "Paris" }),
    ...outs(6, { load: "both", store: "Rome" }),
    ...outs(6, { load: "other", store: "Rome" }),
    ...Array.from({ length: 6 }, (_, i) =>
      change({ item: `B${i}`, store: "Rome", from: 0, to: 2, load: "both" }),
    ),
  ]);
  const told = await cloud.toldInAll();
  await worker.stop();
  t.ok(told.filter(({ lines }) => lines.length === 1).length >= 9, "three singles a load and kind");
  t.equal(linesOf(told).length, 24);
  for (const { lines, attributes } of told) {
    const store = attributes.store?.Value ?? "";
    t.ok(
      lines.every((line) => line.startsWith(`${store} `)),
      `only ${store}'s lines`,
    );
    const kind = attributes.kind?.Value === "out" ? "out of stock" : "back in stock";
    t.ok(
      lines.every((line) => line.includes(kind)),
      `only ${kind}`,
    );
  }
});

t.test("the three places of a load hold across workers", async (t) => {
  const workers = await Promise.all([cloud.startWorker(), cloud.startWorker()]);
  await cloud.send(outs(40, { load: "shared", store: "Oslo" }));
  const told = await cloud.toldInAll();
  await Promise.all(workers.map(({ stop }) => stop()));
  t.same(linesOf(told), sentences(40, "Oslo"));
  t.ok(told.length < 20, `${told.length} notifications: not a flood`);
  t.ok(told.filter(({ lines }) => lines.length === 1).length >= 3, "three were told by themselves");
});

t.test("a transition keeps its place when it is delivered again", async (t) => {
  const key = keyOf("Item 2", "replayed");
  await cloud.dynamo.send(
    new PutCommand({
      TableName: cloud.tableName,
      Item: {
        StoreItem: compositeKey("", "slots", "replayed"),
        Version: "out",
        StoreItems: new Set([key.StoreItem, compositeKey("Berlin", "a"), compositeKey("Berlin", "b")]),
      },
    }),
  );
  const worker = await cloud.startWorker({ digestSeconds: 15 });
  await cloud.send(outs(3, { load: "replayed" }));
  const told = await cloud.told(1);
  t.same(told[0]?.lines, ["Berlin is out of stock of Item 2"], "at once, while the others wait in a digest");
  await worker.stop();
  t.same(linesOf(await cloud.toldInAll()), sentences(2));
});

t.test("who has the places of a full load is known without asking again", async (t) => {
  const dynamo = createDynamoClient();
  t.teardown(() => dynamo.destroy());
  let requests = 0;
  dynamo.middlewareStack.add((next) => (args) => {
    requests += 1;
    return next(args);
  });
  const takeSlot = createSlotTaker(dynamo, cloud.tableName);
  const transitions = outs(6, { load: "known" }).map(
    (record) => readTransition(JSON.stringify(record)) as Transition,
  );
  const takeAll = async () => {
    const taken: boolean[] = [];
    for (const transition of transitions) taken.push(await takeSlot(transition));
    return taken;
  };
  const places = [true, true, true, false, false, false];
  t.same(await takeAll(), places);
  t.equal(requests, 4, "three places taken, one refusal");
  t.same(await takeAll(), places, "those who have a place keep it");
  t.equal(requests, 4);
});

t.test("a stop publishes a pending digest at once", async (t) => {
  const worker = await cloud.startWorker({ digestSeconds: 15 });
  await cloud.send(outs(8, { load: "stopped" }));
  const singles = await cloud.told(3);
  const inFlight = worker.metrics.stockwire_queue_in_flight;
  await until(async () => (await inFlight.get()).values[0]?.value === 5);
  const started = performance.now();
  await worker.stop();
  t.ok(performance.now() - started < 10_000, "before the digest's own time");
  t.same(
    linesOf([...singles, ...(await cloud.toldInAll())]),
    sentences(8),
    "the queue is empty, all are told",
  );
});

t.test("fewer places than transitions do not hold up the queue", async (t) => {
  const worker = await cloud.startWorker({ digestSeconds: 15, concurrency: 20 });
  await cloud.send(outs(63, { load: "crowded" }));
  t.same(linesOf(await cloud.toldInAll()).length, 63);
  await worker.stop();
});
