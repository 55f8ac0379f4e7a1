import { createHash } from "node:crypto";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import {
  CreateBucketCommand,
  type GetObjectCommandOutput,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { startLocalCloud } from "@stockwire/local-aws/local-cloud";
import t, { type Test } from "tap";
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

t.test("the next part comes while the second half of this one is handed on", async (t) => {
  const { s3, ranges } = startClient();
  const slices = readObject(s3, await put("ahead", contentOf(3 * PART)), signal);
  for (let slice = 0; slice <= 16; slice += 1) await slices.next();
  t.equal(ranges.length, 1, "a beginning is all that some want");
  await slices.next();
  t.same(ranges, [`bytes=0-${PART - 1}`, `bytes=${PART}-${2 * PART - 1}`]);
  await readAll(slices);
  t.equal(ranges.length, 3);
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

/** An S3 of one object of three parts, which answers by the first byte asked for; what it does with each request is seen. */
const startServer = async (answer: (reply: ServerResponse, start: number) => void) => {
  const closed: number[] = [];
  const server = createServer((request, reply) => {
    const start = Number(/bytes=(\d+)/.exec(request.headers.range ?? "")?.[1]);
    reply.on("close", () => closed.push(start));
    answer(reply, start);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.teardown(() => void server.close().closeAllConnections());
  const { port } = server.address() as AddressInfo;
  const s3 = new S3Client({ endpoint: `http://127.0.0.1:${port}`, forcePathStyle: true });
  t.teardown(() => s3.destroy());
  return { s3, closed };
};
const THREE_PARTS = contentOf(3 * PART);
const REFERENCE: ObjectReference = { bucket: BUCKET, key: "any", etag: "e" };
const head = (
  reply: ServerResponse,
  start: number,
  range = `bytes ${start}-${start + PART - 1}/${3 * PART}`,
) => reply.writeHead(206, { "content-length": PART, "content-range": range });
const whole = (reply: ServerResponse, start: number): void => {
  head(reply, start).end(THREE_PARTS.subarray(start, start + PART));
};
/** A body that begins and does not end. */
const endless = (reply: ServerResponse, start: number): void => {
  head(reply, start).write(Buffer.alloc(100_000));
};

/** Sizes of the parts' memory as it is given back. */
const watchFreed = (t: Test): number[] => {
  const freed: number[] = [];
  const { transfer } = ArrayBuffer.prototype;
  t.intercept(ArrayBuffer.prototype, "transfer", {
    configurable: true,
    value(this: ArrayBuffer, ...given: [number?]) {
      if (this.byteLength >= PART) freed.push(this.byteLength);
      return transfer.apply(this, given);
    },
  });
  return freed;
};

t.test("read to its end, it gives back the memory of two parts", async (t) => {
  const freed = watchFreed(t);
  const { s3 } = await startServer(whole);
  t.equal(await readAll(readObject(s3, REFERENCE, signal)), digestOf(THREE_PARTS));
  t.same(freed, [PART, PART]);
});

t.test("left early, it lets go of what is still coming, and of the memory when that has ended", async (t) => {
  const freed = watchFreed(t);
  const { s3, closed } = await startServer((reply, start) => (start === 0 ? whole : endless)(reply, start));
  const slices = readObject(s3, REFERENCE, signal);
  for (let slice = 0; slice < 20; slice += 1) await slices.next();
  t.same(freed, []);
  await slices.return(undefined);
  t.same(freed, [], "not while it may still be written");
  await until(() => closed.includes(PART));
  await until(() => freed.length === 2);
  t.same(freed, [PART, PART]);
});

t.test("told to stop, it stops: between slices, and in the middle of a body, with the reason", async (t) => {
  const between = new AbortController();
  const { s3 } = await startServer(whole);
  const slices = readObject(s3, REFERENCE, between.signal);
  await slices.next();
  between.abort();
  await t.rejects(readAll(slices), { name: "AbortError" });

  const inside = new AbortController();
  let began = false;
  const slow = await startServer((reply, start) => {
    endless(reply, start);
    began = true;
  });
  const reading = readAll(readObject(slow.s3, REFERENCE, inside.signal));
  reading.catch(() => undefined);
  await until(() => began);
  inside.abort(new Error("the machine goes down"));
  await t.rejects(reading, { message: "the machine goes down" });
  await until(() => slow.closed.length === 1);
});

t.test("an endpoint that gives other bytes than it was asked for ends no file early", async (t) => {
  const wrong: Record<string, (reply: ServerResponse, start: number) => void> = {
    "the beginning again": (reply) => head(reply, 0).end(THREE_PARTS.subarray(0, PART)),
    "all of it": (reply) => void reply.writeHead(200, { "content-length": 3 * PART }).end(THREE_PARTS),
    "no length": (reply, start) =>
      head(reply, start, `bytes ${start}-${start + PART - 1}/*`).end(
        THREE_PARTS.subarray(start, start + PART),
      ),
    nothing: (reply, start) =>
      reply
        .writeHead(206, { "content-length": 0, "content-range": `bytes ${start}-${start}/${3 * PART}` })
        .end(),
    "that nothing is there": (reply) => reply.writeHead(416, { "content-length": 0 }).end(),
  };
  for (const [name, answer] of Object.entries(wrong)) {
    const { s3 } = await startServer((reply, start) => (start === PART ? answer : whole)(reply, start));
    await t.rejects(readAll(readObject(s3, REFERENCE, signal)), { code: "object_cut" }, name);
  }
});
