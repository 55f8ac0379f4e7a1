import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import type { UploadItem } from "@stockwire/contracts/items";
import { changesKey, undoIdFor, uploadVersion } from "@stockwire/contracts/keys";
import t from "tap";
import { v7 as uuidv7 } from "uuid";
import { fetch, follow, problemOf, startApi } from "./helpers.ts";

const api = await startApi(t);
const { tables, buckets } = api.context.resources;

const put = async (more: Partial<UploadItem> = {}): Promise<UploadItem> => {
  const UploadId = uuidv7();
  const ReceivedAt = more.ReceivedAt ?? new Date().toISOString();
  const item: UploadItem = {
    UploadId,
    Kind: "inventory",
    Status: "loaded",
    Filename: "berlin.csv",
    Bytes: 10,
    ReceivedAt,
    Version: uploadVersion(ReceivedAt, UploadId),
    Day: ReceivedAt.slice(0, 10),
    Mode: "load",
    Bucket: buckets.inventory,
    Key: `inventory/${UploadId}.csv`,
    Store: "Berlin",
    ExpiresAt: 4_000_000_000,
    ...more,
  };
  await api.dynamo.send(new PutCommand({ TableName: tables.Uploads, Item: item }));
  return item;
};
const undo = (id: string) => fetch(`${api.url}/v1/uploads/${id}/undo`, { method: "POST" });

t.test(
  "asking for an undoing makes an upload; asking again, also many times at once, answers the same",
  async (t) => {
    const target = await put();
    const answers = await Promise.all(Array.from({ length: 8 }, () => undo(target.UploadId)));
    answers.push(await undo(target.UploadId));
    const bodies = (await Promise.all(answers.map((answer) => answer.json()))) as {
      uploads: [{ uploadId: string }];
    }[];
    const undoId = undoIdFor(target.UploadId);
    t.same(new Set(answers.map(({ status }) => status)), new Set([202]));
    t.same(new Set(bodies.map(({ uploads }) => uploads[0].uploadId)), new Set([undoId]));
    t.equal(answers[0]?.headers.get("location"), `/v1/uploads/${undoId}`);
    const receipt = await (await fetch(`${api.url}/v1/uploads/${undoId}`)).json();
    t.match(receipt, {
      mode: "undo",
      undoOf: target.UploadId,
      store: "Berlin",
      status: "received",
      links: { undoOf: `/v1/uploads/${target.UploadId}` },
    });
    const object = await api.s3.send(
      new GetObjectCommand({ Bucket: buckets.inventory, Key: `undo/${undoId}.json` }),
    );
    t.match(object.Metadata, { mode: "undo", "undo-of": target.UploadId, "upload-id": undoId });
  },
);

t.test("what a route does not know is refused, not ignored", async (t) => {
  const { UploadId } = await put();
  const announced = { filename: "a.csv", bytes: 1, sha256: "0".repeat(64) };
  for (const [method, path] of [
    ["POST", `/v1/uploads/${UploadId}/undo?mode=validate`],
    ["POST", "/v1/uploads?mode=validate"],
    ["GET", `/v1/uploads/${UploadId}?x=1`],
    ["DELETE", `/v1/uploads/${UploadId}?x=1`],
  ] as const) {
    const isBegun = path.startsWith("/v1/uploads?");
    const answer = await fetch(api.url + path, {
      method,
      ...(isBegun && { headers: { "content-type": "application/json" }, body: JSON.stringify(announced) }),
    });
    t.match(
      await problemOf(answer),
      { status: 400, code: "invalid_request", detail: /not known here/ },
      path,
    );
  }
  t.match(await problemOf(await fetch(`${api.url}/v1/uploads/${undoIdFor(UploadId)}`)), {
    code: "upload_not_found",
  });
});

t.test("what cannot be undone says why", async (t) => {
  const old = new Date(Date.now() - 35 * 86_400_000).toISOString();
  const cases: [Partial<UploadItem>, string, RegExp][] = [
    [{ Status: "loading" }, "not_undoable", /is loading; it can be undone once it is loaded/],
    [{ Status: "duplicate", DuplicateOf: "the-first" }, "not_undoable", /repeats the-first/],
    [{ Status: "rejected" }, "not_undoable", /changed nothing/],
    [{ Status: "validated", Mode: "validate" }, "not_undoable", /dry run/],
    [{ Kind: "invoice" }, "not_undoable", /is an invoice/],
    [{ ReceivedAt: old }, "undo_too_late", /more than 34 days/],
    [{ Mode: "undo", UndoOf: "gone" }, "not_undoable", /receipt is gone/],
  ];
  for (const [more, code, detail] of cases) {
    const { UploadId } = await put(more);
    const answer = await undo(UploadId);
    t.equal(answer.status, 409);
    t.match(await problemOf(answer), { code, detail });
  }
  t.match(await problemOf(await undo(uuidv7())), { code: "upload_not_found" });
});

t.test("changes come in pages, with or without what stays as it is", async (t) => {
  const { UploadId } = await put({ Status: "validated", Mode: "validate" });
  const changes = Array.from({ length: 9_000 }, (_, n) => ({
    store: "Berlin",
    item: `Größe ${n}`,
    line: n + 2,
    before: n,
    after: n % 100 === 0 ? n + 1 : n,
    change: n % 100 === 0 ? "changed" : "unchanged",
  }));
  await api.s3.send(
    new PutObjectCommand({
      Bucket: buckets.results,
      Key: changesKey(UploadId),
      Body: changes.map((change) => `${JSON.stringify(change)}\n`).join(""),
    }),
  );
  const path = `/v1/uploads/${UploadId}/changes`;
  const url = api.url + path;
  t.same(await follow(api, `${path}?`, 1_000), changes);
  t.same(
    await follow(api, `${path}?changed=true&`, 45),
    changes.filter(({ change }) => change === "changed"),
  );
  const made = Buffer.from(JSON.stringify({ Offset: 17 })).toString("base64url");
  t.match(await problemOf(await fetch(`${url}?cursor=${made}`)), { code: "invalid_cursor" });
  const none = await put();
  t.match(await problemOf(await fetch(`${api.url}/v1/uploads/${none.UploadId}/changes`)), {
    code: "no_changes",
  });
});
