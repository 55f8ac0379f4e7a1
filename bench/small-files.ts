import { BatchGetCommand, DynamoDBDocumentClient, QueryCommand } from "@aws-sdk/lib-dynamodb";
import type { UploadItem } from "@stockwire/contracts/items";
import { isFinal } from "@stockwire/contracts/receipt";
import { createClients } from "@stockwire/local-aws/clients";
import { until } from "../e2e/stack.ts";
import { alternate } from "./harness/alternate.ts";
import { atOnce } from "./harness/at-once.ts";
import type { Benchmark, FigureTable } from "./harness/benchmark.ts";
import { figure, range } from "./harness/format.ts";
import { whileWatching } from "./harness/processes.ts";
import { ratioOf } from "./harness/ratio.ts";
import { createSender } from "./harness/send-file.ts";
import { median, spread } from "./harness/statistics.ts";
import {
  type BenchCloud,
  type BenchService,
  startCloud,
  startService,
  startServices,
  withParts,
} from "./harness/system.ts";

/** Files of a round. */
const FILES = { short: 60, full: 400 } as const;
const ROUNDS = { short: 2, full: 2 } as const;
/** Before the clock starts, for every set of workers anew: a process that has just begun is slow. */
const WARM_UP_FILES = { short: 40, full: 120 } as const;
const ROWS = 20;
/** Of the rows of each file: sold out, which staff are told of. */
const SOLD_OUT = 1;
const WORKERS = [1, 2, 4] as const;
const SENT_AT_ONCE = 16;
const PATIENCE_SECONDS = 300;
const KEYS_A_READ = 100;

interface Sample {
  readonly files: number;
  readonly seconds: number;
  /** CPU seconds by process, of so many seconds that it was watched for. */
  readonly watched: number;
  readonly cpu: Readonly<Record<string, number>>;
}

const csvOf = (store: string): Buffer =>
  Buffer.from(
    `store,item,count\n${Array.from({ length: ROWS }, (_, row) => `${store},Item ${row},${row < SOLD_OUT ? 0 : row}\n`).join("")}`,
  );

/** Waits for the receipts, which are asked for a hundred at a time, and for the alerts. */
const follower = ({ environment }: BenchCloud) => {
  const dynamo = DynamoDBDocumentClient.from(createClients(environment).dynamodb);
  const { TABLE_UPLOADS: Uploads = "", TABLE_ALERTS: Alerts = "" } = environment;
  const openOf = async (ids: readonly string[]): Promise<string[]> => {
    const Keys = ids.map((UploadId) => ({ UploadId }));
    const { Responses } = await dynamo.send(new BatchGetCommand({ RequestItems: { [Uploads]: { Keys } } }));
    const receipts = (Responses?.[Uploads] ?? []) as UploadItem[];
    const ended = receipts.filter(({ Status }) => isFinal(Status));
    for (const { UploadId, Status, Rows } of ended) {
      if (Status !== "loaded" || Rows?.written !== ROWS) throw new Error(`${UploadId} ended as ${Status}`);
    }
    const done = new Set(ended.map(({ UploadId }) => UploadId));
    return ids.filter((id) => !done.has(id));
  };
  return {
    /** Resolves when every upload is loaded. The oldest are asked for first: while they are open, no others. */
    loaded: async (ids: readonly string[]): Promise<void> => {
      let open = ids;
      await until(
        async () => {
          const [first, rest] = [open.slice(0, KEYS_A_READ), open.slice(KEYS_A_READ)];
          open = [...(await openOf(first)), ...rest];
          return open.length === 0 ? true : undefined;
        },
        "all receipts",
        PATIENCE_SECONDS,
      );
    },
    /** Resolves when staff have been told of every one of these stores, with the time of the last word in epoch milliseconds. */
    told: async (stores: readonly string[]): Promise<number> => {
      const waiting = new Set(stores);
      let last = 0;
      const isTold = async (store: string): Promise<boolean> => {
        const { Items = [] } = await dynamo.send(
          new QueryCommand({
            TableName: Alerts,
            IndexName: "byStore",
            KeyConditionExpression: "#store = :store",
            ExpressionAttributeNames: { "#store": "Store" },
            ExpressionAttributeValues: { ":store": store },
          }),
        );
        if (Items.length !== SOLD_OUT || !Items.every(({ PublishedAt }) => PublishedAt)) return false;
        for (const { PublishedAt } of Items) last = Math.max(last, Date.parse(PublishedAt));
        return true;
      };
      await until(
        async () => {
          for (const store of waiting) {
            if (!(await isTold(store))) return undefined;
            waiting.delete(store);
          }
          return true;
        },
        "all alerts",
        PATIENCE_SECONDS,
      );
      return last;
    },
  };
};

/** From the first file that is sent to the last receipt and the last alert. */
const measure = async (
  cloud: BenchCloud,
  api: BenchService,
  alerts: BenchService,
  workers: number,
  round: number,
  files: number,
  warmUp: number,
): Promise<Sample> =>
  withParts(async (keep) => {
    const { services: ingest } = await keep(startServices("ingest-worker", workers, cloud.environment));
    const { loaded, told } = follower(cloud);
    const sender = createSender(api.url, cloud.apiKey);
    const storesOf = (what: string, count: number) =>
      Array.from({ length: count }, (_, index) => `${what} ${workers}-${round}-${index}`);
    const send = async (stores: readonly string[]): Promise<void> => {
      const ids: string[] = [];
      await atOnce(stores.length, SENT_AT_ONCE, async (index) => {
        ids.push((await sender.send(csvOf(stores[index] ?? ""))).uploadId);
      });
      await loaded(ids);
    };
    const early = storesOf("Early shop", warmUp);
    await send(early);
    await told(early);
    const stores = storesOf("Shop", files);
    const processes = {
      "DynamoDB Local": cloud.dynamoPid,
      "S3, SQS, SNS": cloud.pid,
      "upload-api": api.pid,
      ...Object.fromEntries(ingest.map(({ pid }, index) => [`ingest ${index}`, pid])),
      "alert-worker": alerts.pid,
      "this bench": process.pid,
    };
    const begun = Date.now();
    let ended = 0;
    const { seconds: watched, cpu } = await whileWatching(processes, async () => {
      await send(stores);
      const loadedAt = Date.now();
      ended = Math.max(loadedAt, await told(stores));
    });
    sender.close();
    return { files, seconds: (ended - begun) / 1000, watched, cpu };
  });

const PARTS = [
  "DynamoDB Local",
  "S3, SQS, SNS",
  "upload-api",
  "ingest",
  "alert-worker",
  "this bench",
] as const;

/** Cores that a part kept busy, on average; workers of one kind together. */
const coresOf = (samples: readonly Sample[], part: string): number =>
  median(
    samples.map(({ cpu, watched }) => {
      const own = Object.entries(cpu).filter(([name]) => name.startsWith(part));
      return own.reduce((sum, [, each]) => sum + each, 0) / watched;
    }),
  );

export const benchmark: Benchmark = {
  name: "small-files",
  title: "Many small files",
  about:
    `Files of ${ROWS} rows, one of them sold out, each of a store of its own, sent ${SENT_AT_ONCE} at a time through upload-api, ` +
    "loaded by one, two and four ingest-workers, told of by one alert-worker; timed from the first file sent to the last " +
    "receipt and the last alert, after as many as a fifth of them to warm each set of workers. Messages are reckoned: one of the " +
    "queue `ingest` for a file and one of `alert` for an alert. CPU time is the kernel's for each " +
    "process, in cores kept busy. Checked: every receipt is `loaded` with all its rows written, every alert published.",
  run: (extent, say) =>
    withParts(async (keep) => {
      const cloud = await keep(startCloud());
      const api = await keep(startService("upload-api", cloud.environment));
      const alerts = await keep(startService("alert-worker", cloud.environment));
      const files = (round: number) => (round < 0 ? WARM_UP_FILES[extent] : FILES[extent]);
      const ways = Object.fromEntries(
        WORKERS.map((workers) => [
          `${workers} ingest-workers`,
          (round: number) => measure(cloud, api, alerts, workers, round, files(round), WARM_UP_FILES[extent]),
        ]),
      );
      const measured = Object.values(await alternate(ways, ROUNDS[extent], say));
      const rates = measured.map((samples) => samples.map((sample) => sample.files / sample.seconds));
      const table: FigureTable = {
        title: `${FILES[extent]} files a round`,
        columns: [
          "ingest-workers",
          "files/s",
          "spread",
          "messages/s",
          ...PARTS.map((part) => `cores: ${part}`),
        ],
        rows: measured.map((samples, index) => {
          const rate = rates[index] ?? [];
          const cores = PARTS.map((part) => coresOf(samples, part).toFixed(2));
          const messages = figure(median(rate) * (1 + SOLD_OUT));
          return [String(WORKERS[index]), figure(median(rate)), range(spread(rate)), messages, ...cores];
        }),
      };
      const [one = [], two = [], four = []] = rates;
      return {
        tables: [table],
        ratios: [
          ratioOf("small-files/2-to-1-worker", two, one),
          ratioOf("small-files/4-to-1-worker", four, one),
        ],
      };
    }),
};
