import { HeadObjectCommand, NoSuchKey, S3Client } from "@aws-sdk/client-s3";
import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { LoadItem, UploadItem } from "@stockwire/contracts/items";
import { uploadVersion } from "@stockwire/contracts/keys";
import { uploadKinds } from "@stockwire/contracts/upload-kinds";
import { createS3Client } from "@stockwire/service-kit/aws-clients";
import t from "tap";
import { v7 as uuidv7 } from "uuid";
import { newStore, startRig, until } from "./ingest-rig.ts";

const rig = await startRig();
t.teardown(rig.stop);

const csv = (store: string, rows: Record<string, number>): string =>
  ["store,item,count", ...Object.entries(rows).map(([item, count]) => `${store},${item},${count}`)].join(
    "\n",
  );

/** Another load's entry and receipt, as a worker that is busy or dead has left them. */
const plantLoad = async (
  store: string,
  receivedAt: string,
  status: UploadItem["Status"],
  entry: Partial<LoadItem>,
) => {
  const uploadId = uuidv7();
  const version = uploadVersion(receivedAt, uploadId);
  await rig.dynamo.send(
    new PutCommand({
      TableName: rig.tables.Uploads,
      Item: { UploadId: uploadId, Status: status, Version: version },
    }),
  );
  const item = {
    Store: store,
    Version: version,
    State: "open",
    Content: uploadId,
    Bucket: "b",
    Key: "k",
    ETag: "e",
    ...entry,
  };
  await rig.dynamo.send(new PutCommand({ TableName: rig.tables.Loads, Item: item }));
  await markOpen(store, version, "ADD");
  return { uploadId, version };
};

/** Puts a version into or out of the store's open ones. */
const markOpen = (store: string, version: string, action: "ADD" | "DELETE") =>
  rig.dynamo.send(
    new UpdateCommand({
      TableName: rig.tables.Loads,
      Key: { Store: store, Version: "\u001fopen" },
      UpdateExpression: `${action} Versions :v`,
      ExpressionAttributeValues: { ":v": new Set([version]) },
    }),
  );

const setState = async (store: string, version: string, state: LoadItem["State"]): Promise<void> => {
  await rig.dynamo.send(
    new UpdateCommand({
      TableName: rig.tables.Loads,
      Key: { Store: store, Version: version },
      UpdateExpression: "SET #s = :s",
      ExpressionAttributeNames: { "#s": "State" },
      ExpressionAttributeValues: { ":s": state },
    }),
  );
  await markOpen(store, version, state === "open" ? "ADD" : "DELETE");
};

/** S3 whose objects are gone after so many reads. */
const vanishingAfter = (reads: number): S3Client => {
  const client = createS3Client();
  let done = 0;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      if (context.commandName === "GetObjectCommand" && done++ >= reads) {
        throw new NoSuchKey({ message: "gone", $metadata: { httpStatusCode: 404 } });
      }
      return next(args);
    },
    { step: "initialize" },
  );
  return client;
};

const early = "2026-01-01T00:00:01.000Z";
const middle = "2026-01-01T00:00:02.000Z";
const late = "2026-01-01T00:00:03.000Z";

t.test("with a worker", async (t) => {
  const worker = await rig.startWorker();
  t.teardown(worker.stop);

  t.test("waits for a newer open load, then leaves alone what stands in its file", async (t) => {
    const store = newStore();
    const newerId = await rig.send(csv(store, { a: 5 }), { receivedAt: late });
    const newer = await rig.ended(newerId);
    await setState(store, newer.Version, "open");
    await rig.dynamo.send(
      new UpdateCommand({
        TableName: rig.tables.Uploads,
        Key: { UploadId: newerId },
        UpdateExpression: "SET #s = :s",
        ExpressionAttributeNames: { "#s": "Status" },
        ExpressionAttributeValues: { ":s": "loading" },
      }),
    );
    const older = await rig.send(csv(store, { a: 7, b: 1 }), { receivedAt: early });
    await until(
      async () => (await rig.loadsOf()).find((load) => load.Version.endsWith(older)),
      "its registration",
    );
    // Another file, sent later, is finished before: the older one really waits.
    await rig.ended(await rig.send(csv(newStore(), { x: 1 })));
    t.equal((await rig.receiptOf(older))?.Status, "loading");
    await setState(store, newer.Version, "finished");
    t.match((await rig.ended(older)).Rows, { stale: 1, written: 1 });
    t.same(await rig.counts(store), { a: 5, b: 1 });
  });

  t.test("does not wait for a load that was given up", async (t) => {
    const store = newStore();
    await plantLoad(store, late, "failed", {});
    t.match((await rig.ended(await rig.send(csv(store, { a: 1 }), { receivedAt: early }))).Rows, {
      written: 1,
    });
  });

  t.test("writes every row, changed or not, while an older load is open", async (t) => {
    const store = newStore();
    await rig.ended(await rig.send(csv(store, { a: 5 }), { receivedAt: early }));
    await plantLoad(store, middle, "loading", {});
    const newest = await rig.ended(await rig.send(csv(store, { a: 5 }), { receivedAt: late }));
    t.match(newest.Rows, { written: 1, unchanged: 0 });
    t.equal((await rig.rowsOf(store))[0]?.Version, newest.Version);
  });

  t.test("after a crash between the load and its receipt the receipt counts as before", async (t) => {
    const store = newStore();
    const uploadId = await rig.send(csv(store, { a: 1, b: 2 }));
    const before = await rig.ended(uploadId);
    // A newer load has changed a row since; it was written all the same.
    await rig.ended(await rig.send(csv(store, { a: 9 })));
    await rig.dynamo.send(
      new UpdateCommand({
        TableName: rig.tables.Uploads,
        Key: { UploadId: uploadId },
        UpdateExpression: "SET #s = :s REMOVE #r, FinishedAt",
        ExpressionAttributeNames: { "#s": "Status", "#r": "Rows" },
        ExpressionAttributeValues: { ":s": "loading" },
      }),
    );
    await rig.announce(uploadKinds.inventory.objectKey(uploadId));
    const after = await rig.ended(uploadId);
    t.same(after.Rows, before.Rows);
    t.same(await rig.counts(store), { a: 9, b: 2 });
  });

  t.test("a load cut short counts what it had written as written", async (t) => {
    const store = newStore();
    const uploadId = await rig.send(csv(store, { a: 1, b: 2 }));
    const before = await rig.ended(uploadId);
    await setState(store, before.Version, "open");
    await rig.dynamo.send(
      new UpdateCommand({
        TableName: rig.tables.Uploads,
        Key: { UploadId: uploadId },
        UpdateExpression: "SET #s = :s REMOVE #r",
        ExpressionAttributeNames: { "#s": "Status", "#r": "Rows" },
        ExpressionAttributeValues: { ":s": "loading" },
      }),
    );
    await rig.announce(uploadKinds.inventory.objectKey(uploadId));
    t.match((await rig.ended(uploadId)).Rows, { read: 2, written: 2, unchanged: 0 });
  });

  t.test("a lock whose holder died after its receipt is taken over", async (t) => {
    const store = newStore();
    const content = csv(store, { a: 1 });
    const first = await rig.ended(await rig.send(content));
    const contentKey = (await rig.loadsOf()).find((load) => load.Version === first.Version)?.Content ?? "";
    await rig.dynamo.send(
      new PutCommand({
        TableName: rig.tables.Loads,
        Item: {
          Store: `\u001fcontent\u001f${contentKey}`,
          Version: "\u001flock",
          Holder: first.UploadId,
          Token: "of the dead",
        },
      }),
    );
    t.equal((await rig.ended(await rig.send(content))).Status, "duplicate");
  });
});

t.test("an object that goes away in the middle ends its upload, and nobody waits for it", async (t) => {
  const store = newStore();
  const gone = await rig.startWorker({ s3: vanishingAfter(1) });
  // Too large to be kept in memory between the passes.
  const large = csv(store, { a: 1 }) + "\n".repeat(1_100_000);
  const newer = await rig.send(large, { receivedAt: late });
  t.match(await rig.ended(newer), { Status: "rejected", Error: { code: "object_missing" } });
  await gone.stop();
  const worker = await rig.startWorker();
  t.match((await rig.ended(await rig.send(csv(store, { a: 2 }), { receivedAt: early }))).Rows, {
    written: 1,
  });
  await worker.stop();
});

t.test("a small file is asked for once, and passes over it agree", async (t) => {
  const store = newStore();
  const worker = await rig.startWorker({ s3: vanishingAfter(1) });
  const loaded = await rig.ended(await rig.send(`${csv(store, { a: 1, b: 2 })}\n${store},,3\n`));
  t.match(loaded, { Status: "partial", Rows: { written: 2, rejected: 1 } });
  await worker.stop();
});

t.test("five failed attempts end as failed, in the dead-letter queue; sent back, it loads", async (t) => {
  const store = newStore();
  const unreachable = new S3Client({ endpoint: "http://127.0.0.1:9", maxAttempts: 1, forcePathStyle: true });
  const worker = await rig.startWorker({ s3: unreachable });
  const uploadId = await rig.send(csv(store, { a: 1 }));
  await rig.dynamo.send(
    new PutCommand({
      TableName: rig.tables.Uploads,
      Item: {
        UploadId: uploadId,
        Kind: "inventory",
        Status: "received",
        Filename: "f.csv",
        Bytes: 10,
        Mode: "load",
        ReceivedAt: early,
        Day: "2026-01-01",
        Version: uploadVersion(early, uploadId),
        Bucket: rig.buckets.inventory,
        Key: uploadKinds.inventory.objectKey(uploadId),
        ETag: (
          await rig.s3.send(
            new HeadObjectCommand({
              Bucket: rig.buckets.inventory,
              Key: uploadKinds.inventory.objectKey(uploadId),
            }),
          )
        ).ETag?.replaceAll('"', ""),
      },
    }),
  );
  const failed = await rig.ended(uploadId);
  t.match(failed, { Status: "failed", Error: { code: String } });
  const dead = await until(async () => {
    const { Messages } = await rig.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: rig.queues["ingest-dlq"], MessageAttributeNames: ["All"] }),
    );
    return Messages?.[0];
  }, "the dead letter");
  t.match(dead.MessageAttributes, { attempts: { StringValue: "5" }, reason: { StringValue: String } });
  await worker.stop();

  await rig.startWorker();
  await rig.announce(uploadKinds.inventory.objectKey(uploadId));
  const loaded = await until(async () => {
    const receipt = await rig.receiptOf(uploadId);
    return receipt?.Status === "loaded" ? receipt : undefined;
  }, "the load");
  t.match(loaded, { Rows: { written: 1 } });
  t.notOk(loaded.Error);
});
