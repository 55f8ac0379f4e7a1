import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { S3Client } from "@aws-sdk/client-s3";
import type { SQSClient } from "@aws-sdk/client-sqs";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import t from "tap";
import { listObjects } from "../src/reconcile/list-objects.ts";
import { nextFullPass } from "../src/reconcile/next-full-pass.ts";
import { reconcileFiles } from "../src/reconcile/reconcile-files.ts";
import { dropIdOf } from "../src/uploads/identify-upload.ts";

interface Sent {
  readonly constructor: { readonly name: string };
  readonly input: Record<string, unknown>;
}

/** What the emulators do not have, answered as S3 does: versions, and millions of objects. */
const standIn = <Client>(answer: (call: string, input: Record<string, unknown>) => object): Client => {
  const send = async ({ constructor: { name }, input }: Sent) => {
    await setImmediate();
    return answer(name, input);
  };
  return { send } as Client;
};

const signal = new AbortController().signal;
const old = (minutes: number): Date => new Date(Date.now() - minutes * 60_000);

t.test("where versions are kept each one is listed, over pages, from a key on", async (t) => {
  const asked: unknown[] = [];
  const s3 = standIn<S3Client>((call, input) => {
    asked.push([call, input.KeyMarker, input.VersionIdMarker]);
    if (call === "GetBucketVersioningCommand") return { Status: "Enabled" };
    const second = input.VersionIdMarker !== undefined;
    return {
      Versions: [{ Key: "a", VersionId: second ? "1" : "2", ETag: '"x"', LastModified: new Date(0) }],
      IsTruncated: !second,
      ...(!second && { NextKeyMarker: "a", NextVersionIdMarker: "2" }),
    };
  });
  const pages = [];
  for await (const page of listObjects({ s3, bucket: "b", prefix: "", after: "0", signal })) pages.push(page);
  const lastModified = "1970-01-01T00:00:00.000Z";
  t.same(pages, [
    [{ key: "a", etag: "x", lastModified, versionId: "2" }],
    [{ key: "a", etag: "x", lastModified, versionId: "1" }],
  ]);
  t.same(asked, [
    ["GetBucketVersioningCommand", undefined, undefined],
    ["ListObjectVersionsCommand", "0", undefined],
    ["ListObjectVersionsCommand", "a", "2"],
  ]);
  t.equal(
    dropIdOf({ bucket: "b", key: "a", etag: "x", eventTime: "now", versionId: "2" }),
    dropIdOf({ bucket: "b", key: "a", etag: "", eventTime: lastModified, versionId: "2" }),
    "a version's id is the same whoever tells of it",
  );
});

const PAGES = 120;
const attributes = { ApproximateNumberOfMessages: "0" };
const sqs = standIn<SQSClient>(() => ({ Attributes: attributes }));

/** A bucket of very many drops, each with a receipt but those that `isLost`. */
const bucketOf = (pages: number, lastModified: Date, isLost: (id: string) => boolean = () => false) => {
  let page = 0;
  let reads = 0;
  const answer = (call: string, _input: object): object => {
    if (call === "GetBucketVersioningCommand") return {};
    if (call !== "ListObjectsV2Command") throw new Error(`unexpected ${call}`);
    page += 1;
    const Contents = Array.from({ length: 1_000 }, (_, index) => ({
      Key: `drops/${String(page).padStart(6, "0")}/${index}.csv`,
      ETag: '"x"',
      LastModified: lastModified,
    }));
    return { Contents, IsTruncated: page < pages, NextContinuationToken: String(page) };
  };
  const s3 = standIn<S3Client>(answer);
  const dynamo = standIn<DynamoDBDocumentClient>((call, input) => {
    if (call === "GetCommand") return {};
    if (call !== "BatchGetCommand") throw new Error(`unexpected ${call}`);
    const { Uploads } = input.RequestItems as { Uploads: { Keys: { UploadId: string }[] } };
    reads += Uploads.Keys.length;
    const found = Uploads.Keys.filter(({ UploadId }) => !isLost(UploadId));
    return { Responses: { Uploads: found.map((key) => ({ ...key, Kind: "inventory", Status: "loaded" })) } };
  });
  return { s3, dynamo, answer, reads: () => reads };
};

const run = ({ s3, dynamo }: Pick<ReturnType<typeof bucketOf>, "s3" | "dynamo">) =>
  reconcileFiles(
    {
      s3,
      sqs,
      dynamo,
      kind: "inventory",
      bucket: "b",
      uploadsTable: "Uploads",
      queueUrl: "q",
      receiptDays: 50,
    },
    { depth: "full", dryRun: true, signal, pauseMilliseconds: 0 },
  );

t.test("memory does not grow with the bucket", async (t) => {
  setFlagsFromString("--expose-gc");
  const collectGarbage = runInNewContext("gc") as () => void;
  const sizes: number[] = [];
  let pages = 0;
  const bucket = bucketOf(PAGES, new Date(old(10).setMilliseconds(1)));
  const report = await run({
    ...bucket,
    s3: standIn<S3Client>((call, input) => {
      pages += 1;
      if (pages % 50 === 10) {
        collectGarbage();
        sizes.push(process.memoryUsage().heapUsed);
      }
      return bucket.answer(call, input);
    }),
  });
  t.match(report, { looked: PAGES * 1_000, unaccounted: 0 });
  t.equal(bucket.reads(), PAGES * 1_000);
  const megabytes = Math.round(((sizes.at(-1) ?? 0) - (sizes[0] ?? 0)) / 1024 ** 2);
  t.comment(`${megabytes} MB more for ${PAGES * 1_000} objects`);
  t.ok(megabytes < 8, `${megabytes} MB`);
});

t.test("what is older than the order protocol remembers is neither read nor announced", async (t) => {
  const bucket = bucketOf(3, old(35 * 24 * 60), () => true);
  t.match(await run(bucket), { looked: 0, unaccounted: 0 });
  t.equal(bucket.reads(), 0);
});

t.test("a full pass takes a hundredth of the time at most, within limits", async (t) => {
  const minute = 60_000;
  t.equal(nextFullPass(0, 10, 1_440 * minute), 15 * minute);
  t.equal(nextFullPass(0, minute, 1_440 * minute), 100 * minute);
  t.equal(nextFullPass(0, 60 * minute, 1_440 * minute), 1_440 * minute);
});
