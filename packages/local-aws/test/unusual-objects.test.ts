import {
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  paginateListObjectsV2,
} from "@aws-sdk/client-s3";
import { decodeEventKey, type S3Event } from "@stockwire/contracts/s3-event";
import t from "tap";
import { startTestCloud, takeMessage, temporaryDirectory } from "./helpers.ts";

const Bucket = "inventory";

t.test("objects without a single byte are kept and announced", async (t) => {
  const dataDir = temporaryDirectory(t);
  const first = await startTestCloud(t, { dataDir });
  const keys = ["drop/empty.csv", "drop/folder/"];
  for (const Key of keys) {
    // With neither a body nor a type, which the SDK cannot be brought to send.
    const put = await fetch(`${first.environment.AWS_ENDPOINT_URL_S3}/${Bucket}/${Key}`, { method: "PUT" });
    t.equal(put.status, 200);
    const event = await takeMessage<S3Event>(first.clients.sqs, first.environment.QUEUE_INGEST);
    t.equal(decodeEventKey(event.Records[0]?.s3.object.key ?? ""), Key);
    t.equal(event.Records[0]?.s3.object.size, 0);
  }
  await first.stop();
  const second = await startTestCloud(t, { dataDir });
  for (const Key of keys) {
    t.equal((await second.clients.s3.send(new HeadObjectCommand({ Bucket, Key }))).ContentLength, 0);
  }
  t.same(second.logged, []);
});

t.test("keys that no file system could keep are refused, the longest others kept", async (t) => {
  const { clients, environment } = await startTestCloud(t, { dataDir: temporaryDirectory(t) });
  const put = (Key: string) => clients.s3.send(new PutObjectCommand({ Bucket, Key, Body: "x" }));
  await put(`drop/${"a".repeat(245)}`);
  await put(`drop/${"%".repeat(81)}`);
  await put(Array(4).fill("b".repeat(200)).join("/"));
  const refused = { name: "KeyTooLongError", $metadata: { httpStatusCode: 400 } };
  await t.rejects(put(`drop/${"a".repeat(246)}`), refused);
  await t.rejects(put(`drop/${"%".repeat(82)}`), refused);
  await t.rejects(put(`drop/${"ä".repeat(123)}`), refused);
  await t.rejects(put("c/".repeat(513)), refused);
  for (const [key, text] of [
    ["d".repeat(259), /KeyTooLongError/],
    ["../../escape", /cannot be kept/],
  ] as const) {
    const body = new FormData();
    body.set("key", key);
    body.set("file", new Blob(["x"]), "a.csv");
    const posted = await fetch(`${environment.AWS_ENDPOINT_URL_S3}/inventory`, { method: "POST", body });
    t.equal(posted.status, 400);
    t.match(await posted.text(), text);
  }
});

t.test("a list of several pages has every key once, in S3's order", async (t) => {
  const { clients } = await startTestCloud(t);
  const keys = ["sm-1_inv-10", "sm-10_inv-1", "sm-1_inv-2", "A%5F_b", "a_B", "B_a", "é_1", "z.csv"];
  const all = Array.from({ length: 60 }, (_, index) => keys.map((key) => `${key}-${index}.csv`)).flat();
  await Promise.all(all.map((Key) => clients.s3.send(new PutObjectCommand({ Bucket, Key, Body: "x" }))));
  const listed: string[] = [];
  const pages = paginateListObjectsV2({ client: clients.s3, pageSize: 7 }, { Bucket });
  for await (const { Contents = [] } of pages) listed.push(...Contents.map(({ Key = "" }) => Key));
  t.strictSame(listed, all.sort());
  const { Contents } = await clients.s3.send(
    new ListObjectsV2Command({ Bucket, Prefix: "sm-1", StartAfter: "sm-1_inv-10-9", MaxKeys: 1 }),
  );
  t.equal(Contents?.[0]?.Key, all[all.indexOf("sm-1_inv-10-9.csv")]);
});
