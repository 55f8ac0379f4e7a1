import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EventSourceParserStream } from "eventsource-parser/stream";
import t from "tap";
import { startStack, until } from "./stack.ts";

const stack = await startStack({ DIGEST_SECONDS: "1" });
t.teardown(stack.stop);

// biome-ignore lint/suspicious/noExplicitAny: the test looks into what it knows
type Frame = { event: string | undefined; data: any; at: number };

const listen = async (lastEventId?: string) => {
  const stopping = new AbortController();
  const response = await stack.ask("/v1/events", {
    headers: lastEventId === undefined ? {} : { "last-event-id": lastEventId },
    signal: stopping.signal,
  });
  if (!response.ok || response.body === null) throw new Error(await response.text());
  const parsed = response.body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream());
  const frames: Frame[] = [];
  const state = { lastId: lastEventId ?? "", ended: false };
  const reading = (async () => {
    for await (const { id, event, data } of parsed) {
      if (id !== undefined) state.lastId = id;
      frames.push({ event, data: JSON.parse(data), at: Date.now() });
    }
  })().catch(() => undefined);
  void reading.then(() => {
    state.ended = true;
  });
  const next = (fits: (frame: Frame) => unknown, what: string) =>
    until(async () => frames.find(fits), what, 20);
  const close = async () => {
    stopping.abort();
    await reading;
  };
  return { frames, state, next, close };
};
const csv = (rows: string) => `store,item,count\n${rows}\n`;
const isEnd =
  (uploadId: string) =>
  ({ data }: Frame): boolean =>
    data.receipt?.uploadId === uploadId && data.receipt.finishedAt !== null;
const hasItem =
  (item: string, count: number) =>
  ({ data }: Frame): boolean =>
    data.items?.some((row: { item: string; count: number }) => row.item === item && row.count === count);

t.test("a file is followed from the first word of it to its rows and its alert", async (t) => {
  await stack.ended(await stack.send(csv("Berlin,Echo,5")));
  const stream = await listen();
  const uploadId = await stack.send(csv("Berlin,Echo,0\nBerlin,Lamp,4\nBerlin,,1"));
  const of = ({ data }: Frame) => data.receipt?.uploadId === uploadId;
  // A worker that hears of the object before the API has made its receipt may be the first to tell of it.
  await stream.next(of, "the first word of it");
  const end = await stream.next(isEnd(uploadId), "its end");
  t.match(end.data.receipt, { status: "partial", rows: { written: 2, rejected: 1 } });
  t.equal(end.data.receipt.rejected.length, 1);
  t.ok(end.at - Date.parse(end.data.receipt.finishedAt) < 2_000, "its end within two seconds");
  const rows = await stream.next(hasItem("Echo", 0), "its rows");
  const echo = rows.data.items.find(({ item }: { item: string }) => item === "Echo");
  t.ok(rows.at - Date.parse(echo.updatedAt) < 2_000, "a row within two seconds");
  const { data: stock } = await stream.next(({ data }) => data.summary?.outOfStock === 1, "the summary");
  t.match(stock, { store: "Berlin", summary: { items: 2, low: 0 } });
  const { data } = await stream.next(({ event }) => event === "alerts", "the alert");
  t.match(data, { store: "Berlin", alerts: [{ item: "Echo", kind: "out", previous: 5 }] });

  const undone = await stack.ask(`/v1/uploads/${uploadId}/undo`, { method: "POST" });
  await undone.arrayBuffer();
  await stream.next(({ data }) => data.gone?.[0]?.item === "Lamp", "what an undoing removes");
  await stream.next(hasItem("Echo", 5), "what an undoing puts back");
  await stream.close();
});

t.test("whoever asked where it begins misses nothing of what happens before it listens", async (t) => {
  const { live } = await stack.getJson<{ live: string }>("/v1/me");
  await stack.ended(await stack.send(csv("Lima,Echo,5")));
  await stack.endService("upload-api", "SIGTERM");
  await stack.startService("upload-api");
  const stream = await listen(live);
  await stream.next(hasItem("Echo", 5), "what was written before the stream");
  t.notOk(stream.frames.some(({ event }) => event === "reset"));
  await stream.close();
});

t.test("an invoice is followed to its end", async (t) => {
  const stream = await listen();
  const sample = readFileSync(join(import.meta.dirname, "../samples/invoices/inv-00001.txt"));
  const uploadId = await stack.sendInvoice(sample);
  const { event, data } = await stream.next(isEnd(uploadId), "its end");
  t.equal(event, "receipt");
  t.match(data.receipt, { kind: "invoice", status: "loaded", invoice: { invoiceId: "inv-00001" } });
  await stream.close();
});

t.test("nothing is lost while the API restarts", async (t) => {
  const stream = await listen();
  const before = await stack.send(csv("Rome,Lamp,1"));
  await stream.next(isEnd(before), "a first end");
  const during = await stack.send(csv("Rome,Lamp,2"));
  const begun = Date.now();
  t.equal(await stack.endService("upload-api", "SIGTERM"), 0);
  t.ok(Date.now() - begun < 5_000, "an open stream does not hold the stop up");
  await until(async () => stream.state.ended || undefined, "the stream to end");
  await stack.startService("upload-api");
  const resumed = await listen(stream.state.lastId);
  const heard = (fits: (frame: Frame) => unknown) => async () =>
    [...stream.frames, ...resumed.frames].find(fits);
  await until(heard(isEnd(during)), "the end of what was sent before", 20);
  await until(heard(hasItem("Lamp", 2)), "its row", 20);
  t.notOk(resumed.frames.some(({ event }) => event === "reset"));
  await resumed.close();
});
