import { mock } from "node:test";
import type { AlertsEvent } from "@stockwire/contracts/live-event";
import type { AlertView } from "@stockwire/contracts/views";
import t from "tap";
import { createAlertFeed } from "../src/alerts/alert-feed.ts";
import type { Api, GetOptions } from "../src/api/client.ts";
import type { Live } from "../src/live/live.ts";

const PAGE = 200;
const alert = (number: number): AlertView => ({
  store: "Berlin",
  item: `item ${number}`,
  kind: "out",
  count: 0,
  previous: 1,
  message: "",
  at: new Date(Date.UTC(2026, 0, 1) + number * 60_000).toISOString(),
  publishedAt: null,
});

/** A feed of alerts numbered up to `newest`, in pages whose cursors are numbers. */
const startFeed = (start: { newest: number; isReading?: boolean }) => {
  let newest = start.newest;
  let hear: (event: AlertsEvent) => void = () => {};
  /** Cursor of each request. */
  const asked: (string | undefined)[] = [];
  /** Held back until it is called, where a test says so. */
  const answering: (() => void)[] = [];
  const held = new Set<string | undefined>();
  const get = async (_: string, { query, signal }: GetOptions = {}): Promise<unknown> => {
    const cursor = query?.cursor as string | undefined;
    asked.push(cursor);
    const from = cursor === undefined ? newest : Number(cursor);
    if (held.has(cursor)) await new Promise<void>((resolve) => answering.push(resolve));
    signal?.throwIfAborted();
    const items = Array.from({ length: Math.min(PAGE, from) }, (_, index) => alert(from - index));
    return { items, ...(from > PAGE && { cursor: String(from - PAGE) }) };
  };
  const live = {
    on: (_: string, listener: typeof hear) => {
      hear = listener;
      return () => {};
    },
    onReset: () => () => {},
  };
  const feed = createAlertFeed(
    { get } as unknown as Api,
    live as unknown as Live,
    { store: undefined, kind: undefined },
    () => start.isReading ?? false,
  );
  /** Has further alerts told, or says that they were too many to be told. */
  const tell = (count: number, more = false): void => {
    const alerts = Array.from({ length: count }, () => alert(++newest));
    hear({ store: "Berlin", alerts: more ? [] : alerts, more });
  };
  return { feed, asked, tell, held, answering };
};
/** Lets everything happen that waits for no timer. */
const settle = async (): Promise<void> => {
  for (let round = 0; round < 200; round++) await Promise.resolve();
};

t.beforeEach(() => mock.timers.enable({ apis: ["setTimeout", "Date"], now: Date.UTC(2026, 5, 1) }));
t.afterEach(() => mock.timers.reset());

t.test("a list that grew by itself begins anew from its top, and goes on from there", async (t) => {
  const { feed, asked, tell } = startFeed({ newest: 1_000 });
  await settle();
  t.equal(feed.loaded.value.length, 200);
  tell(499);
  await settle();
  t.equal(feed.loaded.value.length, 699);
  tell(1);
  mock.timers.tick(0);
  await settle();
  t.equal(feed.loaded.value.length, 200);
  t.equal(feed.fresh.size, 0);
  t.equal(feed.loaded.value[0]?.item, "item 1500");
  feed.loadMore();
  await settle();
  t.same(asked, [undefined, undefined, "1300"]);
  t.equal(feed.loaded.value.length, 400, "without a gap");
  feed.close();
});

t.test("a reader further down keeps the list for longer", async (t) => {
  const { feed, tell } = startFeed({ newest: 1_000, isReading: true });
  await settle();
  tell(1_999);
  mock.timers.tick(0);
  await settle();
  t.equal(feed.waiting.value, 1_999);
  tell(1);
  mock.timers.tick(0);
  await settle();
  t.equal(feed.waiting.value, 0);
  t.equal(feed.loaded.value.length, 200);
  feed.close();
});

t.test("what was told too much of is asked for every ten seconds at most", async (t) => {
  const { feed, asked, tell } = startFeed({ newest: 50 });
  await settle();
  for (let second = 0; second < 30; second++) {
    tell(1, true);
    mock.timers.tick(1_000);
    await settle();
  }
  t.equal(asked.length, 4, "the first load, then after 1, 11 and 21 seconds");
  t.equal(feed.loaded.value.length, 71);
  feed.close();
});

t.test("earlier ones that are on their way are dropped when the list begins anew", async (t) => {
  const { feed, asked, tell, held, answering } = startFeed({ newest: 1_000 });
  await settle();
  held.add("800");
  feed.loadMore();
  tell(5_000, true);
  mock.timers.tick(1_000);
  await settle();
  t.equal(feed.state.value.state, "more");
  for (const answer of answering) answer();
  held.clear();
  await settle();
  t.equal(feed.loaded.value.length, 2_000);
  t.equal(feed.state.value.state, "more");
  feed.loadMore();
  await settle();
  t.equal(asked.at(-1), "4000", "from where the new list ends");
  t.equal(feed.loaded.value.length, 2_200, "without a gap");
  feed.close();
});
