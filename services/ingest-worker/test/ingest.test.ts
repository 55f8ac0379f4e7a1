import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { GetCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { expiresAt, type UploadItem } from "@stockwire/contracts/items";
import { rejectedRowsKey } from "@stockwire/contracts/keys";
import type { AlertKind } from "@stockwire/contracts/level";
import { uploadKinds } from "@stockwire/contracts/upload-kinds";
import t from "tap";
import { newStore, startRig, until } from "./ingest-rig.ts";

const rig = await startRig();
t.teardown(rig.stop);
const { metrics } = await rig.startWorker();

const csv = (...rows: (readonly [string, string, number | string])[]): string =>
  ["store,item,count", ...rows.map((row) => row.join(","))].join("\n");

t.test("a file loads, is summarised and told", async (t) => {
  const store = newStore();
  const uploadId = await rig.send(csv([store, "Echo Dot", 12], [store, "Echo Plus", 0]), {
    filename: "a b.csv",
  });
  const receipt = await rig.ended(uploadId);
  t.match(receipt, {
    Status: "loaded",
    Filename: "a b.csv",
    Store: store,
    Rows: { read: 2, written: 2, unchanged: 0, stale: 0, rejected: 0, repeated: 0 },
    Rejected: [],
    Warnings: [],
  });
  // The rig makes no receipt: it is the worker's.
  const about = expiresAt(Date.now(), 50);
  t.ok(receipt.ExpiresAt <= about && receipt.ExpiresAt > about - 600, "kept as long as RECEIPT_DAYS says");
  t.match(await rig.rowsOf(store), [
    { Item: "Echo Dot", Count: 12, Level: "ok", Line: 2, UploadId: uploadId, Version: receipt.Version },
    { Item: "Echo Plus", Count: 0, Level: "out", Line: 3 },
  ]);
  const { Item } = await rig.dynamo.send(
    new GetCommand({ TableName: rig.tables.Stores, Key: { Store: store } }),
  );
  t.match(Item, { Items: 2, OutOfStock: 1, LastUploadId: uploadId });
});

t.test("rows that staff are to hear of are counted, once each, and no others", async (t) => {
  const transitions = async (kind: AlertKind): Promise<number> => {
    const { values } = await metrics.stockwire_transitions_total.get();
    return values.find(({ labels }) => labels.kind === kind)?.value ?? 0;
  };
  const before = { out: await transitions("out"), back: await transitions("back") };
  const since = async () => ({
    out: (await transitions("out")) - before.out,
    back: (await transitions("back")) - before.back,
    low: await transitions("low"),
  });
  const store = newStore();
  const first = await rig.send(csv([store, "a", 0], [store, "b", 3], [store, "c", 0]));
  await rig.ended(first);
  t.same(await since(), { out: 2, back: 0, low: 0 }, "new items that are not there");
  await rig.ended(await rig.send(csv([store, "a", 4], [store, "b", 2], [store, "c", 0])));
  t.same(await since(), { out: 2, back: 1, low: 0 }, "less of one and none of another is no news");
  await rig.announce(uploadKinds.inventory.objectKey(first));
  await rig.ended(await rig.send(csv([store, "a", 0], [store, "b", 0])));
  t.same(await since(), { out: 4, back: 1, low: 0 }, "a repeated event neither");
});

t.test("the same event again, many times, changes nothing", async (t) => {
  const store = newStore();
  const uploadId = await rig.send(csv([store, "a", 1]));
  const before = await rig.ended(uploadId);
  for (let times = 0; times < 5; times++) await rig.announce(uploadKinds.inventory.objectKey(uploadId));
  const marker = await rig.send(csv([newStore(), "marker", 1]));
  await rig.ended(marker);
  t.same(await rig.receiptOf(uploadId), before);
});

t.test("a repeat is a duplicate; after another load the same bytes are new", async (t) => {
  const store = newStore();
  const five = csv([store, "a", 5]);
  const first = await rig.ended(await rig.send(five));
  const again = await rig.ended(await rig.send(five));
  t.match(again, {
    Status: "duplicate",
    DuplicateOf: first.UploadId,
    Rows: { read: 1, written: 0, unchanged: 1 },
  });
  await rig.ended(await rig.send(csv([store, "a", 0])));
  const third = await rig.ended(await rig.send(five));
  t.match(third, { Status: "loaded", Rows: { written: 1 } });
  t.same(await rig.counts(store), { a: 5 });
});

t.test("5 (oldest), 7, 5 (newest) arriving as oldest, newest, middle end in 5", async (t) => {
  const store = newStore();
  const at = (second: number) => ({ receivedAt: `2026-01-01T00:00:0${second}.000Z` });
  await rig.ended(await rig.send(csv([store, "a", 5], [store, "b", 1]), at(1)));
  const newest = await rig.ended(await rig.send(csv([store, "a", 5]), at(3)));
  t.match(newest.Rows, { unchanged: 1, written: 0 }, "an unchanged row is not written");
  const middle = await rig.ended(await rig.send(csv([store, "a", 7], [store, "b", 2]), at(2)));
  t.match(middle, { Status: "loaded", Rows: { stale: 1, written: 1 } });
  t.same(await rig.counts(store), { a: 5, b: 2 });
});

t.test("an older file never overwrites a newer one's row", async (t) => {
  const store = newStore();
  await rig.ended(await rig.send(csv([store, "a", 1]), { receivedAt: "2026-01-01T00:00:02.000Z" }));
  const late = await rig.ended(
    await rig.send(csv([store, "a", 9]), { receivedAt: "2026-01-01T00:00:01.000Z" }),
  );
  t.match(late.Rows, { stale: 1 });
  t.same(await rig.counts(store), { a: 1 });
});

t.test("bad rows are reported, good ones load, all refused rows can be downloaded", async (t) => {
  const store = newStore();
  const content = csv(
    [store, "good", 1],
    [store, "bad", "-1"],
    ["", "x", 1],
    [store, "again", 1],
    [store, "again", 2],
  );
  const receipt = await rig.ended(await rig.send(content));
  t.match(receipt, {
    Status: "partial",
    Rows: { read: 5, written: 2, rejected: 2, repeated: 1, unchanged: 0, stale: 0 },
    Rejected: [
      { line: 3, column: "count", code: "bad_count", value: "-1" },
      { line: 4, column: "store", code: "empty_store" },
    ],
    Warnings: [{ code: "repeated_item", line: 5 }],
  });
  t.same(await rig.counts(store), { good: 1, again: 2 });
  const object = await rig.s3.send(
    new GetObjectCommand({ Bucket: rig.buckets.results, Key: rejectedRowsKey(receipt.UploadId) }),
  );
  const lines = (await object.Body?.transformToString())?.trimEnd().split("\n");
  t.equal(lines?.[0], "line,column,code,message,store,item,count");
  t.match(lines?.[1], new RegExp(`^3,count,bad_count,.*,${store},bad,-1$`));
  t.equal(lines?.length, 3);
});

t.test("unusable files are rejected whole", async (t) => {
  for (const [content, code] of [
    ["", "empty_file"],
    ["store,item,count\n", "no_rows"],
    ["a,b\n1,2\n", "missing_column"],
    ["store,item,count\nx,y,z\n", "no_usable_rows"],
  ] as const) {
    const receipt = await rig.ended(await rig.send(content));
    t.match(receipt, { Status: "rejected", Error: { code } }, code);
  }
});

t.test("a direct drop loads, with any name; the same drop again is the same upload", async (t) => {
  const store = newStore();
  const key = "drop/any näme & more+.csv";
  await rig.s3.send(
    new PutObjectCommand({ Bucket: rig.buckets.inventory, Key: key, Body: csv([store, "a", 3]) }),
  );
  const receipts = async (): Promise<UploadItem[]> => {
    const { Items } = await rig.dynamo.send(new ScanCommand({ TableName: rig.tables.Uploads }));
    return ((Items ?? []) as UploadItem[]).filter((item) => item.Key === key);
  };
  const receipt = await until(
    async () => (await receipts()).find(({ Status }) => Status === "loaded"),
    "the drop",
  );
  t.match(receipt, { Filename: "any näme & more+.csv", Rows: { written: 1 } });
  t.same(await rig.counts(store), { a: 3 });
  await rig.announce(key, receipt.ReceivedAt);
  await rig.ended(await rig.send(csv([newStore(), "marker", 1])));
  t.equal((await receipts()).length, 1);
});

t.test("an object that is gone is said to be gone", async (t) => {
  await rig.announce("drop/never-there.csv");
  const receipt = await until(async () => {
    const { Items } = await rig.dynamo.send(new ScanCommand({ TableName: rig.tables.Uploads }));
    return ((Items ?? []) as UploadItem[]).find(
      (item) => item.Key === "drop/never-there.csv" && item.Status === "rejected",
    );
  }, "the receipt");
  t.match(receipt, { Error: { code: "object_missing" } });
});

t.test(
  "fifty uploads of the same bytes at once: one loads, 49 are duplicates, each row written once",
  async (t) => {
    const store = newStore();
    const content = csv([store, "a", 1], [store, "b", 2]);
    const ids = await Promise.all(Array.from({ length: 50 }, () => rig.send(content)));
    const receipts = await Promise.all(ids.map((id) => rig.ended(id)));
    t.equal(receipts.filter(({ Status }) => Status === "duplicate").length, 49);
    const loaded = receipts.filter(({ Status }) => Status === "loaded");
    t.equal(loaded.length, 1);
    t.match(await rig.rowsOf(store), [{ UploadId: loaded[0]?.UploadId }, { UploadId: loaded[0]?.UploadId }]);
  },
);

t.test("what is not an S3 event is parked with its reason; a test event is swallowed", async (t) => {
  await rig.sqs.send(
    new SendMessageCommand({
      QueueUrl: rig.queues.ingest,
      MessageBody: JSON.stringify({ Service: "Amazon S3", Event: "s3:TestEvent", Bucket: "x" }),
    }),
  );
  await rig.sqs.send(new SendMessageCommand({ QueueUrl: rig.queues.ingest, MessageBody: "rubbish" }));
  const message = await until(async () => {
    const { Messages } = await rig.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: rig.queues["ingest-dlq"], MessageAttributeNames: ["All"] }),
    );
    return Messages?.[0];
  }, "the parked message");
  t.equal(message.Body, "rubbish");
  t.match(message.MessageAttributes, {
    reason: { StringValue: "undecodable" },
    origin: { StringValue: "ingest" },
  });
});
