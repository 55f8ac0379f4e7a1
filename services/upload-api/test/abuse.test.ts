import { createHash } from "node:crypto";
import { once } from "node:events";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { HeadObjectCommand } from "@aws-sdk/client-s3";
import { decodeUploadMetadata } from "@stockwire/contracts/object-metadata";
import t, { type Test } from "tap";
import {
  ADMIN_KEY,
  clear,
  csvOf,
  fetch,
  formOf,
  MIB,
  nothingIsLeft,
  objectKeys,
  openSocket,
  problemOf,
  receipts,
  startApi,
  until,
  write,
} from "./helpers.ts";

/** Every attack gets its answer, leaves nothing behind, and takes no memory with it. */

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const api = await startApi(t, {
  BODY_STALL_SECONDS: "1",
  BODY_MIN_BYTES_PER_SECOND: "1000",
  HEADERS_TIMEOUT_SECONDS: "1",
});

const FORM = "multipart/form-data; boundary=b";
const part = (disposition: string, content = "x"): string =>
  `--b\r\ncontent-disposition: form-data; ${disposition}\r\n\r\n${content}\r\n`;
const END = "--b--\r\n";

const post = (body: string | Uint8Array<ArrayBuffer> | FormData, headers: Record<string, string> = {}) =>
  fetch(`${api.url}/v1/inventory`, { method: "POST", body, headers });

const refused = async (
  t: Test,
  response: Response,
  status: number,
  code: string,
  what = code,
): Promise<void> => {
  t.equal(response.headers.get("x-content-type-options"), "nosniff");
  t.match(response.headers.get("content-type"), /^application\/problem\+json/);
  t.match(await problemOf(response), { status, code }, what);
  t.ok(await nothingIsLeft(api), `${what}: nothing is kept`);
};

/** Writes as a client that reads only afterwards, and answers all that came back. */
const exchange = async (...data: readonly (string | Uint8Array)[]): Promise<string> => {
  const socket = await openSocket(api);
  let answer = "";
  socket.on("data", (chunk) => (answer += chunk)).on("error", () => {});
  const closed = once(socket, "close");
  for (const piece of data) if (socket.writable) await write(socket, piece).catch(() => {});
  await closed;
  return answer;
};

t.test("10,000 parts, of whatever kind", async (t) => {
  const files = part('name="file"; filename="a.csv"').repeat(10_000) + END;
  await refused(t, await post(files, { "content-type": FORM }), 413, "too_many_files");
  const socket = await openSocket(api);
  const [answer] = (await Promise.all([
    once(socket, "data"),
    write(
      socket,
      `POST /v1/inventory HTTP/1.1\r\nhost: localhost\r\nx-api-key: ${ADMIN_KEY}\r\ncontent-type: ${FORM}\r\ncontent-length: ${files.length}\r\n\r\n` +
        part('name="file"; filename="a.csv"').repeat(102),
    ),
  ]).then(([data]) => data)) as [Buffer];
  socket.destroy();
  t.match(String(answer), /^HTTP\/1\.1 413 .*too_many_files/s, "without waiting for the rest");
  await until("nothing is left", () => nothingIsLeft(api));
  await refused(
    t,
    await post(part('name="a"').repeat(10_000) + END, { "content-type": FORM }),
    400,
    "unexpected_field",
  );
  await refused(
    t,
    await post(part('name="file"').repeat(10_000) + END, { "content-type": FORM }),
    400,
    "unexpected_field",
  );
  const mixed = (part('name="file"; filename="a.csv"') + part('name="file"')).repeat(5_000) + END;
  await refused(t, await post(mixed, { "content-type": FORM }), 400, "unexpected_field");
});

t.test("names and headers of parts that are too large", async (t) => {
  for (const length of [1_025, 20_000, MIB]) {
    const body = part(`name="file"; filename="${"x".repeat(length)}"`) + END;
    await refused(
      t,
      await post(body, { "content-type": FORM }),
      400,
      "filename_too_long",
      `${length} characters`,
    );
  }
  const long = part('name="file"; filename="a.csv"').replace(
    "\r\n\r\n",
    `\r\nx-more: ${"x".repeat(MIB)}\r\n\r\n`,
  );
  const taken = await post(long + END, { "content-type": FORM });
  t.match(taken.status, 202, "what is cut behind the name matters to nobody");
  await taken.body?.cancel();
  await clear(api);
  const named = part(`name="${"f".repeat(MIB)}"; filename="a.csv"`) + END;
  await refused(
    t,
    await post(named, { "content-type": FORM }),
    400,
    "unexpected_field",
    "1 MiB of field name",
  );
  const query = await fetch(`${api.url}/v1/inventory?filename=${"x".repeat(1_025)}`, {
    method: "POST",
    headers: { "content-type": "text/csv" },
    body: csvOf(1),
  });
  await refused(t, query, 400, "filename_too_long", "in the query");
});

t.test("a megabyte of header, of URL, or of headers that come one by one", async (t) => {
  const mebibyte = "x".repeat(MIB);
  for (const head of [
    `GET / HTTP/1.1\r\nhost: localhost\r\nx-long: ${mebibyte}\r\n\r\n`,
    `GET /${mebibyte} HTTP/1.1\r\nhost: localhost\r\n\r\n`,
    `GET / HTTP/1.1\r\nhost: localhost\r\n${"a: b\r\n".repeat(170_000)}\r\n`,
    `POST /v1/inventory HTTP/1.1\r\nhost: localhost\r\nauthorization: ${mebibyte}\r\ncontent-length: 1\r\n\r\nx`,
  ]) {
    const answer = await exchange(head);
    t.match(
      answer,
      /^HTTP\/1\.1 431 .*problem\+json.*x-content-type-options: nosniff.*"code":"headers_too_large"/s,
      head.slice(0, 60),
    );
  }
});

t.test("headers that do not come to their end", async (t) => {
  const answer = await exchange("GET / HTTP/1.1\r\nhost: localhost\r\nx-slow: ");
  t.match(answer, /^HTTP\/1\.1 408 .*"code":"headers_too_slow"/s);
});

t.test("a body that trickles", async (t) => {
  for (const head of [`content-type: text/csv`, `content-type: ${FORM}`]) {
    const socket = await openSocket(api);
    let answer = "";
    socket.on("data", (chunk) => (answer += chunk)).on("error", () => {});
    await write(
      socket,
      `POST /v1/inventory HTTP/1.1\r\nhost: localhost\r\nx-api-key: ${ADMIN_KEY}\r\n${head}\r\ncontent-length: 5000\r\n\r\n`,
    );
    if (head.endsWith("b")) await write(socket, part('name="file"; filename="a.csv"', "").slice(0, -2));
    const trickle = setInterval(() => void (socket.writable && socket.write("x")), 100);
    await once(socket, "close");
    clearInterval(trickle);
    t.match(answer, /^HTTP\/1\.1 408 .*connection: close.*"code":"body_too_slow"/is, head);
    await until("nothing is left", () => nothingIsLeft(api));
  }
});

t.test("a body that breaks off at every tenth of its length", async (t) => {
  const body = `${part('name="file"; filename="a.csv"', csvOf(40))}${part('name="file"; filename="b.csv"', csvOf(40))}${END}`;
  for (const large of [false, true]) {
    const content = large ? Buffer.alloc(10 * MIB, "x") : Buffer.from(body);
    const type = large ? "text/csv" : FORM;
    for (let tenth = 0; tenth < 10; tenth++) {
      const socket = await openSocket(api);
      socket.on("error", () => {});
      await write(
        socket,
        `POST /v1/inventory HTTP/1.1\r\nhost: localhost\r\nx-api-key: ${ADMIN_KEY}\r\ncontent-type: ${type}\r\ncontent-length: ${content.length}\r\n\r\n`,
      );
      if (tenth > 0) await write(socket, content.subarray(0, Math.floor((content.length * tenth) / 10)));
      socket.destroy();
    }
    await until("nothing is left", () => nothingIsLeft(api));
  }
  t.equal((await fetch(`${api.url}/v1/uploads`)).status, 200);
});

t.test("digests that disagree", async (t) => {
  const wrong = createHash("sha256").update("something else").digest("base64");
  for (const header of ["content-digest", "repr-digest"]) {
    const headers = { "content-type": "text/csv", [header]: `sha-256=:${wrong}:` };
    await refused(t, await post(csvOf(5), headers), 400, "digest_mismatch", header);
    await refused(
      t,
      await post(Buffer.alloc(9 * MIB, "x"), headers),
      400,
      "digest_mismatch",
      `${header}, large`,
    );
  }
});

t.test("compressed files, under whatever name and type", async (t) => {
  const zip = Buffer.concat([Buffer.from("504b0304140000000800", "hex"), Buffer.alloc(5_000, 7)]);
  const csv = Buffer.from(csvOf(2_000));
  for (const [what, bytes] of [
    ["zip", zip],
    ["an empty zip", Buffer.from("504b050600000000", "hex")],
    ["gzip", gzipSync(csv)],
    ["zstd", zstdCompressSync(csv)],
    ["nothing but a gzip's first bytes", Buffer.from("1f8b", "hex")],
    ["a large zip", Buffer.concat([zip, Buffer.alloc(9 * MIB)])],
  ] as const) {
    const body = new Uint8Array(bytes);
    await refused(t, await post(body, { "content-type": "text/csv" }), 415, "compressed_file", what);
    await refused(
      t,
      await post(formOf(["a.csv", csvOf(1)], ["b.csv", body])),
      415,
      "compressed_file",
      `${what} in a form`,
    );
  }
  for (const encoding of ["gzip", "deflate", "br", "zstd", "gzip, gzip"]) {
    const headers = { "content-type": "text/csv", "content-encoding": encoding };
    await refused(
      t,
      await post(new Uint8Array(gzipSync(csv)), headers),
      415,
      "unsupported_media_type",
      encoding,
    );
  }
  const answer = await exchange(
    `POST /v1/inventory HTTP/1.1\r\nhost: localhost\r\nx-api-key: ${ADMIN_KEY}\r\nconnection: close\r\ncontent-type: text/csv\r\ncontent-length: 4\r\n\r\n`,
    Buffer.from([0x1f]),
    Buffer.from([0x8b]),
    Buffer.from([8, 0]),
  );
  t.match(answer, /^HTTP\/1\.1 415 .*compressed_file/s, "byte by byte");
  for (const text of ["P", "PK", "PK,store,item", "7z"]) {
    const response = await post(text, { "content-type": "text/csv" });
    t.equal(response.status, 202, `${text} is text`);
    await response.body?.cancel();
  }
  await clear(api);
});

t.test("names never become keys, however they are written", async (t) => {
  const names = [
    "../../../etc/passwd",
    "..\\..\\windows\\system.ini",
    "/absolute.csv",
    "a/../../inventory/other.csv",
    "inventory/00000000-0000-7000-8000-000000000000.csv",
    "%2e%2e%2fetc%2fpasswd",
    "nul\u0000byte.csv",
    "bell\u0007\u001b[31m.csv",
    "\u202evsc.exe",
    "..",
    ".",
    "con",
    "a".repeat(1_024),
    "😀".repeat(200),
    "' OR 1=1 --",
    "<script>alert(1)</script>.csv",
    "a.csv\u2028b.csv",
  ];
  for (const name of names) {
    const response = await fetch(`${api.url}/v1/inventory?filename=${encodeURIComponent(name)}`, {
      method: "POST",
      headers: { "content-type": "text/csv" },
      body: csvOf(1),
    });
    const { uploads } = (await response.json()) as { uploads: { uploadId: string; filename: string }[] };
    const [upload] = uploads;
    t.equal(response.status, 202, encodeURIComponent(name));
    t.notMatch(upload?.filename, /[/\\\p{Cc}\u2028\u202e]/u);
    const keys = await objectKeys(api);
    t.same(keys, [`inventory/${upload?.uploadId}.csv`]);
    const Bucket = api.context.resources.buckets.inventory;
    const { Metadata } = await api.s3.send(new HeadObjectCommand({ Bucket, Key: keys[0] ?? "" }));
    t.match(upload?.filename, decodeUploadMetadata(Metadata)?.filename, "as the worker would have it");
    const file = await fetch(`${api.url}/v1/uploads/${upload?.uploadId}/file`);
    t.equal(file.status, 200);
    t.notMatch(file.headers.get("content-disposition"), /[\p{Cc}/\\]|passwd"$/u);
    await file.body?.cancel();
    await clear(api);
  }
});

t.test("memory stays flat through all of it", async (t) => {
  const attack = async (): Promise<void> => {
    const bodies: [string | Uint8Array<ArrayBuffer>, Record<string, string>][] = [
      [part('name="file"; filename="a.csv"').repeat(2_000) + END, { "content-type": FORM }],
      [part(`name="file"; filename="${"x".repeat(MIB)}"`) + END, { "content-type": FORM }],
      [new Uint8Array(gzipSync(Buffer.alloc(MIB))), { "content-type": "text/csv" }],
      [Buffer.alloc(9 * MIB, "x"), { "content-type": "text/csv", "content-md5": "AAAAAAAAAAAAAAAAAAAAAA==" }],
      [Buffer.alloc(MIB, "x"), { "content-type": "text/html" }],
    ];
    for (const [body, headers] of bodies) await (await post(body, headers)).body?.cancel();
    await exchange(`GET / HTTP/1.1\r\nhost: localhost\r\nx: ${"x".repeat(MIB)}\r\n\r\n`);
  };
  const held = (): number => {
    collectGarbage();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return (heapUsed + arrayBuffers) / MIB;
  };
  for (let round = 0; round < 3; round++) await attack();
  api.logged.length = 0;
  const before = held();
  for (let round = 0; round < 8; round++) await attack();
  api.logged.length = 0;
  // Sockets that were cut off let go of their buffers a little later.
  let grown = Number.POSITIVE_INFINITY;
  await until("memory is back", () => {
    grown = held() - before;
    return grown < 24;
  });
  t.comment(`${grown.toFixed(1)} MiB after 48 attacks`);
  t.ok(await nothingIsLeft(api));
  t.same(await receipts(api), []);
});
