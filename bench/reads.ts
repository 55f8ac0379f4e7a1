import { DynamoDBDocumentClient, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { createClients } from "@stockwire/local-aws/clients";
import autocannon from "autocannon";
import { alternate } from "./harness/alternate.ts";
import type { Benchmark, FigureTable } from "./harness/benchmark.ts";
import { figure, megabytes, range } from "./harness/format.ts";
import { stockCsv } from "./harness/make-stock.ts";
import { ratioOf } from "./harness/ratio.ts";
import { untilLoaded } from "./harness/receipts.ts";
import { createSender } from "./harness/send-file.ts";
import { median, percentile, spread } from "./harness/statistics.ts";
import { type BenchCloud, startCloud, startService, withParts } from "./harness/system.ts";
import { tellListeners } from "./harness/tell-listeners.ts";

const ROUNDS = { short: 2, full: 3 } as const;
const SECONDS = { short: 3, full: 8 } as const;
const CONNECTIONS = 16;
const PAGE = 1_000;
const ITEMS = 2_500;
const STORE = "Reading";
const LISTENERS = [0, 1, 100] as const;
const CHANGES = { short: 3, full: 10 } as const;

interface Sample {
  readonly perSecond: number;
  /** Milliseconds, 95th percentile. */
  readonly p95: number;
}

/** autocannon in this process's own thread: with 16 requests at a time it has little to do. */
const underLoad = async (url: string, apiKey: string, seconds: number): Promise<Sample> => {
  const address = `${url}/v1/stores/${STORE}/inventory?limit=${PAGE}`;
  const headers = { "x-api-key": apiKey };
  const expectBody = await (await fetch(address, { headers })).text();
  const { items } = JSON.parse(expectBody) as { items: unknown[] };
  if (items.length !== PAGE) throw new Error(`the page has ${items.length} items`);
  const times: number[] = [];
  const started = performance.now();
  const { promise, resolve, reject } = Promise.withResolvers<autocannon.Result>();
  const running = autocannon(
    { url: address, headers, connections: CONNECTIONS, duration: seconds, expectBody },
    (error, result) => (error ? reject(error) : resolve(result)),
  );
  running.on("response", (_client, _status, _bytes, milliseconds) => times.push(milliseconds));
  const { errors, non2xx, mismatches } = await promise;
  if (errors + non2xx + mismatches > 0)
    throw new Error(`${errors} errors, ${non2xx} refused, ${mismatches} wrong`);
  return { perSecond: (times.length * 1000) / (performance.now() - started), p95: percentile(times, 95) };
};

/** The same page by the SDK, as many at once. */
const bareQuery = async ({ environment }: BenchCloud, seconds: number): Promise<Sample> => {
  const clients = createClients(environment);
  const dynamo = DynamoDBDocumentClient.from(clients.dynamodb);
  const query = {
    TableName: environment.TABLE_INVENTORY,
    KeyConditionExpression: "#store = :store",
    ExpressionAttributeNames: { "#store": "Store" },
    ExpressionAttributeValues: { ":store": STORE },
    ConsistentRead: true,
    Limit: PAGE,
  };
  const times: number[] = [];
  const started = performance.now();
  const ask = async (): Promise<void> => {
    for (let begun = started; begun - started < seconds * 1000; ) {
      const { Items = [] } = await dynamo.send(new QueryCommand(query));
      if (Items.length !== PAGE) throw new Error(`the page has ${Items.length} items`);
      const now = performance.now();
      times.push(now - begun);
      begun = now;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, ask));
  const perSecond = (times.length * 1000) / (performance.now() - started);
  clients.dynamodb.destroy();
  return { perSecond, p95: percentile(times, 95) };
};

export const benchmark: Benchmark = {
  name: "reads",
  title: "Reading stock, and live events",
  about:
    `A page of ${PAGE} items of a store (\`GET /v1/stores/{store}/inventory?limit=${PAGE}\`), asked for over ${CONNECTIONS} connections ` +
    "by autocannon, against a strongly consistent Query of the same page by the SDK, as many at once. Then `/v1/events` with " +
    `${LISTENERS.slice(0, -1).join(", ")} and ${LISTENERS.at(-1)} listeners, each number at an API that was started for it: time from a row's write (\`UpdatedAt\`) ` +
    "until the last listener has the event, and the API's memory with them. Checked: " +
    "every page byte for byte, or by its length; every event at every listener.",
  run: (extent, say) =>
    withParts(async (keep) => {
      const cloud = await keep(startCloud());
      const api = await keep(startService("upload-api", cloud.environment));
      await keep(startService("ingest-worker", cloud.environment));
      const sender = createSender(api.url, cloud.apiKey);
      const { uploadId } = await sender.send(stockCsv(STORE, ITEMS));
      await untilLoaded(api.url, cloud.apiKey, uploadId);

      const seconds = SECONDS[extent];
      const { api: ours, query } = await alternate(
        {
          api: () => underLoad(api.url, cloud.apiKey, seconds),
          query: () => bareQuery(cloud, seconds),
        },
        ROUNDS[extent],
        (line) => say(`pages, ${line}`),
      );
      const told = await alternate(
        Object.fromEntries(
          LISTENERS.map((count) => [
            `${count} listeners`,
            (round: number) => tellListeners(cloud, count, `${count}-${round}`, CHANGES[extent]),
          ]),
        ),
        ROUNDS[extent],
        (line) => say(`events, ${line}`),
      );
      sender.close();

      const pageRow = (name: string, samples: readonly Sample[]): string[] => {
        const rates = samples.map(({ perSecond }) => perSecond);
        const p95 = median(samples.map((sample) => sample.p95));
        return [name, figure(median(rates)), range(spread(rates)), figure(p95)];
      };
      const pages: FigureTable = {
        title: `Pages of ${PAGE} items, ${CONNECTIONS} at once`,
        columns: ["way", "pages/s", "spread", "p95, ms"],
        rows: [pageRow("Query by the SDK", query), pageRow("upload-api", ours)],
      };
      const events: FigureTable = {
        title: "Live events, milliseconds from the row's write to the last listener",
        columns: ["listeners", "p50", "p95", "resident memory of the API, median", "rounds"],
        rows: LISTENERS.map((count) => {
          const rounds = told[`${count} listeners`] ?? [];
          const delays = rounds.flatMap((round) => round.delays);
          const memory = rounds.map((round) => round.memory);
          const [least, most] = spread(memory);
          return [
            String(count),
            ...(count === 0 ? ["", ""] : [figure(median(delays)), figure(percentile(delays, 95))]),
            megabytes(median(memory)),
            `${megabytes(least)} to ${megabytes(most)}`,
          ];
        }),
      };
      const delaysOf = (count: number): number[] =>
        (told[`${count} listeners`] ?? []).map((round) => median(round.delays));
      return {
        tables: [pages, events],
        ratios: [
          ratioOf(
            "reads/page-to-query",
            ours.map(({ perSecond }) => perSecond),
            query.map(({ perSecond }) => perSecond),
          ),
          ratioOf(
            "reads/page-p95-to-query-p95",
            ours.map(({ p95 }) => p95),
            query.map(({ p95 }) => p95),
          ),
          ratioOf("reads/100-listeners-to-1", delaysOf(100), delaysOf(1)),
        ],
      };
    }),
};
