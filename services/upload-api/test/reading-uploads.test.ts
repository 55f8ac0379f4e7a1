import { PutObjectCommand } from "@aws-sdk/client-s3";
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { UploadItem } from "@stockwire/contracts/items";
import { rejectedRowsKey, uploadVersion } from "@stockwire/contracts/keys";
import type { Receipt } from "@stockwire/contracts/receipt";
import t from "tap";
import { getReceipts } from "../src/queries/get-receipts.ts";
import { fetch, follow, problemOf, startApi } from "./helpers.ts";

const api = await startApi(t);
const { tables, buckets } = api.context.resources;

interface List {
  items: Receipt[];
  cursor?: string;
}

const item = (day: string, n: number, rest: Partial<UploadItem> = {}): UploadItem => {
  const UploadId = `${day}-${String(n).padStart(4, "0")}`;
  const ReceivedAt = `${day}T10:00:00.${String(n).padStart(3, "0")}Z`;
  return {
    UploadId,
    Kind: "inventory",
    Status: n % 5 === 0 ? "failed" : "loaded",
    Filename: `${n}.csv`,
    Bytes: 10,
    ReceivedAt,
    Version: uploadVersion(ReceivedAt, UploadId),
    Day: day,
    Mode: "load",
    Bucket: buckets.inventory,
    Key: `inventory/${UploadId}.csv`,
    ExpiresAt: 4_000_000_000,
    Store: n % 2 === 0 ? "Berlin" : "São Paulo/Sul",
    ...rest,
  };
};

const made = ["2026-03-05", "2026-03-03", "2026-02-28"].flatMap((day) =>
  Array.from({ length: 25 }, (_, n) => item(day, n)).reverse(),
);
for (const upload of made) await api.context.uploads.create(upload);

const list = async (query: string): Promise<List> => {
  const response = await fetch(`${api.url}/v1/uploads${query}`);
  if (response.status !== 200) throw new Error(await response.text());
  return (await response.json()) as List;
};

const followed = async (limit: number, query = ""): Promise<string[]> =>
  (await follow<Receipt>(api, `/v1/uploads?${query}`, limit)).map(({ uploadId }) => uploadId);

const idsWhere = (holds: (upload: UploadItem) => boolean) =>
  made.filter(holds).map(({ UploadId }) => UploadId);

t.test("all receipts come newest first, over days, in full pages", async (t) => {
  const everything = idsWhere(() => true);
  for (const limit of [100, 25, 7]) t.strictSame(await followed(limit), everything);
  t.equal((await list("")).items.length, 50, "the default");
});

t.test("filters leave no page short", async (t) => {
  t.strictSame(
    await followed(4, "status=failed&"),
    idsWhere(({ Status }) => Status === "failed"),
  );
  const store = encodeURIComponent("São Paulo/Sul");
  t.strictSame(
    await followed(9, `store=${store}&`),
    idsWhere(({ Store }) => Store === "São Paulo/Sul"),
  );
  t.strictSame(
    await followed(2, "store=Berlin&status=failed&kind=inventory&"),
    idsWhere(({ Store, Status }) => Store === "Berlin" && Status === "failed"),
  );
  t.strictSame(await list("?kind=invoice"), { items: [] });
  t.strictSame(await list("?store=Nowhere"), { items: [] });
});

t.test("what a list is asked wrongly", async (t) => {
  const { cursor } = await list("?limit=3");
  for (const [query, code] of [
    ["?cursor=nonsense", "invalid_cursor"],
    [`?store=Berlin&cursor=${cursor}`, "invalid_cursor"],
    ["?limit=0", "invalid_request"],
    ["?limit=101", "invalid_request"],
    ["?limit=many", "invalid_request"],
    ["?status=lost", "invalid_request"],
    ["?stor=Berlin", "invalid_request"],
    ["?store=%20", "invalid_store"],
  ] as const) {
    const response = await fetch(`${api.url}/v1/uploads${query}`);
    t.match(await problemOf(response), { status: 400, code }, query);
  }
  const response = await fetch(`${api.url}/v1/uploads?limit=101`);
  t.match((await problemOf(response)).detail, "The query parameter limit must be <= 100.");
});

t.test("more receipts than one batch can be fetched at once", async (t) => {
  const ids = Array.from({ length: 150 }, (_, n) => made[n % made.length]?.UploadId ?? "");
  const found = await getReceipts(api.context, [
    ...new Set(ids),
    ...Array.from({ length: 90 }, (_, n) => `gone-${n}`),
  ]);
  t.equal(found.size, made.length);
});

t.test("a receipt that is not there, or is none", async (t) => {
  for (const id of ["01890000-0000-7000-8000-000000000000", "%1Fdays", "x".repeat(300), "a%2Fb"]) {
    const response = await fetch(`${api.url}/v1/uploads/${id}`);
    t.match(await problemOf(response), { status: 404, code: "upload_not_found" }, id);
  }
});

t.test("rejected rows are to be had when there are some", async (t) => {
  const none = made[0]?.UploadId ?? "";
  const url = (id: string) => `${api.url}/v1/uploads/${id}/rejected.csv`;
  t.match(await problemOf(await fetch(url(none))), { status: 404, code: "no_rejected_rows" });
  t.match(await problemOf(await fetch(url("nobody"))), { status: 404, code: "upload_not_found" });

  const some = item("2026-03-05", 900, {
    Filename: "März.csv",
    Status: "partial",
    Rows: { read: 2, written: 1, unchanged: 0, stale: 0, rejected: 1, repeated: 0 },
  });
  await api.context.uploads.create(some);
  t.match(await problemOf(await fetch(url(some.UploadId))), { status: 404, code: "file_not_found" });
  const csv = "line,column,code,message,store,item,count\n3,count,bad_count,…,Berlin,Echo,x\n";
  await api.s3.send(
    new PutObjectCommand({ Bucket: buckets.results, Key: rejectedRowsKey(some.UploadId), Body: csv }),
  );
  const response = await fetch(url(some.UploadId));
  t.equal(await response.text(), csv);
  t.equal(response.headers.get("content-type"), "text/csv; charset=utf-8");
  t.match(response.headers.get("content-disposition"), "filename*=UTF-8''M%C3%A4rz-rejected.csv");
  t.match(await (await fetch(url(some.UploadId).replace("/rejected.csv", ""))).json(), {
    links: { rejected: `/v1/uploads/${some.UploadId}/rejected.csv` },
  });
});

t.test("a day whose receipts have all expired is passed over", async (t) => {
  const newest = item("2026-03-06", 1);
  await api.context.uploads.create(newest);
  await api.dynamo.send(
    new UpdateCommand({
      TableName: tables.Uploads,
      Key: { UploadId: "\u001fdays" },
      UpdateExpression: "ADD Days :day",
      ExpressionAttributeValues: { ":day": new Set(["2026-03-09"]) },
    }),
  );
  t.equal((await list("?limit=1")).items[0]?.uploadId, newest.UploadId);
});
