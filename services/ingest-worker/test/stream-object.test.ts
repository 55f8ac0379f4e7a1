import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { GetObjectCommand, ListMultipartUploadsCommand, NoSuchKey } from "@aws-sdk/client-s3";
import { createS3Client } from "@stockwire/service-kit/aws-clients";
import t from "tap";
import { createObjectStream } from "../src/stream-object.ts";
import { startRig } from "./ingest-rig.ts";

const rig = await startRig();
t.teardown(() => rig.stop());
const s3 = createS3Client();
t.teardown(() => s3.destroy());
const bucket = rig.buckets.results;

/** Names of the requests that a client sends. */
const sent: string[] = [];
s3.middlewareStack.add(
  (next, { commandName }) =>
    (args) => {
      sent.push(String(commandName));
      return next(args);
    },
  { step: "initialize" },
);

const open = (key: string) => createObjectStream(s3, { bucket, key, contentType: "text/plain" });

const digestOf = async (key: string): Promise<string> => {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  const hash = createHash("sha256");
  for await (const piece of Body as Readable) hash.update(piece as Buffer);
  return hash.digest("hex");
};

t.test("what fits into one part takes one request", async (t) => {
  sent.length = 0;
  const object = open("small.txt");
  t.notOk(object.isOpen());
  await object.write("Café, ");
  t.ok(object.isOpen());
  await object.write("Wrocław\n");
  await object.complete();
  t.same(sent, ["PutObjectCommand"]);
  t.equal(await digestOf("small.txt"), createHash("sha256").update("Café, Wrocław\n").digest("hex"));
});

t.test("what does not goes in parts, byte for byte", async (t) => {
  sent.length = 0;
  const object = open("large.txt");
  const hash = createHash("sha256");
  // 12 MiB in pieces that end nowhere near a part's end.
  for (let each = 0; each < 120; each++) {
    const text = `${each}: ${"ż".repeat(52_000)}\n`;
    hash.update(text);
    await object.write(text);
  }
  await object.complete();
  t.equal(await digestOf("large.txt"), hash.digest("hex"));
  t.equal(sent.filter((name) => name === "UploadPartCommand").length, 3);
  t.notOk(sent.includes("PutObjectCommand"));
});

t.test("nothing is stored where nothing is written", async (t) => {
  const object = open("nothing.txt");
  await object.complete();
  await t.rejects(digestOf("nothing.txt"), NoSuchKey);
});

t.test("what is given up leaves nothing behind, neither an object nor parts", async (t) => {
  for (const [key, times] of [
    ["given-up-small.txt", 1],
    ["given-up-large.txt", 7],
  ] as const) {
    const object = open(key);
    for (let each = 0; each < times; each++) await object.write("x".repeat(1_000_000));
    await object.abort();
    await t.rejects(digestOf(key), NoSuchKey);
  }
  t.equal(sent.at(-2), "AbortMultipartUploadCommand");
  const { Uploads } = await s3.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
  t.same(Uploads ?? [], []);
});
