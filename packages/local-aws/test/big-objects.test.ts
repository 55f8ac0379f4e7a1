import { createHash, randomBytes } from "node:crypto";
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import type { S3Event } from "@stockwire/contracts/s3-event";
import t from "tap";
import { startTestCloud, takeMessage, temporaryDirectory } from "./helpers.ts";

const Bucket = "inventory";
const Key = "drop/big 100%.csv";
const MIB = 1024 * 1024;
const parts = [randomBytes(5 * MIB), randomBytes(30 * MIB), randomBytes(40 * MIB + 7)];
const whole = Buffer.concat(parts);
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

const begin = async (s3: S3Client): Promise<string> => {
  const { UploadId } = await s3.send(
    new CreateMultipartUploadCommand({ Bucket, Key, ContentType: "text/csv", Metadata: { mode: "load" } }),
  );
  return UploadId as string;
};
const put = async (s3: S3Client, UploadId: string, PartNumber: number, Body: Uint8Array) => {
  const { ETag } = await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }));
  return { PartNumber, ETag };
};
const complete = (
  s3: S3Client,
  UploadId: string,
  Parts: { PartNumber: number; ETag: string | undefined }[],
) => s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }));
const get = async (s3: S3Client, more: object = {}) => {
  const answer = await s3.send(new GetObjectCommand({ Bucket, Key, ...more }));
  return { ...answer, bytes: (await answer.Body?.transformToByteArray()) as Uint8Array };
};

t.test("parts are joined on disk, over a restart, and read in ranges", async (t) => {
  const dataDir = temporaryDirectory(t);
  const first = await startTestCloud(t, { dataDir });
  const UploadId = await begin(first.clients.s3);
  const early = await put(first.clients.s3, UploadId, 1, parts[0] as Buffer);
  await first.stop();
  const { clients, environment, logged } = await startTestCloud(t, { dataDir });
  const { s3 } = clients;
  const replaced = await put(s3, UploadId, 2, randomBytes(5 * MIB));
  const late = [
    await put(s3, UploadId, 2, parts[1] as Buffer),
    await put(s3, UploadId, 3, parts[2] as Buffer),
  ];
  await t.rejects(complete(s3, UploadId, [early, replaced]), { name: "InvalidPart" });
  await t.rejects(complete(s3, UploadId, late.toReversed()), { name: "InvalidPartOrder" });
  const small = await put(s3, UploadId, 4, Buffer.from("x"));
  await t.rejects(complete(s3, UploadId, [small, { ...small, PartNumber: 5 }]), {
    name: /EntityTooSmall|InvalidPart/,
  });
  const { ETag } = await complete(s3, UploadId, [early, ...late]);
  const event = await takeMessage<S3Event>(clients.sqs, environment.QUEUE_INGEST);
  t.match(event.Records[0]?.s3.object, { size: whole.length, eTag: ETag?.replaceAll('"', "") });
  const head = await s3.send(new HeadObjectCommand({ Bucket, Key }));
  t.match(head, { ContentLength: whole.length, ContentType: "text/csv", Metadata: { mode: "load" }, ETag });
  t.match(ETag, /-3"$/);

  t.equal(sha256((await get(s3)).bytes), sha256(whole), "more than is read at once");
  const middle = await get(s3, { Range: "bytes=5000000-13000000", IfMatch: ETag });
  t.equal(middle.ContentRange, `bytes 5000000-13000000/${whole.length}`);
  t.match(middle, { ETag, ContentType: "text/csv", Metadata: { mode: "load" } });
  t.equal(sha256(middle.bytes), sha256(whole.subarray(5_000_000, 13_000_001)));
  const end = await get(s3, { Range: `bytes=${whole.length - 3}-${whole.length + 100}` });
  t.same([...end.bytes], [...whole.subarray(-3)]);
  const last = await get(s3, { Range: `bytes=${whole.length - 3}-` });
  t.same([...last.bytes], [...whole.subarray(-3)]);
  const suffix = await get(s3, { Range: "bytes=-3" });
  t.same([...suffix.bytes], [...whole.subarray(-3)]);
  await t.rejects(get(s3, { Range: `bytes=${whole.length}-` }), { name: "InvalidRange" });
  await t.rejects(get(s3, { Range: "bytes=0-1", IfMatch: '"other"' }), {
    name: "PreconditionFailed",
  });
  await t.rejects(complete(s3, UploadId, [early, ...late]), { name: "NoSuchUpload" });

  await s3.send(new PutObjectCommand({ Bucket, Key, Body: "0123456789" }));
  t.equal(Buffer.from((await get(s3, { Range: "bytes=2-4" })).bytes).toString(), "234");
  t.same(logged, []);
});

t.test("parts are joined in memory where nothing is kept on disk", async (t) => {
  const { clients } = await startTestCloud(t);
  const UploadId = await begin(clients.s3);
  const first = await put(clients.s3, UploadId, 1, parts[0] as Buffer);
  const second = await put(clients.s3, UploadId, 2, parts[1] as Buffer);
  await complete(clients.s3, UploadId, [first, second]);
  t.equal(sha256((await get(clients.s3)).bytes), sha256(whole.subarray(0, 35 * MIB)));
});
