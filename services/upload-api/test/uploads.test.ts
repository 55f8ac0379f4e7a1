import { createHash } from "node:crypto";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { expiresAt } from "@stockwire/contracts/items";
import { decodeUploadMetadata } from "@stockwire/contracts/object-metadata";
import { uploadKinds } from "@stockwire/contracts/upload-kinds";
import { createS3Client } from "@stockwire/service-kit/aws-clients";
import t from "tap";
import {
  ADMIN_KEY,
  apiWith,
  csvOf,
  fetch,
  formOf,
  MIB,
  objectKeys,
  openSocket,
  type RunningApi,
  receipts,
  startApi,
  write,
} from "./helpers.ts";

interface Accepted {
  uploads: { uploadId: string; filename: string; bytes: number; sha256: string; links: { self: string } }[];
}

const api = await startApi(t, { MAX_UPLOAD_BYTES: String(24 * MIB), RECEIPT_DAYS: "60" });

const post = async (
  query: string,
  init: RequestInit,
): Promise<{ response: Response; uploads: Accepted["uploads"] }> => {
  const response = await fetch(`${api.url}/v1/inventory${query}`, { method: "POST", ...init });
  const { uploads } = (await response.json()) as Accepted;
  return { response, uploads };
};

const sha256 = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex");

const objectOf = async ({ s3, context }: RunningApi, uploadId: string) => {
  const Bucket = context.resources.buckets.inventory;
  const object = await s3.send(new GetObjectCommand({ Bucket, Key: `inventory/${uploadId}.csv` }));
  return {
    metadata: object.Metadata,
    bytes: (await object.Body?.transformToByteArray()) ?? new Uint8Array(),
  };
};

t.test("a raw body becomes an object with metadata and a receipt", async (t) => {
  const csv = csvOf(3);
  const { response, uploads } = await post("?filename=my%20stock.csv&store=%20K%C3%B6ln%20", {
    headers: { "content-type": "text/csv; charset=utf-8" },
    body: csv,
  });
  const [upload] = uploads;
  t.equal(response.status, 202);
  t.ok(upload);
  if (!upload) return;
  t.match(upload, { filename: "my stock.csv", bytes: csv.length, sha256: sha256(csv), status: "received" });
  t.equal(response.headers.get("location"), upload.links.self);
  const { metadata, bytes } = await objectOf(api, upload.uploadId);
  t.equal(Buffer.from(bytes).toString(), csv);
  const decoded = decodeUploadMetadata(metadata);
  t.match(decoded, {
    uploadId: upload.uploadId,
    filename: "my stock.csv",
    mode: "load",
    storeRestriction: "Köln",
    sha256: sha256(csv),
  });

  const receipt = await fetch(`${api.url}${upload.links.self}`);
  t.equal(receipt.headers.get("cache-control"), "no-store");
  t.match(await receipt.json(), {
    uploadId: upload.uploadId,
    kind: "inventory",
    store: "Köln",
    filename: "my stock.csv",
    sha256: sha256(csv),
    status: "received",
    receivedAt: decoded?.receivedAt,
    rejected: [],
  });
  const [item] = (await receipts(api)).filter(({ UploadId }) => UploadId === upload.uploadId);
  t.equal(
    item?.ExpiresAt,
    expiresAt(Date.parse(item?.ReceivedAt ?? ""), 60),
    "kept as long as RECEIPT_DAYS says",
  );
  t.match(item?.ETag, /^[0-9a-f]{32}$/, "kept without the quotes that HTTP puts around it");
  t.match(
    api.logged.find(({ msg }) => msg === "file taken in"),
    { uploadId: upload.uploadId },
  );
});

t.test("other words for CSV are taken as well, and a name is made up where none was given", async (t) => {
  for (const type of ["application/csv", "text/plain"]) {
    const { response, uploads } = await post("", { headers: { "content-type": type }, body: csvOf(1) });
    t.equal(response.status, 202, type);
    t.equal(uploads[0]?.filename, "upload.csv");
  }
});

t.test("two files in one request get a receipt each, in order of versions", async (t) => {
  const { response, uploads } = await post("", { body: formOf(["a.csv", csvOf(1)], ["b.csv", csvOf(2)]) });
  t.equal(response.status, 202);
  t.equal(response.headers.get("location"), null, "there is not one place to look");
  t.strictSame(
    uploads.map(({ filename }) => filename),
    ["a.csv", "b.csv"],
  );
  const made = await receipts(api);
  const versions = uploads.map(
    (upload) => made.find(({ UploadId }) => UploadId === upload.uploadId)?.Version ?? "",
  );
  t.ok(versions[0] && versions[1] && versions[0] < versions[1]);
});

t.test("a large file goes through parts and arrives byte for byte", async (t) => {
  const large = Buffer.alloc(17 * MIB + 12_345);
  for (let at = 0; at < large.length; at += 4)
    large.writeUInt32LE((at * 2_654_435_761) >>> 0, Math.min(at, large.length - 4));
  for (const body of [formOf(["big.csv", large], ["small.csv", csvOf(1)]), large]) {
    const headers: Record<string, string> = body instanceof FormData ? {} : { "content-type": "text/csv" };
    const { response, uploads } = await post("", { headers, body });
    t.equal(response.status, 202);
    t.equal(uploads[0]?.bytes, large.length);
    t.equal(uploads[0]?.sha256, sha256(large));
    const { bytes, metadata } = await objectOf(api, uploads[0]?.uploadId ?? "");
    t.equal(sha256(bytes), sha256(large));
    t.equal(decodeUploadMetadata(metadata)?.receivedAt, undefined, "not known when the upload began");
  }
});

t.test("files at the edges: empty, just in memory, just in parts, exactly a part", async (t) => {
  for (const bytes of [0, MIB, MIB + 1, 8 * MIB, 16 * MIB]) {
    const { response, uploads } = await post("", {
      headers: { "content-type": "text/csv" },
      body: Buffer.alloc(bytes, "x"),
    });
    t.equal(response.status, 202, `${bytes} bytes`);
    t.equal((await objectOf(api, uploads[0]?.uploadId ?? "")).bytes.length, bytes);
  }
});

t.test("a form whose pieces end in what might be a boundary", async (t) => {
  const boundary = "BOUNDARY1234";
  const head = (name: string): string =>
    `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\n\r\n`;
  const [first, second] = [`store,item,count\r\nx\r\n--${boundary.slice(0, -1)}\r\nend`, "store,item\r\n1,2"];
  const pieces = [
    head("a.csv"),
    "store,item,count\r\n",
    // The parser keeps all but the first of these to look back on, and hands them on when the next byte is none of a boundary.
    `x\r\n--${boundary.slice(0, -1)}`,
    "\r",
    "\nend",
    `\r\n${head("b.csv")}`,
    // The first file has ended, and the parser looks back again.
    "store,item\r",
    "\n1,2",
    `\r\n--${boundary}--\r\n`,
  ];
  const socket = await openSocket(api);
  const lines = [
    "POST /v1/inventory HTTP/1.1",
    "host: localhost",
    "connection: close",
    `x-api-key: ${ADMIN_KEY}`,
    `content-type: multipart/form-data; boundary=${boundary}`,
    "transfer-encoding: chunked",
  ];
  const body = [...pieces, ""].map((piece) => `${Buffer.byteLength(piece).toString(16)}\r\n${piece}\r\n`);
  await write(socket, `${lines.join("\r\n")}\r\n\r\n${body.join("")}`);
  let answer = "";
  for await (const piece of socket) answer += piece;
  t.match(answer, /^HTTP\/1.1 202 /);
  const { uploads } = JSON.parse(answer.slice(answer.indexOf("{"), answer.lastIndexOf("}") + 1)) as Accepted;
  t.same(
    uploads.map((upload) => upload.sha256),
    [sha256(first), sha256(second)],
  );
});

t.test("many small files do not pile up in memory", async (t) => {
  const content = Buffer.alloc(900_000, "y");
  const files = Array.from({ length: 12 }, (_, index): [string, Buffer<ArrayBuffer>] => [
    `${index}.csv`,
    content,
  ]);
  const { response, uploads } = await post("", { body: formOf(...files) });
  t.equal(response.status, 202);
  t.equal(new Set(uploads.map(({ uploadId }) => uploadId)).size, 12);
  const last = await objectOf(api, uploads.at(-1)?.uploadId ?? "");
  t.equal(last.bytes.length, content.length);
  t.equal(decodeUploadMetadata(last.metadata)?.receivedAt, undefined, "the last ones went straight to S3");
});

t.test("a hostile file name is only ever shown", async (t) => {
  const hostile = [
    ["../../etc/passwd", "passwd"],
    ["C:\\stock\\berlin.csv", "berlin.csv"],
    ["..", "upload.csv"],
    ["a\u0000b\u001b[31m.csv", "ab[31m.csv"],
    ["\u202Evsc.exe", "vsc.exe"],
    ["名".repeat(300), "名".repeat(255)],
    ['"; filename=x.html', '"; filename=x.html'],
  ] as const;
  for (const [sent, shown] of hostile) {
    const { response, uploads } = await post(
      `?store=${encodeURIComponent("店".repeat(128))}&filename=${encodeURIComponent(sent)}`,
      {
        headers: { "content-type": "text/csv" },
        body: csvOf(1),
      },
    );
    t.equal(response.status, 202, sent);
    t.equal(uploads[0]?.filename, shown);
    const { metadata } = await objectOf(api, uploads[0]?.uploadId ?? "");
    const size = Object.entries(metadata ?? {}).reduce(
      (sum, [name, value]) => sum + name.length + value.length,
      0,
    );
    t.ok(size <= 2_048, "S3 takes no more metadata than this");
  }
  for (const key of await objectKeys(api)) t.match(key, /^inventory\/[0-9a-f-]{36}\.csv$/);
});

t.test(
  "a worker that was quicker keeps its receipt; the answer is still about the file as sent",
  async (t) => {
    const s3 = createS3Client();
    s3.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          const result = await next(args);
          const { Key = "" } = args.input as { Key?: string };
          const UploadId = uploadKinds.inventory.uploadIdOf(Key);
          if (commandName === "PutObjectCommand") {
            const made = {
              UploadId,
              Kind: "inventory",
              Status: "loading",
              Filename: "",
              Version: "the worker's",
            };
            const TableName = api.context.resources.tables.Uploads;
            await api.dynamo.send(new PutCommand({ TableName, Item: made }));
          }
          return result;
        },
      { step: "initialize" },
    );
    const url = await apiWith(t, api, { s3 });
    const csv = csvOf(1);
    const response = await fetch(`${url}/v1/inventory`, { method: "POST", body: formOf(["a.csv", csv]) });
    const { uploads } = (await response.json()) as Accepted;
    t.match(uploads[0], { filename: "a.csv", bytes: csv.length, sha256: sha256(csv), status: "loading" });
    const standing = (await receipts(api)).find(({ UploadId }) => UploadId === uploads[0]?.uploadId);
    t.equal(standing?.Version, "the worker's");
  },
);

t.test("what was taken in is counted", async (t) => {
  const text = await api.metrics.registry.metrics();
  t.match(text, /stockwire_uploads_total\{kind="inventory",outcome="accepted",service="upload-api"\} \d+/);
  t.match(text, /stockwire_upload_bytes_total\{kind="inventory",service="upload-api"\} \d{8}/);
  t.match(
    text,
    /http_request_duration_seconds_count\{service="upload-api",method="POST",route="\/v1\/inventory",status_code="202"/,
  );
  t.notMatch(text, /outcome="(refused|failed|aborted)",service="upload-api"\} [1-9]/);
});
