import { request } from "node:http";
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { decodeEventKey, type S3Event } from "@stockwire/contracts/s3-event";
import t from "tap";
import { startTestCloud, takeMessage } from "./helpers.ts";

const { clients, environment } = await startTestCloud(t);
const { s3, sqs } = clients;
const Bucket = "inventory";

/** The next event, which must be the only one on its way. */
const nextRecord = async () => {
  const event = await takeMessage<S3Event>(sqs, environment.QUEUE_INGEST);
  const record = event.Records[0];
  if (!record || event.Records.length !== 1) throw new Error("expected one record");
  return { record, key: decodeEventKey(record.s3.object.key) };
};

t.test("a PUT is announced in S3's own shape before it is answered", async (t) => {
  const Key = "drop/any näme +&% 1.csv";
  const before = Date.now();
  const put = await s3.send(new PutObjectCommand({ Bucket, Key, Body: "store,item,count\n" }));
  const { record, key } = await nextRecord();
  t.equal(key, Key);
  t.match(record.s3.object.key, /^drop\/any\+n%C3%A4me\+%2B%26%25\+1\.csv$/);
  t.match(record, {
    eventVersion: "2.1",
    eventSource: "aws:s3",
    awsRegion: "us-east-1",
    eventName: "ObjectCreated:Put",
    s3: { bucket: { name: Bucket, arn: "arn:aws:s3:::inventory" }, object: { size: 17 } },
  });
  t.equal(`"${record.s3.object.eTag}"`, put.ETag);
  t.match(record.eventTime, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  t.ok(Date.parse(record.eventTime) >= before && Date.parse(record.eventTime) <= Date.now());
});

t.test("sequencers of one key grow", async (t) => {
  const sequencers = [];
  for (const Body of ["1", "2", "3"]) {
    await s3.send(new PutObjectCommand({ Bucket, Key: "same.csv", Body }));
    sequencers.push((await nextRecord()).record.s3.object.sequencer ?? "");
  }
  t.same(sequencers, [...sequencers].sort());
  t.equal(new Set(sequencers).size, 3);
});

t.test("a multipart upload is announced once, when it is complete", async (t) => {
  const Key = "inventory/large.csv";
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  const part = { Bucket, Key, UploadId, PartNumber: 1, Body: "x".repeat(1000) };
  const { ETag } = await s3.send(new UploadPartCommand(part));
  const MultipartUpload = { Parts: [{ ETag, PartNumber: 1 }] };
  const done = await s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload }));
  const { record, key } = await nextRecord();
  t.equal(key, Key);
  t.equal(record.eventName, "ObjectCreated:CompleteMultipartUpload");
  t.equal(record.s3.object.size, 1000);
  t.equal(`"${record.s3.object.eTag}"`, done.ETag);
});

t.test("a copy is announced; other buckets and failures are not", async (t) => {
  await s3.send(new PutObjectCommand({ Bucket: "results", Key: "quiet.csv", Body: "x" }));
  await t.rejects(s3.send(new CopyObjectCommand({ Bucket, Key: "x", CopySource: "inventory/none" })));
  await s3.send(new CopyObjectCommand({ Bucket, Key: "copy.csv", CopySource: "results/quiet.csv" }));
  const { record, key } = await nextRecord();
  t.equal(key, "copy.csv");
  t.equal(record.eventName, "ObjectCreated:Copy");
});

/** Sends with a Host header of its own, which fetch does not allow. */
const send = (method: string, path: string, headers: Record<string, string>, body = "") =>
  new Promise<{ status: number | undefined; headers: Record<string, unknown> }>((resolve, reject) => {
    const url = new URL(path, environment.AWS_ENDPOINT_URL_S3);
    request(url, { method, headers }, (response) => {
      response.resume().on("end", () => resolve({ status: response.statusCode, headers: response.headers }));
    })
      .on("error", reject)
      .end(body);
  });

t.test("virtual-hosted-style requests and browser forms are announced too", async (t) => {
  await send("PUT", "/hosted.csv", { host: "inventory.localhost" }, "a,b");
  t.equal((await nextRecord()).key, "hosted.csv");
  const form = [
    `--x\r\nContent-Disposition: form-data; name="key"\r\n\r\nform/\${filename}`,
    '--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\na,b',
    "--x--\r\n",
  ].join("\r\n");
  const posted = await send(
    "POST",
    "/inventory",
    { "content-type": "multipart/form-data; boundary=x" },
    form,
  );
  t.equal(posted.status, 204);
  const { record, key } = await nextRecord();
  t.equal(key, "form/a.csv");
  t.equal(record.eventName, "ObjectCreated:Post");
});

t.test("pages of this machine may upload, others may not; keys stay inside the storage", async (t) => {
  const asked = { "access-control-request-method": "PUT", "access-control-request-headers": "content-type" };
  const local = await send("OPTIONS", "/inventory/a.csv", { origin: "http://localhost:8080", ...asked });
  t.equal(local.status, 204);
  t.match(local.headers, {
    "access-control-allow-origin": "http://localhost:8080",
    "access-control-allow-headers": "content-type",
    "access-control-expose-headers": /ETag/,
  });
  const other = await send("OPTIONS", "/inventory/a.csv", {
    origin: "https://localhost.example.com",
    ...asked,
  });
  t.equal(other.headers["access-control-allow-origin"], undefined);
  t.equal((await send("PUT", "/inventory/..%2F..%2Fescape", {}, "x")).status, 400);
});

t.test("a PUT larger than fauxqs takes by itself", async (t) => {
  await s3.send(new PutObjectCommand({ Bucket, Key: "big.csv", Body: Buffer.alloc(12 * 1024 * 1024) }));
  t.equal((await nextRecord()).record.s3.object.size, 12 * 1024 * 1024);
});
