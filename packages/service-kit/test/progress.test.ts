import { PutCommand } from "@aws-sdk/lib-dynamodb";
import type { UploadItem } from "@stockwire/contracts/items";
import { startLocalCloud } from "@stockwire/local-aws/local-cloud";
import t from "tap";
import { v7 as uuidv7 } from "uuid";
import { createDynamoClient } from "../src/aws-clients.ts";
import { createProgress } from "../src/uploads/progress.ts";
import { createUploadsTable } from "../src/uploads/uploads-table.ts";

const cloud = await startLocalCloud({});
Object.assign(process.env, cloud.environment);
const dynamo = createDynamoClient();
t.teardown(async () => {
  dynamo.destroy();
  await cloud.stop();
});
const table = process.env.TABLE_UPLOADS ?? "";
const uploads = createUploadsTable(dynamo, table);
const told: UploadItem[] = [];
const progress = createProgress(dynamo, table, uploads, (upload) => told.push(upload));

const makeReceipt = async (changes: Partial<UploadItem> = {}): Promise<string> => {
  const UploadId = uuidv7();
  const receipt: UploadItem = {
    UploadId,
    Kind: "inventory",
    Status: "received",
    Filename: "a.csv",
    Bytes: 100,
    ReceivedAt: "2026-01-01T00:00:00.000Z",
    Version: `2026-01-01T00:00:00.000Z ${UploadId}`,
    Day: "2026-01-01",
    Mode: "load",
    Bucket: "inventory",
    Key: `inventory/${UploadId}.csv`,
    ExpiresAt: 4_000_000_000,
    ...changes,
  };
  await dynamo.send(new PutCommand({ TableName: table, Item: receipt }));
  return UploadId;
};

t.test("a small file is begun by the request that finds it, and not once more", async (t) => {
  const uploadId = await makeReceipt();
  told.length = 0;
  const found = await progress.find(uploadId);
  t.match(found, { Status: "loading", StartedAt: String, TouchedAt: String });
  t.same(await uploads.get(uploadId), found);
  await progress.begin(found as UploadItem);
  t.same(await uploads.get(uploadId), found);
  t.same(told, [found]);
});

t.test("another delivery keeps the time at which the first one began", async (t) => {
  const uploadId = await makeReceipt();
  const first = await progress.find(uploadId);
  t.equal((await progress.find(uploadId))?.StartedAt, first?.StartedAt);
});

const AS_IT_STANDS: Readonly<Record<string, Partial<UploadItem>>> = {
  "a file that may have to wait for a place": { Bytes: 1024 * 1024 + 1 },
  "an undoing, which reads another one's file": { Mode: "undo", UndoOf: "x", Bytes: 1 },
  "an invoice": { Kind: "invoice" },
  "an upload that has ended": { Status: "partial" },
  "one that was given up": { Status: "failed" },
};
for (const [name, changes] of Object.entries(AS_IT_STANDS)) {
  t.test(`${name} is found as it stands`, async (t) => {
    const uploadId = await makeReceipt(changes);
    t.equal((await progress.find(uploadId))?.Status, changes.Status ?? "received");
    t.equal((await uploads.get(uploadId))?.StartedAt, undefined);
  });
}

t.test("where there is none, none is made", async (t) => {
  t.equal(await progress.find(uuidv7()), undefined);
});
