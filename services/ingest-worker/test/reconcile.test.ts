import { PutObjectCommand } from "@aws-sdk/client-s3";
import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { ScanCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { UploadItem } from "@stockwire/contracts/items";
import { decodeEventKey } from "@stockwire/contracts/s3-event";
import { uploadKinds } from "@stockwire/contracts/upload-kinds";
import {
  type FilePass,
  type FoundFile,
  reconcileFiles,
} from "@stockwire/service-kit/reconcile/reconcile-files";
import t from "tap";
import { newStore, startRig, until } from "./ingest-rig.ts";

const rig = await startRig();
t.teardown(() => rig.stop());
const { s3, sqs, dynamo, queues, buckets, tables } = rig;

const sources = {
  s3,
  sqs,
  dynamo,
  kind: "inventory",
  bucket: buckets.inventory,
  uploadsTable: tables.Uploads,
  queueUrl: queues.ingest,
  receiptDays: 50,
} as const;

/** A pass that waits for nobody, unless told to. */
const pass = async (overrides: Partial<FilePass> = {}) => {
  const found: FoundFile[] = [];
  const report = await reconcileFiles(sources, {
    depth: "full",
    dryRun: false,
    signal: new AbortController().signal,
    pauseMilliseconds: 0,
    patience: { young: 0, silent: 0, backlogged: 0 },
    onFound: (file) => found.push(file),
    ...overrides,
  });
  return { ...report, found };
};

/** Takes the event of an object away: whoever stored it died before it was sent. @returns the message's text */
const loseEvent = (key: string): Promise<string> =>
  until(async () => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queues.ingest, MaxNumberOfMessages: 1, WaitTimeSeconds: 1 }),
    );
    for (const { Body = "", ReceiptHandle } of Messages) {
      await sqs.send(new DeleteMessageCommand({ QueueUrl: queues.ingest, ReceiptHandle }));
      if (decodeEventKey(JSON.parse(Body).Records[0].s3.object.key) === key) return Body;
    }
    return undefined;
  }, `the event of ${key}`);

const csv = (store: string, rows: string): string => `store,item,count\n${rows.replaceAll("@", store)}\n`;
const keyOf = (uploadId: string): string => uploadKinds.inventory.objectKey(uploadId);

const receiptsFor = async (key: string): Promise<UploadItem[]> => {
  const { Items = [] } = await dynamo.send(
    new ScanCommand({ TableName: tables.Uploads, ConsistentRead: true }),
  );
  return (Items as UploadItem[]).filter(({ Key }) => Key === key);
};

/** Lets a worker finish all that was announced. */
const loaded = async (uploadId: string): Promise<UploadItem> => {
  const worker = await rig.startWorker();
  const receipt = await rig.ended(uploadId);
  await worker.stop();
  return receipt;
};

t.test("a file whose event was never sent gets its receipt and is loaded", async (t) => {
  const store = newStore();
  const uploadId = await rig.send(csv(store, "@,Lamp,5"));
  await loseEvent(keyOf(uploadId));

  for (const depth of ["recent", "full"] as const) {
    const dry = await pass({ depth, dryRun: true });
    t.same(dry.found, [{ why: "no receipt", bucket: buckets.inventory, key: keyOf(uploadId), uploadId }]);
    t.match(dry, { unaccounted: 1, announced: 0 });
  }
  t.same(await receiptsFor(keyOf(uploadId)), [], "a dry run changes nothing");
  t.match(await pass({ depth: "recent", patience: { young: 60_000, silent: 0, backlogged: 0 } }), {
    unaccounted: 0,
  });

  t.match(await pass({ depth: "recent" }), { unaccounted: 1, announced: 1 });
  t.equal((await loaded(uploadId)).Status, "loaded");
  t.same(await rig.counts(store), { Lamp: 5 });
  t.match(await pass(), { unaccounted: 0, announced: 0 });
});

t.test("a lost drop is announced under the very id that its event gives it", async (t) => {
  const store = newStore();
  const Key = `tills/${store}/today +1.csv`;
  await s3.send(new PutObjectCommand({ Bucket: buckets.inventory, Key, Body: csv(store, "@,Lamp,3") }));
  const event = await loseEvent(Key);
  t.match(await pass({ depth: "recent" }), { unaccounted: 0 }, "only a full pass goes through all keys");
  const { found } = await pass();
  const [lost] = found;
  t.match(lost, { why: "no receipt", key: Key });
  const { UploadId } = (await receiptsFor(Key))[0] as UploadItem;
  t.equal((await loaded(UploadId)).Status, "loaded");

  const worker = await rig.startWorker();
  await sqs.send(new SendMessageCommand({ QueueUrl: queues.ingest, MessageBody: event }));
  const later = await rig.send(csv(store, "@,Desk,1"));
  await rig.ended(later);
  await worker.stop();
  t.equal((await receiptsFor(Key)).length, 1, "the late event is the same upload");
  t.match(await pass(), { unaccounted: 0 });
});

t.test("a drop with a key like the API's has one receipt only", async (t) => {
  const store = newStore();
  const Key = keyOf("0197b5a0-0000-7000-8000-000000000001");
  await s3.send(new PutObjectCommand({ Bucket: buckets.inventory, Key, Body: csv(store, "@,Lamp,3") }));
  await loseEvent(Key);
  t.match(await pass(), { unaccounted: 1, announced: 1 });
  const [receipt] = await receiptsFor(Key);
  t.equal((await loaded(receipt?.UploadId ?? "")).Status, "loaded");
  t.match(await pass(), { unaccounted: 0 });
});

t.test("a receipt without an event, and a load that nobody carries on, are announced once", async (t) => {
  const store = newStore();
  const ids = [await rig.send(csv(store, "@,Lamp,5")), await rig.send(csv(store, "@,Lamp,6"))];
  for (const id of ids) await loseEvent(keyOf(id));
  t.match(await pass(), { announced: 2 });
  // The worker that had it died, and its message went with the queue.
  for (const id of ids) await loseEvent(keyOf(id));
  await dynamo.send(
    new UpdateCommand({
      TableName: tables.Uploads,
      Key: { UploadId: ids[1] },
      UpdateExpression: "SET #Status = :loading",
      ExpressionAttributeNames: { "#Status": "Status" },
      ExpressionAttributeValues: { ":loading": "loading" },
    }),
  );
  t.match(await pass({ patience: { young: 60_000, silent: 0, backlogged: 0 } }), { unaccounted: 0 });
  const both = await Promise.all([pass({ depth: "recent" }), pass({ depth: "recent" })]);
  t.equal(both[0].announced + both[1].announced, 2, "two passes at once announce each file once");
  t.same(new Set(both.flatMap(({ found }) => found.map(({ why }) => why))), new Set(["received", "loading"]));
  for (const id of ids) t.equal((await loaded(id)).Status, "loaded");
  t.same(await rig.counts(store), { Lamp: 6 });
});

t.test("while messages wait, what may be among them is left alone", async (t) => {
  const uploadId = await rig.send(csv(newStore(), "@,Lamp,5"));
  const patience = { young: 0, silent: 0, backlogged: 60_000 };
  t.match(await pass({ patience }), { unaccounted: 0, announced: 0 });
  await loseEvent(keyOf(uploadId));
  t.match(await pass({ patience }), { unaccounted: 1, announced: 1 });
  await loaded(uploadId);
});

t.test("a worker looks by itself, one of several, and reports what it found", async (t) => {
  const store = newStore();
  const uploadId = await rig.send(csv(store, "@,Lamp,5"));
  await loseEvent(keyOf(uploadId));
  const workers = await Promise.all([
    rig.startWorker({}, { RECONCILE_MINUTES: "0.02" }),
    rig.startWorker({}, { RECONCILE_MINUTES: "0.02" }),
  ]);
  // Its own patience is two minutes, so nothing is announced yet; the pass's end shows.
  await until(async () => {
    const values = await Promise.all(
      workers.map(({ metrics }) => metrics.stockwire_reconcile_last_pass_timestamp_seconds.get()),
    );
    const passed = values.map(({ values: [value] }) => value?.value ?? 0);
    return passed[0] === passed[1] && (passed[0] ?? 0) > 0 ? true : undefined;
  }, "both replicas to tell of the same pass");
  for (const worker of workers) await worker.stop();
  t.match(await pass(), { announced: 1 });
  await loaded(uploadId);
});

t.test("a pass that is told to stop does", async (t) => {
  const stopping = new AbortController();
  stopping.abort(new Error("stopping"));
  await t.rejects(pass({ signal: stopping.signal }));
});
