import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { createS3Client } from "@stockwire/service-kit/aws-clients";
import t from "tap";
import { startStack, until } from "./stack.ts";

const folder = join(import.meta.dirname, "../samples/inventory");
const samples = readdirSync(folder).map((name) => ({ name, content: readFileSync(join(folder, name)) }));

const stack = await startStack();
t.teardown(stack.stop);

interface Alert {
  store: string;
  item: string;
  kind: string;
  message: string;
  publishedAt: string | null;
}
const alerts = async (): Promise<Alert[]> =>
  (await stack.getJson<{ items: Alert[] }>("/v1/alerts?limit=100")).items;

const expectedAlerts = [
  "Berlin is out of stock of Echo Plus",
  "Calcutta is out of stock of Echo (2nd Gen)",
  "Karachi is out of stock of Echo Show",
  "Pusan is out of stock of Echo Dot",
  "Shanghai is out of stock of Echo Look",
  "Springfield is out of stock of Amazon Tap",
];

t.test("six sample files: 36 items, 6 out of stock, 6 notifications", async (t) => {
  for (const { name, content } of samples) {
    const receipt = await stack.ended(await stack.send(content, `?filename=${name}`));
    t.match(receipt, { status: "loaded", filename: name, rows: { read: 6, written: 6, rejected: 0 } }, name);
  }
  const { items: stores } = await stack.getJson<{
    items: { store: string; items: number; outOfStock: number }[];
  }>("/v1/stores");
  t.equal(stores.length, 6);
  t.equal(
    stores.reduce((sum, { items }) => sum + items, 0),
    36,
  );
  t.ok(stores.every(({ outOfStock }) => outOfStock === 1));
  t.same((await stack.stock("Berlin")).get("Echo Plus")?.count, 0);
  t.same((await stack.told(6)).toSorted(), expectedAlerts);
  t.ok(stack.inbox.every(({ subject }) => subject === "Inventory Alert!"));
  const recorded = await until(async () => {
    const found = await alerts();
    return found.length === 6 && found.every(({ publishedAt }) => publishedAt) ? found : undefined;
  }, "six published alerts");
  t.same(recorded.map(({ message }) => message).toSorted(), expectedAlerts);
  t.ok(recorded.every(({ kind }) => kind === "out"));
});

t.test("each file again is a duplicate: nothing written, nobody told", async (t) => {
  for (const { content } of samples) {
    const receipt = await stack.ended(await stack.send(content));
    t.match(receipt, { status: "duplicate", rows: { read: 6, written: 0 }, duplicateOf: String });
  }
  // What comes later is told, so what was not told by then never will be.
  await stack.ended(await stack.send("store,item,count\nMarker,first,0\n"));
  t.same((await stack.told(7)).toSorted(), [...expectedAlerts, "Marker is out of stock of first"].toSorted());
});

t.test("out, then back, each told once", async (t) => {
  await stack.ended(await stack.send("store,item,count\nLima,Echo,3\n"));
  await stack.ended(await stack.send("store,item,count\nLima,Echo,0\n"));
  await stack.ended(await stack.send("store,item,count\nLima,Echo,12\n"));
  await stack.ended(await stack.send("store,item,count\nLima,Echo,11\n"));
  await until(async () => {
    const messages = (await alerts()).filter(({ store, publishedAt }) => store === "Lima" && publishedAt);
    return messages.length === 2 ? messages : undefined;
  }, "both alerts");
  const lines = (await stack.told(9)).filter((line) => line.startsWith("Lima"));
  t.same(lines.toSorted(), ["Lima has Echo back in stock: 12", "Lima is out of stock of Echo"]);
});

t.test("two files in one request give two receipts", async (t) => {
  const form = new FormData();
  form.append("file", new Blob(["store,item,count\nOslo,a,1\n"]), "a.csv");
  form.append("file", new Blob(["store,item,count\nOslo,b,2\n"]), "b.csv");
  const response = await stack.ask("/v1/inventory", { method: "POST", body: form });
  t.equal(response.status, 202);
  const { uploads } = (await response.json()) as { uploads: { uploadId: string; filename: string }[] };
  t.same(
    uploads.map(({ filename }) => filename),
    ["a.csv", "b.csv"],
  );
  for (const { uploadId } of uploads) t.equal((await stack.ended(uploadId)).status, "loaded");
  t.same([...(await stack.stock("Oslo")).keys()], ["a", "b"]);
});

t.test("an object put straight into the bucket is loaded and gets a receipt", async (t) => {
  Object.assign(process.env, stack.cloud.environment);
  const s3 = createS3Client();
  await s3.send(
    new PutObjectCommand({
      Bucket: "inventory",
      Key: "drop/any name.csv",
      Body: "store,item,count\nQuito,Echo,4\n",
    }),
  );
  s3.destroy();
  const receipt = await until(async () => {
    const { items } = await stack.getJson<{ items: { filename: string; status: string; rows: unknown }[] }>(
      "/v1/uploads",
    );
    return items.find(({ filename, status }) => filename === "any name.csv" && status === "loaded");
  }, "the drop's receipt");
  t.match(receipt, { rows: { written: 1 } });
  t.equal((await stack.stock("Quito")).get("Echo")?.count, 4);
});

t.test("every kind of bad row is told, and all of them can be downloaded and sent again", async (t) => {
  const bad: [row: string, code: string][] = [
    [",Echo,1", "empty_store"],
    ["Turin,,1", "empty_item"],
    ["Turin,Echo,-1", "bad_count"],
    ["Turin,Echo,5.0", "bad_count"],
    ["Turin,Echo,1e3", "bad_count"],
    ["Turin,Echo,１", "bad_count"],
    ["Turin,Echo,", "bad_count"],
    ["Turin,Echo,1000000000", "count_out_of_range"],
    ["Turin,Echo", "ragged_row"],
    ["Turin,Echo,1,1", "ragged_row"],
    [`Turin,${"x".repeat(257)},1`, "value_too_long"],
    [`${"x".repeat(129)},Echo,1`, "value_too_long"],
    ["Turin,Ec\u0007ho,1", "control_character"],
    [`Turin,${"x".repeat(70_000)},1`, "row_too_long"],
    ['Turin,"open,1\nTurin,swallowed,1', "unclosed_quote"],
  ];
  const content = ["store,item,count", "Turin,good,1", ...bad.map(([row]) => row)].join("\n");
  const receipt = await stack.ended(await stack.send(content));
  t.match(receipt, { status: "partial", rows: { read: bad.length + 1, written: 1, rejected: bad.length } });
  t.same(
    receipt.rejected.map(({ line, code }) => [line, code]),
    bad.map(([, code], index) => [index + 3, code]),
  );
  t.ok(receipt.rejected.every(({ value, message }) => value.length <= 200 && message.length > 0));
  const download = await stack.ask(receipt.links.rejected ?? "");
  const lines = (await download.text()).split("\n");
  t.equal(lines[0], "line,column,code,message,store,item,count");
  t.equal(lines[3], `5,count,bad_count,${lines[3]?.match(/bad_count,(".*"),Turin/)?.[1]},Turin,Echo,-1`);
});

t.test("a store restriction keeps other stores out", async (t) => {
  const receipt = await stack.ended(
    await stack.send("store,item,count\nRiga,a,1\nBerlin,Echo Dot,999\n", "?store=Riga"),
  );
  t.match(receipt, { status: "partial", store: "Riga", rejected: [{ line: 3, code: "store_not_allowed" }] });
  t.equal((await stack.stock("Berlin")).get("Echo Dot")?.count, 12);
});
