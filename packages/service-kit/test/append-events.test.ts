import { paginateScan } from "@aws-sdk/lib-dynamodb";
import type { EventItem } from "@stockwire/contracts/items";
import { startLocalCloud } from "@stockwire/local-aws/local-cloud";
import t, { type Test } from "tap";
import { createDynamoClient } from "../src/aws-clients.ts";
import { createEventAppender } from "../src/live/append-events.ts";
import { createLiveEvents } from "../src/live/live-events.ts";
import { createLogger } from "../src/logger.ts";
import { createMetrics } from "../src/metrics.ts";

const cloud = await startLocalCloud({ log: () => undefined });
Object.assign(process.env, cloud.environment);
const tableName = cloud.environment.TABLE_EVENTS as string;
t.teardown(cloud.stop);

interface Put {
  readonly PutRequest: { readonly Item: EventItem };
}
/** What befalls one request: it is handed on with what is left of it, or throws. */
type Fault = (puts: readonly Put[]) => Promise<{ readonly kept: readonly Put[]; readonly afterMs?: number }>;

/** An appender to the real table, with what goes wrong on the way to it: one fault a request, then none. */
const start = (t: Test, ...faults: Fault[]) => {
  const dynamo = createDynamoClient();
  t.teardown(() => dynamo.destroy());
  const requests: string[][] = [];
  dynamo.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName !== "BatchWriteItemCommand") return next(args);
        const { RequestItems } = args.input as { RequestItems: Record<string, readonly Put[]> };
        const puts = RequestItems[tableName] ?? [];
        requests.push(puts.map(({ PutRequest }) => PutRequest.Item.EventId));
        const { kept, afterMs = 0 } = (await faults[requests.length - 1]?.(puts)) ?? { kept: puts };
        const input = { RequestItems: { [tableName]: kept } } as unknown as typeof args.input;
        const answer = await next({ ...args, input });
        await new Promise((resolve) => setTimeout(resolve, afterMs));
        const left = puts.filter((put) => !kept.includes(put));
        if (left.length > 0) Object.assign(answer.output, { UnprocessedItems: { [tableName]: left } });
        return answer;
      },
    { step: "initialize" },
  );
  const errors: unknown[] = [];
  const appender = createEventAppender({ dynamo, tableName, onError: (error) => void errors.push(error) });
  const name = t.name;
  return {
    dynamo,
    requests,
    errors,
    append: (Data: string) => appender.append({ Name: "stock", Store: name, Data }),
    appendMany: (count: number) =>
      Promise.all(
        Array.from({ length: count }, (_, index) =>
          appender.append({ Name: "stock", Store: name, Data: `${index}` }),
        ),
      ),
    /** By what they say, with their ids; fails where a reader would see one twice. */
    arrived: async (): Promise<Map<string, string>> => {
      const found = new Map<string, string>();
      for await (const { Items = [] } of paginateScan({ client: dynamo }, { TableName: tableName })) {
        for (const { Store, Data, EventId } of Items as EventItem[]) {
          if (Store !== name) continue;
          t.notOk(found.has(Data), `${Data} once`);
          found.set(Data, EventId);
        }
      }
      return found;
    },
  };
};

t.test("many at once are a few requests, and all arrive", async (t) => {
  const { requests, appendMany, arrived, errors } = start(t);
  t.ok((await appendMany(60)).every(Boolean));
  t.same(
    requests.map(({ length }) => length),
    [25, 25, 10],
  );
  t.equal((await arrived()).size, 60);
  t.same(errors, []);
});

t.test("what a request leaves out is written again under another id, and nothing else", async (t) => {
  const leaveSome: Fault = async (puts) => ({ kept: puts.filter((_, index) => index % 3 > 0) });
  const { requests, appendMany, arrived, errors } = start(t, leaveSome);
  t.ok((await appendMany(9)).every(Boolean));
  t.same(
    requests.map(({ length }) => length),
    [9, 3],
  );
  t.equal(new Set(requests.flat()).size, 12);
  t.equal((await arrived()).size, 9);
  t.equal(errors.length, 3);
});

t.test("what is left out three times is given up, and only that", async (t) => {
  const leaveFirst: Fault = async (puts) => ({ kept: puts.slice(1) });
  const leaveAll: Fault = async () => {
    throw new Error("no capacity");
  };
  const { requests, appendMany, arrived } = start(t, leaveFirst, leaveAll, leaveAll);
  t.same(await appendMany(3), [false, true, true]);
  t.equal(requests.length, 3);
  t.equal((await arrived()).size, 2);
});

t.test("a request that fails is made again as a whole, under other ids", async (t) => {
  const fail: Fault = async () => {
    throw Object.assign(new Error("connection lost"), { code: "ECONNRESET" });
  };
  const { requests, appendMany, arrived } = start(t, fail);
  t.ok((await appendMany(20)).every(Boolean));
  t.equal(requests.length, 2);
  t.equal(new Set(requests.flat()).size, 40);
  t.equal((await arrived()).size, 20);
});

t.test("one that DynamoDB refuses takes none of the others along", async (t) => {
  const { requests, append, appendMany, arrived } = start(t);
  const tooLarge = append("x".repeat(450_000));
  const [others, is] = await Promise.all([appendMany(3), tooLarge]);
  t.same([others, is], [[true, true, true], false]);
  t.equal((await arrived()).size, 3);
  t.equal(requests.length, 1 + 4 + 2, "together, each by itself, and twice more what was refused");
});

t.test("a write that took so long that readers have looked past it is made again", async (t) => {
  const { requests, appendMany } = start(t, async (puts) => ({ kept: puts, afterMs: 3_010 }));
  t.same(await appendMany(2), [true, true]);
  t.equal(new Set(requests.flat()).size, 4);
});

/** The writer that services have, and what it has counted. */
const startWriter = (dynamo: ReturnType<typeof createDynamoClient>) => {
  const metrics = createMetrics("test");
  const warnings: string[] = [];
  const log = createLogger("test", "warn", { write: (line) => void warnings.push(line) });
  const counted = async () =>
    Object.fromEntries(
      (await metrics.stockwire_live_events_total.get()).values.map(({ labels, value }) => [
        labels.outcome,
        value,
      ]),
    );
  return { writer: createLiveEvents({ dynamo, tableName, log, metrics }), counted, warnings };
};

t.test("a table that cannot be written costs events, which are counted, and nothing else", async (t) => {
  const dynamo = createDynamoClient();
  t.teardown(() => dynamo.destroy());
  dynamo.middlewareStack.add(
    () => async () => {
      throw new Error("no table");
    },
    { step: "initialize" },
  );
  const { writer, counted, warnings } = startWriter(dynamo);
  for (let store = 0; store < 12; store++) writer.stock(`store ${store}`, { more: true });
  await writer.stop();
  t.match(await counted(), { failed: 12 });
  t.equal(warnings.length, 1, "told of once");
});

t.test("a stop sends all that waits, in a few requests and in time", async (t) => {
  const { dynamo, requests } = start(t);
  const { writer, counted } = startWriter(dynamo);
  for (let store = 0; store < 400; store++) writer.stock(`store ${store}`, { more: true });
  const begun = performance.now();
  await writer.stop();
  t.ok(performance.now() - begun < 2_000);
  t.match(await counted(), { appended: 400 });
  t.ok(requests.length <= 60, `${requests.length} requests`);
});
