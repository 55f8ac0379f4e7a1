import { GetObjectCommand, HeadObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { PendingUploadItem } from "@stockwire/contracts/items";
import type { Receipt } from "@stockwire/contracts/receipt";
import { createS3Client, createUrlSigner } from "@stockwire/service-kit/aws-clients";
import t from "tap";
import { partBytesFor, planParts } from "../src/presigned/part-plan.ts";
import { signParts } from "../src/presigned/sign-parts.ts";
import { apiWith, fetch, MIB, problemOf, startApi } from "./helpers.ts";
import {
  type Begun,
  begin,
  fileOf,
  PART,
  putPart,
  putParts,
  sendJson,
  sha256Of,
  slice,
  startFor,
} from "./presigned-helpers.ts";

const api = await startApi(t, { PRESIGNED_PART_BYTES: String(PART), MAX_PRESIGNED_BYTES: String(40 * MIB) });
const content = fileOf(2 * PART + MIB);

const pendingOf = async (uploadId: string): Promise<PendingUploadItem> =>
  (await api.context.pendingUploads.get(uploadId)) as PendingUploadItem;

t.test("a big file goes to S3 part by part and has a receipt", async (t) => {
  const begun = await begin(api.url, content, { filename: "dir/Bestände.csv", store: " Berlin " });
  t.same(
    begun.parts.map(({ partNumber, bytes }) => [partNumber, bytes]),
    [
      [1, PART],
      [2, PART],
      [3, MIB],
    ],
  );
  const notYet = await fetch(`${api.url}${begun.links.self}`);
  t.equal(notYet.status, 404, "no receipt before it is complete");
  const parts = await putParts(begun, content);
  const before = new Date().toISOString();
  const response = await sendJson(`${api.url}${begun.links.complete}`, { parts });
  t.equal(response.status, 202);
  t.equal(response.headers.get("location"), begun.links.self);
  t.same(await response.json(), {
    uploads: [
      {
        uploadId: begun.uploadId,
        filename: "Bestände.csv",
        bytes: content.length,
        sha256: sha256Of(content),
        status: "received",
        links: { self: begun.links.self },
      },
    ],
  });
  const receipt = (await (await fetch(`${api.url}${begun.links.self}`)).json()) as Receipt;
  t.match(receipt, { status: "received", store: "Berlin", bytes: content.length, sha256: sha256Of(content) });
  t.ok(receipt.receivedAt >= before, "received when it was completed");
  const place = { Bucket: "inventory", Key: `inventory/${begun.uploadId}.csv` };
  const head = await api.s3.send(new HeadObjectCommand(place));
  t.equal(head.ContentType, "text/csv");
  t.same(head.Metadata, {
    "upload-id": begun.uploadId,
    filename: encodeURIComponent("Bestände.csv"),
    mode: "load",
    store: "Berlin",
    sha256: sha256Of(content),
  });
  const stored = await api.s3.send(new GetObjectCommand(place));
  t.equal(sha256Of((await stored.Body?.transformToByteArray()) as Uint8Array), sha256Of(content));
  const state = await (await fetch(`${api.url}${begun.links.parts}`)).json();
  t.match(state, { state: "completed", missing: [] }, "and the parts say so");
  const again = await sendJson(`${api.url}${begun.links.parts}`, {});
  t.equal((await problemOf(again)).code, "upload_completed");
});

t.test("an address signs host and length, and nothing that a browser could not send", async (t) => {
  const begun = await begin(api.url, content);
  for (const { url } of begun.parts) {
    const { searchParams } = new URL(url);
    t.equal(searchParams.get("X-Amz-SignedHeaders"), "content-length;host");
    t.notOk(
      [...searchParams.keys()].some((name) => /checksum-(?!mode)/i.test(name)),
      url,
    );
    t.equal(searchParams.get("X-Amz-Expires"), "3600");
  }
  const left = Date.parse(begun.expiresAt) - Date.now();
  t.ok(left > 86_000_000 && left <= 86_401_000, "a day to complete it");
});

t.test("an address ends with the credentials that signed it", async (t) => {
  const begun = await begin(api.url, content);
  const item = await pendingOf(begun.uploadId);
  const expiration = new Date(Date.now() + 60_000);
  const credentials = { accessKeyId: "role", secretAccessKey: "x", sessionToken: "y", expiration };
  const urlSigner = new S3Client({ region: "eu-west-1", credentials: async () => credentials });
  const signed = await signParts(item, planParts(item.Bytes, item.PartBytes), { ...api.context, urlSigner });
  t.equal(signed.urlsExpireAt, expiration.toISOString());
});

t.test("addresses are for where senders reach S3", async (t) => {
  const context = { ...api.context, urlSigner: createUrlSigner("http://files.example:9000") };
  const begun = await begin(await startFor(t, context, { id: "till" }), content);
  t.match(begun.parts[0]?.url, /^http:\/\/files\.example:9000\/inventory\/inventory\//);
});

t.test("what broke off goes on with the parts that are missing", async (t) => {
  const begun = await begin(api.url, content);
  const etag = await putPart(begun.parts[1]?.url ?? "", slice(content, begun, 2));
  const response = await sendJson(`${api.url}${begun.links.parts}`, { have: [{ partNumber: 2, etag }] });
  t.equal(response.status, 200);
  const missing = (await response.json()) as Begun;
  t.same(
    missing.parts.map(({ partNumber }) => partNumber),
    [1, 3],
  );
  const state = (await (await fetch(`${api.url}${begun.links.parts}`)).json()) as Record<string, unknown>;
  t.match(state, { state: "open", missing: [1, 3], bytes: content.length, sha256: sha256Of(content) });
  // Nothing but the table knows part 2 by now.
  const withoutBody = (await (await sendJson(`${api.url}${begun.links.parts}`)).json()) as Begun;
  t.equal(withoutBody.parts.length, 2);
  const parts = await putParts(withoutBody, content);
  const completed = await sendJson(`${api.url}${begun.links.complete}`, { parts });
  t.equal(completed.status, 202);
});

t.test("a part that is there can be signed again by its number", async (t) => {
  const begun = await begin(api.url, content);
  const parts = await putParts(begun, content);
  const body = { have: parts, only: [2] };
  const signed = (await (await sendJson(`${api.url}${begun.links.parts}`, body)).json()) as Begun;
  t.same(
    signed.parts.map(({ partNumber }) => partNumber),
    [2],
  );
  t.equal((await sendJson(`${api.url}${begun.links.complete}`)).status, 202, "reported before");
});

t.test("where S3 lists parts, it is believed and not the sender", async (t) => {
  const s3 = createS3Client();
  let listed: unknown[] = [];
  s3.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName !== "ListPartsCommand") return next(args);
        const { UploadId } = args.input as { UploadId: string };
        return { response: {}, output: { $metadata: {}, UploadId, Parts: listed } as never };
      },
    { step: "initialize" },
  );
  const url = await apiWith(t, api, { s3 });
  const begun = await begin(url, content);
  const parts = await putParts(begun, content);
  const complete = () => sendJson(`${url}${begun.links.complete}`, { parts });
  t.match((await problemOf(await complete())).detail, /Not there: parts 1, 2, 3\./);
  const asListed = parts.map(({ partNumber, etag }) => ({ PartNumber: partNumber, ETag: etag, Size: PART }));
  listed = asListed;
  const problem = await problemOf(await complete());
  t.equal(problem.code, "size_mismatch");
  t.match(problem.detail, /Part 3 has 5242880 bytes, not 1048576\./);
  const again = (await (await sendJson(`${url}${begun.links.parts}`)).json()) as Begun;
  t.same(
    again.parts.map(({ partNumber }) => partNumber),
    [3],
    "and is to be sent again",
  );
  listed = asListed.with(2, { PartNumber: 3, ETag: parts[2]?.etag ?? "", Size: MIB });
  const completed = await sendJson(`${url}${begun.links.complete}`);
  t.equal(completed.status, 202, "no ETag is needed from the sender");
});

t.test("a page of this machine may read the ETag that it has to report", async (t) => {
  const begun = await begin(api.url, content);
  const origin = "http://localhost:8080";
  const preflight = await fetch(begun.parts[2]?.url ?? "", {
    method: "OPTIONS",
    headers: { origin, "access-control-request-method": "PUT" },
  });
  t.equal(preflight.status, 204);
  t.match(preflight.headers.get("access-control-allow-methods"), /PUT/);
  const response = await fetch(begun.parts[2]?.url ?? "", {
    method: "PUT",
    body: slice(content, begun, 3),
    headers: { origin },
  });
  t.equal(response.headers.get("access-control-allow-origin"), origin);
  t.match(response.headers.get("access-control-expose-headers"), /ETag/);
});

t.test("what cannot be begun is refused", async (t) => {
  const announced = { filename: "a.csv", bytes: 10, sha256: "a".repeat(64) };
  const refused = async (body: unknown, status: number, code: string, detail: RegExp): Promise<void> => {
    const response = await sendJson(`${api.url}/v1/uploads`, body);
    const problem = await problemOf(response);
    t.match(problem, { status, code, detail }, JSON.stringify(body));
  };
  await refused({ ...announced, kind: "invoice" }, 400, "invalid_request", /POST \/v1\/invoices/);
  await refused({ ...announced, bytes: 0 }, 400, "invalid_request", /bytes/);
  await refused({ ...announced, bytes: 40 * MIB + 1 }, 413, "presigned_too_large", /41943040/);
  await refused({ ...announced, sha256: "abc" }, 400, "invalid_request", /sha256/);
  await refused({ ...announced, owner: "me" }, 400, "invalid_request", /owner is not known/);
  await refused({ ...announced, mode: "merge" }, 400, "mode_not_supported", /merge/);
  await refused({ ...announced, store: "" }, 400, "invalid_store", /empty/);
  await refused({ bytes: 1, sha256: announced.sha256 }, 400, "invalid_request", /filename is missing/);
  await refused(undefined, 400, "invalid_request", /must be object/);
  const post = (type: string, body: string) =>
    fetch(`${api.url}/v1/uploads`, { method: "POST", headers: { "content-type": type }, body });
  t.equal((await problemOf(await post("application/json", "{bytes"))).code, "invalid_request");
  t.equal((await problemOf(await post("text/csv", "store,item"))).code, "unsupported_media_type");
  const huge = await post("application/json", JSON.stringify({ filename: "x".repeat(300_000) }));
  t.equal((await problemOf(huge)).code, "body_too_large");
});

t.test("a key for one store stands for it, and for no other", async (t) => {
  const till = await startFor(t, api.context, { id: "till", stores: ["Berlin"] });
  const { uploadId } = await begin(till, content);
  t.equal((await pendingOf(uploadId)).StoreRestriction, "Berlin");
  t.equal((await pendingOf((await begin(till, content, { store: "Berlin" })).uploadId)).Owner, "till");
  const body = { filename: "a.csv", bytes: 10, sha256: "a".repeat(64), store: "Pusan" };
  t.match(await problemOf(await sendJson(`${till}/v1/uploads`, body)), {
    status: 403,
    code: "store_forbidden",
    detail: /may not send for the store/,
  });
});

t.test("parts grow with the file, so that there are never more than a hundred", async (t) => {
  const smallest = 16 * MIB;
  for (const bytes of [1, smallest, smallest + 1, 300 * MIB, 1600 * MIB + 1, 2048 * MIB]) {
    const partBytes = partBytesFor(bytes, smallest);
    const parts = planParts(bytes, partBytes);
    t.ok(parts.length <= 100, `${bytes}: ${parts.length} of ${partBytes}`);
    t.equal(
      parts.reduce((sum, part) => sum + part.bytes, 0),
      bytes,
    );
    t.ok((parts.at(-1)?.bytes ?? 0) > 0);
  }
});
