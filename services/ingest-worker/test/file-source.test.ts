import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { createS3Client } from "@stockwire/service-kit/aws-clients";
import t from "tap";
import { createFileSource } from "../src/file-source.ts";
import { startRig } from "./ingest-rig.ts";

const rig = await startRig();
t.teardown(() => rig.stop());

/** Of a receipt, what matters to nobody here. */
const RECEIPT = { sha256: undefined, storeRestriction: undefined };
const { signal } = new AbortController();

/** A client that counts its requests. */
const counting = () => {
  const s3 = createS3Client();
  const asked = { times: 0, answered: 0 };
  s3.middlewareStack.add(
    (next) => async (args) => {
      asked.times += 1;
      try {
        return await next(args);
      } finally {
        asked.answered += 1;
      }
    },
    { step: "initialize" },
  );
  t.teardown(() => s3.destroy());
  return { s3, asked };
};

const put = async (s3: S3Client, key: string, body: Buffer) => {
  const { ETag = "" } = await s3.send(
    new PutObjectCommand({ Bucket: rig.buckets.inventory, Key: key, Body: body }),
  );
  return { bucket: rig.buckets.inventory, key, etag: ETag.replaceAll('"', "") };
};

const textOf = async (slices: AsyncIterable<Buffer>): Promise<string> => {
  const all: Buffer[] = [];
  for await (const slice of slices) all.push(slice);
  return Buffer.concat(all).toString();
};

t.test("a small file is asked for once, at once, and read from any place", async (t) => {
  const { s3, asked } = counting();
  const body = Buffer.from(`store,item,count\n${"Berlin,Echo,1\n".repeat(10_000)}`);
  const object = await put(s3, "small.csv", body);
  const source = createFileSource(s3, { object, bytes: body.length, ...RECEIPT }, signal, true);
  t.equal(asked.times, 2, "the put, and the file before anybody reads it");
  t.equal(await textOf(source()), body.toString());
  t.equal(await textOf(source(100_000)), body.subarray(100_000).toString());
  t.equal(asked.times, 2);
});

t.test("a file that has to wait is asked for when it is read", async (t) => {
  const { s3, asked } = counting();
  const object = await put(s3, "waiting.csv", Buffer.from("store,item,count\n"));
  const source = createFileSource(s3, { object, bytes: 17, ...RECEIPT }, signal, false);
  t.equal(asked.times, 1);
  t.equal(await textOf(source()), "store,item,count\n");
  t.equal(asked.times, 2);
});

t.test("a file larger than its receipt says is read whole, and not held", async (t) => {
  const { s3, asked } = counting();
  const body = Buffer.alloc(3 * 1024 * 1024, "x");
  const object = await put(s3, "larger.csv", body);
  const source = createFileSource(s3, { object, bytes: 5, ...RECEIPT }, signal, true);
  t.equal((await textOf(source())).length, body.length);
  t.equal((await textOf(source(1_000))).length, body.length - 1_000);
  t.equal(asked.times, 6, "put; its first part to find out, then both parts each time");
});

t.test("what is wrong with a file is told to who reads it, however late", async (t) => {
  const { s3, asked } = counting();
  const object = { bucket: rig.buckets.inventory, key: "nobody.csv", etag: "e" };
  const source = createFileSource(s3, { object, bytes: 5, ...RECEIPT }, signal, true);
  while (asked.answered === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  // Whoever would not have it caught is told of it by now.
  await new Promise((resolve) => setImmediate(resolve));
  await t.rejects(textOf(source()), { code: "object_missing" });
});
