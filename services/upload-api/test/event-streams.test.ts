import type { Readable } from "node:stream";
import { createLogger } from "@stockwire/service-kit/logger";
import { createMetrics } from "@stockwire/service-kit/metrics";
import t from "tap";
import type { Principal } from "../src/access/principal.ts";
import { disabledKey, unavailable } from "../src/errors/api-error.ts";
import { MAX_WAITING_BYTES } from "../src/live/event-stream.ts";
import { createEventStreams } from "../src/live/event-streams.ts";
import type { LiveFeed } from "../src/live/feed.ts";
import type { Listener } from "../src/live/feed-run.ts";
import { createHistory, MAX_REPLAYED } from "../src/live/history.ts";
import { positionAt, type ReadEvent } from "../src/live/read-events.ts";
import { until } from "./helpers.ts";

const log = createLogger("upload-api", "silent" as "fatal", { write: () => undefined });

const start = (
  settings = {},
  intervals = { heartbeatMs: 10, checkMs: 10 },
  missed: readonly ReadEvent[] = [],
) => {
  const listeners = new Set<Listener>();
  const feed: LiveFeed = {
    listen: (listener) => ({
      begin: () => void listeners.add(listener),
      resume: async () => {
        listener.onEvents(missed);
        listeners.add(listener);
      },
      position: () => Date.now(),
      close: () => void listeners.delete(listener),
    }),
  };
  const limits = { MAX_EVENT_STREAMS: 3, MAX_EVENT_STREAMS_PER_CALLER: 2, ...settings };
  const metrics = createMetrics("upload-api");
  const streams = createEventStreams(feed, limits, metrics, intervals);
  const open = (id = "key:a", checkAgain = async () => principal(id), lastEventId?: string) =>
    streams.open({ principal: principal(id), checkAgain, store: undefined, lastEventId, log });
  const tell = (...events: ReadEvent[]) => {
    for (const { onEvents } of listeners) onEvents(events);
  };
  const gauge = async () => (await metrics.stockwire_event_streams.get()).values[0]?.value;
  return { streams, open, tell, listeners, gauge };
};
const principal = (id: string, stores: Principal["stores"] = "all"): Principal => ({
  ...{ id, stores, scopes: new Set(["read" as const]) },
});
const textOf = (stream: Readable): (() => string) => {
  let text = "";
  stream.on("data", (chunk: Buffer) => {
    text += chunk;
  });
  return () => text;
};
const event = (time: number, data = "{}"): ReadEvent => ({
  ...{ id: positionAt(time), time, name: "stock", store: "Berlin", about: "Berlin", data },
});

t.test("one caller cannot take all places, and places are given back", async (t) => {
  const { open, gauge } = start();
  const streams = [open("key:a"), open("key:a")];
  t.throws(() => open("key:a"), { code: "overloaded", message: /of this caller/ });
  streams.push(open("key:b"));
  t.throws(() => open("key:b"), { code: "overloaded" });
  t.equal(await gauge(), 3);
  for (const stream of streams) stream.destroy();
  await until("the places are free", async () => (await gauge()) === 0);
  open("key:a").destroy();
});

t.test("a reader that takes nothing is cut off, and no other", async (t) => {
  const { open, tell, listeners } = start();
  const [slow, quick] = [open(), open("key:b")];
  let taken = 0;
  quick.on("data", (chunk: Buffer) => {
    taken += chunk.length;
  });
  const data = JSON.stringify("x".repeat(64 * 1024));
  for (let told = 0; told < 40; told++) {
    tell(event(Date.now(), data));
    await new Promise((resolve) => setImmediate(resolve));
  }
  t.ok(slow.destroyed);
  t.notOk(quick.destroyed);
  t.ok(taken > 2 * MAX_WAITING_BYTES);
  await until("it is let go", () => listeners.size === 1);
  quick.destroy();
});

/** Events that take so many bytes together, of 32 KiB each. */
const eventsOf = (bytes: number): ReadEvent[] =>
  Array.from({ length: Math.floor(bytes / 32_768) }, () =>
    event(Date.now(), JSON.stringify("x".repeat(32_768))),
  );

t.test("who has more to catch up with than may wait begins anew, and is not cut off", async (t) => {
  const { open, tell } = start({}, undefined, eventsOf(1.5 * MAX_WAITING_BYTES));
  const stream = open("key:a", undefined, positionAt(Date.now() - 60_000));
  const text = textOf(stream);
  await until("the reset", () => text().includes("event: reset"));
  t.match(text(), /^id: [\da-f-]{36}\nevent: reset\ndata: {"reason":"too_much"}$/m);
  t.notOk(text().includes("event: stock"));
  tell(event(Date.now()));
  await until("what comes from then on", () => text().includes("event: stock"));
  t.notOk(stream.destroyed);
  stream.destroy();
});

t.test(
  "much at once is told, as nobody could have taken it meanwhile; far too much is a reset",
  async (t) => {
    const { open, tell } = start();
    const stream = open();
    const little = eventsOf(0.9 * MAX_WAITING_BYTES);
    tell(...little);
    tell(...little);
    t.notOk(stream.destroyed, "no more than may wait was left by what came before");
    const text = textOf(stream);
    await until("all of it", () => text().split("event: stock").length > 2 * little.length);
    tell(...eventsOf(2 * MAX_WAITING_BYTES));
    await until("the reset", () => text().includes('{"reason":"too_much"}'));
    t.equal(text().split("event: stock").length, 2 * little.length + 1);
    t.notOk(stream.destroyed);
    stream.destroy();
  },
);

t.test("other stores end a stream, also where their names read the same in a row", async (t) => {
  const { streams } = start({ MAX_EVENT_STREAMS_PER_CALLER: 3 });
  const open = (had: Principal["stores"], has: Principal["stores"]) => {
    const checkAgain = async () => principal("key:a", has);
    const caller = { principal: principal("key:a", had), store: undefined, lastEventId: undefined };
    return streams.open({ ...caller, checkAgain, log }).resume();
  };
  const same = open(["a", "b"], ["a", "b"]);
  const moved = [open(["a,b"], ["a", "b"]), open("all", ["all"])];
  await until("they end", () => moved.every(({ readableEnded }) => readableEnded));
  t.notOk(same.readableEnded);
  same.destroy();
});

t.test("the end of a caller's rights ends its stream, an outage does not", async (t) => {
  const { open } = start();
  let outages = 0;
  const steady = open("key:a", async () => {
    outages += 1;
    throw unavailable(new Error("no table"));
  });
  const disabled = open("key:b", async () => {
    throw disabledKey();
  });
  const moved = open("key:c", async () => ({ ...principal("key:c"), stores: ["Berlin"] }));
  for (const stream of [disabled, moved]) stream.resume();
  await until("they end", () => disabled.readableEnded && moved.readableEnded);
  await until("it was looked at again", () => outages > 2);
  t.notOk(steady.readableEnded);
  steady.destroy();
});

t.test("where nothing happens the position moves on", async (t) => {
  const { open } = start();
  const stream = open();
  let text = "";
  stream.on("data", (chunk: Buffer) => {
    text += chunk;
  });
  await until("two heartbeats", () => text.split("\n\n").length > 4);
  const ids = [...text.matchAll(/^id: (.+)$/gm)].map(([, id]) => id as string);
  t.same(ids, [...ids].sort());
  t.match(text.split("\n\n")[1], /^id: [\da-f-]+$/);
  stream.destroy();
});

t.test("a stop ends all streams, also of who does not take the end", async (t) => {
  const { open, streams, listeners } = start();
  const [read, unread] = [open("key:a").resume(), open("key:b")];
  streams.endAll();
  t.equal(listeners.size, 0, "nothing more is told");
  await until("the one ends", () => read.readableEnded);
  await until("the other is cut off", () => unread.destroyed);
  const late = open("key:c").resume();
  await until("a new one ends at once", () => late.readableEnded);
});

t.test("an id ahead of the clock is not handed out", async (t) => {
  const { open, tell } = start({}, { heartbeatMs: 60_000, checkMs: 60_000 });
  const stream = open();
  let text = "";
  stream.on("data", (chunk: Buffer) => {
    text += chunk;
  });
  const ahead = event(Date.now() + 30_000);
  tell(ahead);
  await until("it is told", () => text.includes("event: stock"));
  t.notOk(text.includes(ahead.id));
  stream.destroy();
});

t.test("history has each event once, and says from when on it is whole", (t) => {
  const now = Date.now();
  const history = createHistory(now - 5_000, () => now);
  const some = [event(now - 2_000), event(now - 1_000)];
  t.same(history.add(some), some);
  t.same(history.add([event(now), ...some]), [event(now)]);
  history.extend([event(now - 60_000)], now - 60_000);
  t.equal(history.completeFrom(), now - 60_000);
  t.equal(history.since(now - 60_000).length, 4);
  const unheard = event(now + 10);
  history.extend([event(now - 90_000), unheard], now - 90_000);
  t.same(history.add([unheard]), [unheard], "what is read on the way back is still news");
  history.add(Array.from({ length: MAX_REPLAYED }, (_, index) => event(now - 900 + index / 10)));
  t.ok(history.size() <= MAX_REPLAYED);
  t.ok(history.completeFrom() > now - 60_000, "too much to keep");
  t.end();
});
