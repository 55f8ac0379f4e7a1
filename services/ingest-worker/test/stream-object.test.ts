import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { DeleteObjectCommand, GetObjectCommand, NoSuchKey } from "@aws-sdk/client-s3";
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

t.test("at the edges of a part", async (t) => {
  const part = 5 * 1024 * 1024;
  for (const [length, uploaded] of [
    [part, 0],
    [part + 1, 2],
    [2 * part + 3, 3],
  ] as const) {
    sent.length = 0;
    const text = "x".repeat(length);
    const object = open(`edge-${length}.txt`);
    await object.write("");
    t.notOk(object.isOpen());
    await object.write(text);
    await object.complete();
    t.equal(await digestOf(`edge-${length}.txt`), createHash("sha256").update(text).digest("hex"));
    t.equal(sent.filter((name) => name === "UploadPartCommand").length, uploaded, `${length} bytes`);
  }
});

/** Has one kind of request fail from now on, and hands back how to end that. */
const failing = (command: string): (() => void) => {
  const name = `failing-${command}`;
  s3.middlewareStack.add(
    (next, context) => (args) => {
      if (context.commandName === command) throw new Error(`${command} failed`);
      return next(args);
    },
    { step: "initialize", name },
  );
  return () => void s3.middlewareStack.remove(name);
};

t.test("what is given up leaves nothing behind, whatever has failed before", async (t) => {
  const text = "x".repeat(6_000_000);
  for (const fails of [undefined, "UploadPartCommand", "CompleteMultipartUploadCommand"]) {
    sent.length = 0;
    const mend = fails === undefined ? () => undefined : failing(fails);
    const object = open("given-up.txt");
    const written = object.write(text).then(() => object.complete());
    if (fails !== undefined) await t.rejects(written, new Error(`${fails} failed`));
    mend();
    if (fails !== undefined) await object.abort();
    else await written;
    t.equal(sent.includes("AbortMultipartUploadCommand"), fails !== undefined);
    if (fails !== undefined) await t.rejects(digestOf("given-up.txt"), NoSuchKey);
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: "given-up.txt" }));
  }
  const small = open("given-up.txt");
  await small.write("a line\n");
  await small.abort();
  await t.rejects(digestOf("given-up.txt"), NoSuchKey);
});

t.test("an abort that fails is no other failure", async (t) => {
  const object = open("not-ended.txt");
  await object.write("x".repeat(6_000_000));
  const mend = failing("AbortMultipartUploadCommand");
  t.teardown(mend);
  await t.resolves(object.abort());
});
