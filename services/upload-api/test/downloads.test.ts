import { get, type IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import t from "tap";
import { ADMIN_KEY, fetch, MIB, problemOf, startApi, until } from "./helpers.ts";

const api = await startApi(t);

const send = async (filename: string, body: string | Buffer<ArrayBuffer>): Promise<string> => {
  const response = await fetch(`${api.url}/v1/inventory?filename=${encodeURIComponent(filename)}`, {
    method: "POST",
    headers: { "content-type": "text/csv" },
    body,
  });
  const { uploads } = (await response.json()) as { uploads: { uploadId: string }[] };
  return uploads[0]?.uploadId ?? "";
};

const fileUrl = (id: string) => `${api.url}/v1/uploads/${id}/file`;
const csv = "store,item,count\nBerlin,Echo,5\n";

t.test("the original comes back with what a browser and a cache need", async (t) => {
  const url = fileUrl(await send('März "1".csv', csv));
  const response = await fetch(url);
  t.equal(await response.text(), csv);
  t.match(Object.fromEntries(response.headers), {
    "content-type": "text/csv",
    "content-length": String(csv.length),
    "accept-ranges": "bytes",
    etag: /^"[0-9a-f]{32}"$/,
    "content-disposition":
      /^attachment; filename="M.rz \\"1\\"\.csv"; filename\*=UTF-8''M%C3%A4rz%20%221%22\.csv$/,
  });

  const head = await fetch(url, { method: "HEAD" });
  t.equal(head.status, 200);
  t.equal(await head.text(), "");
  for (const name of ["content-length", "etag", "accept-ranges", "content-disposition", "content-type"]) {
    t.equal(head.headers.get(name), response.headers.get(name), name);
  }
  const again = await fetch(url, { headers: { "if-none-match": response.headers.get("etag") ?? "" } });
  t.equal(again.status, 304);
  t.equal(await again.text(), "");
  const headAgain = await fetch(url, { method: "HEAD", headers: { "if-none-match": "*" } });
  t.equal(headAgain.status, 304, "HEAD answers alike");
});

t.test("ranges", async (t) => {
  const url = fileUrl(await send("a.csv", csv));
  const part = async (range: string, headers: Record<string, string> = {}) => {
    const response = await fetch(url, { headers: { range, ...headers } });
    return {
      status: response.status,
      text: await response.text(),
      range: response.headers.get("content-range"),
    };
  };
  const total = csv.length;
  t.strictSame(await part("bytes=0-4"), { status: 206, text: "store", range: `bytes 0-4/${total}` });
  t.strictSame(await part("bytes=17-"), {
    status: 206,
    text: csv.slice(17),
    range: `bytes 17-${total - 1}/${total}`,
  });
  t.strictSame(await part("bytes=-2"), {
    status: 206,
    text: "5\n",
    range: `bytes ${total - 2}-${total - 1}/${total}`,
  });
  t.strictSame(await part("bytes=0-4", { "if-range": '"other"' }), { status: 200, text: csv, range: null });
  t.strictSame(await part("bytes=0-1,3-4"), { status: 200, text: csv, range: null });
  const beyond = await fetch(url, { headers: { range: "bytes=5000-" } });
  t.equal(beyond.headers.get("content-range"), `bytes */${total}`);
  t.match(await problemOf(beyond), { status: 416, code: "range_not_satisfiable" });
});

t.test("a file made of parts, whole and in ranges", async (t) => {
  const large = Buffer.alloc(9 * MIB, "0123456789\n");
  const url = fileUrl(await send("large.csv", large));
  t.ok(Buffer.from(await (await fetch(url)).arrayBuffer()).equals(large));
  const range = await fetch(url, { headers: { range: `bytes=${8 * MIB - 5}-${8 * MIB + 4}` } });
  t.equal(await range.text(), large.subarray(8 * MIB - 5, 8 * MIB + 5).toString());
});

t.test("a client that goes away ends the reading from S3", async (t) => {
  const id = await send("large.csv", Buffer.alloc(40 * MIB, "x"));
  let opened: Readable | undefined;
  api.s3.middlewareStack.add(
    (next, { commandName }) =>
      async (input) => {
        const result = await next(input);
        if (commandName === "GetObjectCommand") opened = (result.output as { Body: Readable }).Body;
        return result;
      },
    { step: "initialize" },
  );
  const request = get(fileUrl(id), { headers: { "x-api-key": ADMIN_KEY } });
  const response = await new Promise<IncomingMessage>((resolve) => request.once("response", resolve));
  response.pause();
  request.destroy();
  await until("reading from S3 has ended", () => opened?.destroyed === true);
  t.notOk(opened?.readableEnded, "before its end");
  await until("the request is logged", () =>
    api.logged.some(({ path, status }) => status === 499 && String(path).endsWith(`${id}/file`)),
  );
  t.notOk(
    api.logged.some(({ level }) => level === "error"),
    "and nobody is alarmed",
  );
});

t.test("a file that is gone or was replaced is not passed off as the original", async (t) => {
  const Bucket = api.context.resources.buckets.inventory;
  for (const [change, method] of [
    ["replace", "GET"],
    ["replace", "HEAD"],
    ["delete", "GET"],
    ["delete", "HEAD"],
  ]) {
    const id = await send("a.csv", csv);
    const Key = `inventory/${id}.csv`;
    if (change === "replace") await api.s3.send(new PutObjectCommand({ Bucket, Key, Body: "other" }));
    else await api.s3.send(new DeleteObjectCommand({ Bucket, Key }));
    const response = await fetch(fileUrl(id), { method: method ?? "GET" });
    t.equal(response.status, 404, `${change}, ${method}`);
    if (method === "GET") t.match(await problemOf(response), { code: "file_not_found" });
  }
  t.match(await problemOf(await fetch(fileUrl("nobody"))), { code: "upload_not_found" });
});
