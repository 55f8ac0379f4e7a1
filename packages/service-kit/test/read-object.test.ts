import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { CreateBucketCommand, type GetObjectCommandOutput, PutObjectCommand } from "@aws-sdk/client-s3";
import { startLocalCloud } from "@stockwire/local-aws/local-cloud";
import t from "tap";
import { createS3Client } from "../src/aws-clients.ts";
import { type ObjectReference, readObject } from "../src/uploads/read-object.ts";
import { until } from "./helpers.ts";

const MIB = 1024 * 1024;
const PART = 2 * MIB;
const BUCKET = "objects";

const cloud = await startLocalCloud({ log: () => undefined });
Object.assign(process.env, cloud.environment);
t.teardown(() => cloud.stop());

/** A client whose GETs are counted by their range, and whose answers may be changed. */
const startClient = (change: (answer: GetObjectCommandOutput, asked: number) => void = () => undefined) => {
  const s3 = createS3Client();
  t.teardown(() => s3.destroy());
  const ranges: string[] = [];
  s3.middlewareStack.add(
    (next) => async (args) => {
      const { Range } = args.input as { Range?: string };
      if (Range === undefined) return next(args);
      const asked = ranges.push(Range);
      const result = await next(args);
      change(result.output as GetObjectCommandOutput, asked);
      return result;
    },
    { step: "initialize" },
  );
  return { s3, ranges };
};
const plain = startClient();
await plain.s3.send(new CreateBucketCommand({ Bucket: BUCKET }));

/** Bytes none of which can be taken for those of another place. */
const contentOf = (bytes: number): Buffer => {
  const numbers = new Uint32Array(Math.ceil(bytes / 4)).map((_, index) => Math.imul(index, 0x9e3779b1));
  return Buffer.from(numbers.buffer, 0, bytes);
};
const put = async (key: string, content: Buffer): Promise<ObjectReference> => {
  const { ETag = "" } = await plain.s3.send(
    new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: content }),
  );
  return { bucket: BUCKET, key, etag: ETag.replaceAll('"', "") };
};
/** All slices are kept to the end: none may change when a later part comes. */
const readAll = async (slices: AsyncIterable<Buffer>): Promise<string> => {
  const kept: Buffer[] = [];
  for await (const slice of slices) kept.push(slice);
  return digestOf(Buffer.concat(kept));
};
const digestOf = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
const { signal } = new AbortController();

t.test("every byte once and in order, whatever the size and from wherever", async (t) => {
  for (const bytes of [0, 1, PART - 1, PART, PART + 1, 3 * PART, 5 * PART + 7]) {
    const content = contentOf(bytes);
    const object = await put(`of-${bytes}`, content);
    for (const from of new Set([0, 1, PART, Math.max(0, bytes - 1), bytes])) {
      const { s3, ranges } = startClient();
      const found = await readAll(readObject(s3, object, signal, from));
      t.equal(found, digestOf(content.subarray(from)), `${bytes} bytes from ${from}`);
      if (from < bytes) t.equal(ranges.length, Math.ceil((bytes - from) / PART), "no part twice");
    }
  }
});

t.test("the next part comes while this one is handed on, and only where it is wanted", async (t) => {
  const { s3, ranges } = startClient();
  const slices = readObject(s3, await put("ahead", contentOf(3 * PART)), signal);
  await slices.next();
  t.equal(ranges.length, 1, "a first slice is all that some want");
  await slices.next();
  t.same(ranges, [`bytes=0-${PART - 1}`, `bytes=${PART}-${2 * PART - 1}`]);
  await slices.return(undefined);
  t.equal(ranges.length, 2);
});

t.test("a body that breaks is asked for again, also where nobody waits for it yet", async (t) => {
  const content = contentOf(3 * PART + 5);
  const object = await put("breaks", content);
  for (const broken of [1, 2]) {
    const { s3, ranges } = startClient((answer, asked) => {
      if (asked !== broken) return;
      const { Body } = answer as { Body: Readable };
      answer.Body = Readable.from(cutOff(Body, MIB)) as unknown as NonNullable<typeof answer.Body>;
    });
    t.equal(await readAll(readObject(s3, object, signal)), digestOf(content), `answer ${broken} breaks`);
    t.equal(ranges.length, 5);
  }
});

async function* cutOff(body: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer> {
  let given = 0;
  for await (const piece of body) {
    if (given + piece.length > bytes)
      throw Object.assign(new Error("connection lost"), { code: "ECONNRESET" });
    given += piece.length;
    yield piece;
  }
}

t.test("an object that is replaced on the way is noticed", async (t) => {
  const { s3 } = startClient();
  const slices = readObject(s3, await put("replaced", contentOf(3 * PART)), signal);
  await slices.next();
  await put("replaced", contentOf(3 * PART).reverse());
  await t.rejects(readAll(slices), { code: "object_replaced" });
});

t.test("told to stop, it stops: between slices, and in the middle of a body", async (t) => {
  const object = await put("stopped", contentOf(3 * PART));
  const between = new AbortController();
  const { s3 } = startClient();
  const slices = readObject(s3, object, between.signal);
  await slices.next();
  between.abort();
  await t.rejects(readAll(slices), { name: "AbortError" });

  const inside = new AbortController();
  let came = 0;
  let wasClosed = false;
  const slow = startClient((answer) => {
    (answer.Body as Readable | undefined)?.destroy();
    const trickle = async function* () {
      try {
        for (;;) {
          came += 1;
          yield Buffer.alloc(1);
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      } finally {
        wasClosed = true;
      }
    };
    answer.Body = Readable.from(trickle()) as unknown as NonNullable<typeof answer.Body>;
  });
  const reading = readAll(readObject(slow.s3, object, inside.signal));
  reading.catch(() => undefined);
  await until(() => came > 1);
  inside.abort();
  await t.rejects(reading, { name: "AbortError" });
  await until(() => wasClosed);
});
