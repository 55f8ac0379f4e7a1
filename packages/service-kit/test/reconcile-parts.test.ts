import type { S3Client } from "@aws-sdk/client-s3";
import type { SQSClient } from "@aws-sdk/client-sqs";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { UploadItem } from "@stockwire/contracts/items";
import { encodeUploadMetadata } from "@stockwire/contracts/object-metadata";
import { uploadKinds } from "@stockwire/contracts/upload-kinds";
import t from "tap";
import { reconcileFiles } from "../src/reconcile/reconcile-files.ts";
import { createSightings, type Sighted } from "../src/reconcile/sightings.ts";

interface Sent {
  readonly constructor: { readonly name: string };
  readonly input: Record<string, unknown>;
}
const standIn = <Client>(answer: (call: string, input: Record<string, unknown>) => object): Client =>
  ({ send: async ({ constructor: { name }, input }: Sent) => answer(name, input) }) as Client;

const MINUTE = 60_000;
const id = "0197b5a0-0000-7000-8000-000000000001";
const begun = new Date(Date.now() - 20 * 60 * MINUTE);

/** What no emulator does: S3 dates an object that was completed just now to the beginning of its upload. */
const cloudWith = (key: string, etag: string, metadata: Record<string, string> | undefined) => {
  const receipts: UploadItem[] = [];
  const announced: string[] = [];
  const s3 = standIn<S3Client>((call) => {
    if (call === "GetBucketVersioningCommand") return { Status: "Enabled" };
    if (call === "HeadObjectCommand") return { ETag: etag, ContentLength: 9, Metadata: metadata };
    return { Versions: [{ Key: key, VersionId: "1", ETag: etag, LastModified: begun }], IsTruncated: false };
  });
  const sqs = standIn<SQSClient>((call, { MessageBody }) => {
    if (call === "SendMessageCommand") announced.push(String(MessageBody));
    return { Attributes: { ApproximateNumberOfMessages: "0" } };
  });
  const dynamo = standIn<DynamoDBDocumentClient>((call, { Item }) => {
    if (call === "PutCommand") receipts.push(Item as UploadItem);
    return call === "BatchGetCommand" ? { Responses: { Uploads: receipts } } : {};
  });
  const sources = { s3, sqs, dynamo, kind: "inventory", bucket: "b", uploadsTable: "Uploads" } as const;
  const pass = (sighted: Sighted) =>
    reconcileFiles(
      { ...sources, queueUrl: "q", receiptDays: 50 },
      { depth: "full", dryRun: false, signal: new AbortController().signal, pauseMilliseconds: 0, sighted },
    );
  return { receipts, announced, pass };
};
const ofTheApi = encodeUploadMetadata({ uploadId: id, filename: "big.csv", mode: "load" });
const key = uploadKinds.inventory.objectKey(id);

t.test("a file completed by parts counts from when it was first seen, not from its beginning", async (t) => {
  for (const [where, metadata] of [[key, ofTheApi] as const, ["drops/big.csv", undefined] as const]) {
    const { receipts, announced, pass } = cloudWith(where, '"x-3"', metadata);
    const first = await pass({});
    t.match(first, { unaccounted: 0, announced: 0, older: 1 }, "its receipt may be on its way");
    t.same(receipts, []);
    const [seen, at = 0] = Object.entries(first.sighted)[0] ?? [];
    t.ok(Date.now() - at < MINUTE);
    t.same((await pass(first.sighted)).sighted, first.sighted, "until it has had its two minutes");
    t.same(receipts, []);

    const later = at - 3 * MINUTE;
    t.match(await pass({ [String(seen)]: later }), { unaccounted: 1, announced: 1, sighted: {} });
    const time = new Date(later).toISOString();
    t.match(receipts, [{ UploadId: seen, ReceivedAt: time, Version: new RegExp(`^${time}`) }]);
    t.match(JSON.parse(announced[0] ?? ""), { Records: [{ eventTime: time }] });
    t.match(await pass({}), { unaccounted: 0, sighted: {} });
    t.equal(receipts.length, 1);
  }
});

t.test("a file that was put whole has its own time, and is taken at first sight", async (t) => {
  const { receipts, pass } = cloudWith("drops/small.csv", '"x"', undefined);
  t.match(await pass({}), { unaccounted: 1, announced: 1, sighted: {} });
  t.match(receipts, [{ ReceivedAt: new Date(Math.floor(begun.getTime())).toISOString() }]);
});

t.test("what is accounted for is forgotten, and what is kept is bounded", (t) => {
  const full = createSightings({ gone: 1, there: 5 }, true, 9);
  full.ripe("there", 3);
  t.same(full.left(), { there: 5 });
  const recent = createSightings({ elsewhere: 1, there: 2 }, false, 9);
  t.equal(recent.ripe("there", 3), "1970-01-01T00:00:00.002Z");
  t.same(recent.left(), { elsewhere: 1 }, "a recent pass does not see everything");
  const many = createSightings({}, true, 9);
  for (let n = 0; n < 1_100; n++) many.ripe(`id ${n}`, 3);
  t.equal(Object.keys(many.left()).length, 1_000);
  t.end();
});
