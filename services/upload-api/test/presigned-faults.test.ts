import { CompleteMultipartUploadCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import type { PendingUploadItem } from "@stockwire/contracts/items";
import { createDynamoClient, createS3Client } from "@stockwire/service-kit/aws-clients";
import t from "tap";
import { startSweeping, sweepAbandoned } from "../src/presigned/sweep-abandoned.ts";
import {
  apiWith,
  clear,
  fetch,
  MIB,
  nothingIsLeft,
  problemOf,
  receipts,
  startApi,
  until,
} from "./helpers.ts";
import {
  type Begun,
  begin,
  fileOf,
  PART,
  putPart,
  putParts,
  sendJson,
  startFor,
} from "./presigned-helpers.ts";

const api = await startApi(t, { PRESIGNED_PART_BYTES: String(PART) });
const content = fileOf(PART + MIB);

const complete = (begun: Begun, parts: unknown, url = api.url): Promise<Response> =>
  sendJson(`${url}${begun.links.complete}`, { parts });
const remove = (begun: Begun, url = api.url): Promise<Response> =>
  fetch(`${url}${begun.links.self}`, { method: "DELETE" });
const stateOf = async ({ uploadId }: Begun) => (await api.context.pendingUploads.get(uploadId))?.State;
const accepted = async (): Promise<number> => {
  const { values } = await api.metrics.stockwire_uploads_total.get();
  return values.find(({ labels }) => labels.outcome === "accepted")?.value ?? 0;
};
/** Lets a day pass for an upload. */
const outlive = async ({ uploadId }: Begun): Promise<void> => {
  const item = (await api.context.pendingUploads.get(uploadId)) as PendingUploadItem;
  await api.context.pendingUploads.put({ ...item, OpenUntil: 1 });
};

t.afterEach(() => clear(api));

t.test("it is not complete while a part is missing", async (t) => {
  const begun = await begin(api.url, content);
  const parts = await putParts(begun, content);
  const problem = await problemOf(await complete(begun, parts.slice(1)));
  t.match(problem, { status: 409, code: "parts_missing", detail: /Not there: part 1\./ });
  t.equal((await receipts(api)).length, 0);
  t.equal((await complete(begun, parts)).status, 202);
});

t.test("an ETag that S3 does not know is refused, and may be corrected", async (t) => {
  const begun = await begin(api.url, content);
  const parts = await putParts(begun, content);
  const wrong = [{ partNumber: 1, etag: '"00000000000000000000000000000000"' }, ...parts.slice(1)];
  t.match(await problemOf(await complete(begun, wrong)), { status: 409, code: "parts_missing" });
  t.equal(await stateOf(begun), "open");
  t.equal((await complete(begun, parts)).status, 202);
});

t.test("a part number that the file does not have is refused", async (t) => {
  const begun = await begin(api.url, content);
  const body = [{ partNumber: 3, etag: "x" }];
  t.match(await problemOf(await complete(begun, body)), { status: 400, detail: /no part 3: the file has 2/ });
  const signed = await sendJson(`${api.url}${begun.links.parts}`, { only: [3] });
  t.equal((await problemOf(signed)).code, "invalid_request");
  await remove(begun);
});

t.test("a completed upload answers the same again, also to two at once", async (t) => {
  const begun = await begin(api.url, content);
  const parts = await putParts(begun, content);
  const before = await accepted();
  const both = await Promise.all([complete(begun, parts), complete(begun, parts)]);
  const [first, second] = await Promise.all(both.map((response) => response.json()));
  t.same(
    both.map(({ status }) => status),
    [202, 202],
  );
  t.same(second, first);
  const [receipt] = await receipts(api);
  const third = await complete(begun, []);
  t.equal(third.status, 202);
  t.same(await third.json(), first);
  t.same(await receipts(api), [receipt], "one receipt, with one version");
  t.equal((await accepted()) - before, 1, "counted once");
});

t.test("a crash between object and receipt is mended by the next call", async (t) => {
  const begun = await begin(api.url, content);
  const parts = await putParts(begun, content);
  const dynamo = createDynamoClient();
  dynamo.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        if (commandName === "PutItemCommand") throw new Error("killed");
        return next(args);
      },
    { step: "initialize" },
  );
  const crashing = await apiWith(t, api, { dynamo });
  t.equal((await complete(begun, parts, crashing)).status, 500);
  t.equal((await receipts(api)).length, 0);
  t.equal(await stateOf(begun), "completing");
  t.equal((await problemOf(await sendJson(`${api.url}${begun.links.parts}`))).code, "upload_completed");
  t.equal((await remove(begun)).status, 409, "it cannot be taken back");
  t.equal((await complete(begun, parts)).status, 202);
  t.equal((await receipts(api)).length, 1);
  t.equal(await stateOf(begun), "completed");
});

t.test("a lost answer of S3 is made up for", async (t) => {
  const begun = await begin(api.url, content);
  const parts = await putParts(begun, content);
  const s3 = createS3Client();
  s3.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        // What the SDK does when a connection breaks before the answer: it sends again.
        if (commandName === "CompleteMultipartUploadCommand") {
          await api.s3.send(new CompleteMultipartUploadCommand(args.input as never));
        }
        return next(args);
      },
    { step: "initialize" },
  );
  t.equal((await complete(begun, parts, await apiWith(t, api, { s3 }))).status, 202);
  t.equal((await receipts(api)).length, 1);
});

t.test("where the worker was quicker its version stands", async (t) => {
  const begun = await begin(api.url, content);
  const parts = await putParts(begun, content);
  const receivedAt = "2026-01-01T00:00:00.000Z";
  const s3 = createS3Client();
  s3.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const output = await next(args);
        if (commandName === "CompleteMultipartUploadCommand") {
          const { uploadId: UploadId } = begun;
          const item = {
            UploadId,
            Kind: "inventory",
            Status: "loading",
            ReceivedAt: receivedAt,
            Day: "2026-01-01",
          };
          await api.context.uploads.create(item as never);
        }
        return output;
      },
    { step: "initialize" },
  );
  const response = await complete(begun, parts, await apiWith(t, api, { s3 }));
  t.equal(response.status, 202);
  t.match(await response.json(), { uploads: [{ status: "loading", bytes: content.length }] });
  t.match(await receipts(api), [{ ReceivedAt: receivedAt }]);
});

t.test("parts of another size than announced never become a file", async (t) => {
  // The announced sizes are signed; this is what an endpoint lets through that does not check them.
  const begun = await begin(api.url, content);
  const s3 = createS3Client();
  const { uploadId } = begun;
  s3.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const output = await next(args);
        if (commandName === "HeadObjectCommand")
          (output.output as { ContentLength: number }).ContentLength += 1;
        return output;
      },
    { step: "initialize" },
  );
  const parts = await putParts(begun, content);
  const problem = await problemOf(await complete(begun, parts, await apiWith(t, api, { s3 })));
  t.match(problem, { status: 409, code: "size_mismatch", detail: /has 6291457 bytes, not 6291456/ });
  const { Contents = [] } = await api.s3.send(
    new ListObjectsV2Command({ Bucket: "inventory", Prefix: uploadId }),
  );
  t.same(Contents, []);
  t.equal((await receipts(api)).length, 0);
  t.equal((await problemOf(await complete(begun, parts))).code, "upload_expired");
});

t.test("an upload can be aborted until it is complete", async (t) => {
  const begun = await begin(api.url, content);
  const parts = await putParts(begun, content);
  t.equal((await remove(begun)).status, 204);
  t.equal((await remove(begun)).status, 204, "also twice");
  t.ok(await nothingIsLeft(api));
  t.match(await problemOf(await complete(begun, parts)), { status: 410, code: "upload_expired" });
  t.equal((await problemOf(await sendJson(`${api.url}${begun.links.parts}`))).code, "upload_expired");
  await t.rejects(putPart(begun.parts[0]?.url ?? "", content.subarray(0, PART)), /404/);
  const done = await begin(api.url, content);
  await complete(done, await putParts(done, content));
  t.match(await problemOf(await remove(done)), { status: 409, code: "upload_completed" });
  t.equal((await receipts(api)).length, 1);
});

t.test("what S3 has given up by itself is said to be gone", async (t) => {
  const begun = await begin(api.url, content);
  const parts = await putParts(begun, content);
  const item = (await api.context.pendingUploads.get(begun.uploadId)) as PendingUploadItem;
  await api.context.pendingUploads.put({ ...item, S3UploadId: "expired" });
  t.match(await problemOf(await complete(begun, parts)), { status: 410, code: "upload_expired" });
  t.equal(await stateOf(begun), "aborted");
  await api.context.pendingUploads.put({ ...item, State: "open" });
  await remove(begun);
});

t.test("abandoned uploads are removed, others left alone", async (t) => {
  const abandoned = await begin(api.url, content);
  const current = await begin(api.url, content);
  const made = await begin(api.url, content);
  await putParts(abandoned, content);
  const parts = await putParts(current, content);
  await complete(made, await putParts(made, content));
  const item = (await api.context.pendingUploads.get(made.uploadId)) as PendingUploadItem;
  await api.context.pendingUploads.put({ ...item, State: "completing", OpenUntil: 1 });
  await outlive(abandoned);
  t.equal((await problemOf(await sendJson(`${api.url}${abandoned.links.parts}`))).code, "upload_expired");
  const [first, second] = await Promise.all([sweepAbandoned(api.context), sweepAbandoned(api.context)]);
  t.ok(first + second >= 1);
  t.equal(await stateOf(abandoned), "aborted");
  t.equal(await stateOf(made), "completed", "made, and only not said so");
  t.equal(await stateOf(current), "open");
  t.equal((await complete(current, parts)).status, 202);
  await clear(api);
  t.ok(await nothingIsLeft(api));
});

t.test("the service looks for them by itself", async (t) => {
  const begun = await begin(api.url, content);
  await outlive(begun);
  const sweeping = startSweeping(api.context, 0.01);
  t.teardown(sweeping.stop);
  await until("it is given up", async () => (await stateOf(begun)) === "aborted");
  t.ok(await nothingIsLeft(api));
});

t.test("another's upload is not there", async (t) => {
  const mine = await startFor(t, api.context, { id: "till" });
  const begun = await begin(mine, content);
  const parts = await putParts(begun, content);
  const stranger = await startFor(t, api.context, { id: "stranger" });
  const answers = [
    await fetch(`${stranger}${begun.links.parts}`),
    await sendJson(`${stranger}${begun.links.parts}`),
    await complete(begun, parts, stranger),
    await remove(begun, stranger),
    await complete({ ...begun, links: { ...begun.links, complete: "/v1/uploads/none/complete" } }, []),
  ];
  for (const answer of answers) t.match(await problemOf(answer), { status: 404, code: "upload_not_found" });
  const admin = await startFor(t, api.context, { id: "operator", scopes: ["admin", "upload", "read"] });
  t.equal((await complete(begun, parts, admin)).status, 202, "an administrator may end it");
});

t.test("a file that cannot be remembered leaves nothing in S3", async (t) => {
  const dynamo = createDynamoClient();
  dynamo.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        if (commandName === "PutItemCommand") throw new Error("no table");
        return next(args);
      },
    { step: "initialize" },
  );
  await t.rejects(begin(await apiWith(t, api, { dynamo }), content), /internal_error/);
  t.ok(await nothingIsLeft(api));
});
