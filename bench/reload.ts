import { createDynamoClient, createS3Client } from "@stockwire/service-kit/aws-clients";
import { forEachLimited } from "../services/ingest-worker/src/for-each-limited.ts";
import { createInventoryTable, KEYS_PER_READ } from "../services/ingest-worker/src/table/inventory-table.ts";
import { inBatches } from "../services/ingest-worker/src/table/write-rows.ts";
import { alternate } from "./harness/alternate.ts";
import type { Benchmark } from "./harness/benchmark.ts";
import { checkStore } from "./harness/check-store.ts";
import { type Capacity, startCapacityCounter } from "./harness/count-capacity.ts";
import { figure, range } from "./harness/format.ts";
import { loadThroughWorker } from "./harness/load-files.ts";
import { type CountOf, itemOf, stockCsv } from "./harness/make-stock.ts";
import { ratioOf } from "./harness/ratio.ts";
import { median, spread } from "./harness/statistics.ts";
import { startCloud, startService, withParts } from "./harness/system.ts";

/**
 * Rows of the file of which none or few change, in the full form of more than a MiB, which the worker reads in parts, and of the
 * one of which all do, which takes as long for a fraction of them.
 */
const ROWS = { short: { few: 10_000, all: 3_000 }, full: { few: 100_000, all: 20_000 } } as const;
/** Rows that both ways are warmed with: DynamoDB Local compiles its code while it answers the first hundreds of requests. */
const WARM_UP_ROWS = 50_000;
const ROUNDS = { short: 2, full: 3 } as const;
/** Rows by which units are counted. */
const COUNTED_ROWS = { short: 2_000, full: 5_000 } as const;
/**
 * What these loads may write beside their rows: receipt, ledger, lock and summary, and for each second that they take a
 * mark of progress and an event for open pages, which are of up to 16 units.
 */
const UNITS_BESIDE = 150;
const UNITS_A_SECOND = 20;
const TRIED = [4, 8, 16] as const;
/** The first upwards, the second downwards: none is always the first or the last. */
const TRIALS = 2;

/** What a store's files have said so far. */
interface Content {
  /** Files so far: each has other bytes than the last. */
  files: number;
  /** How often the first of each hundred rows has changed by 1, and how often all have. */
  few: number;
  all: number;
}

const countsOf =
  ({ few, all }: Content): CountOf =>
  (row) =>
    (row % 997) + 1 + all + (row % 100 === 0 ? few : 0);

const changedOf = (rows: number, percent: number): number => Math.ceil((rows * percent) / 100);

export const benchmark: Benchmark = {
  name: "reload",
  title: "The same file again",
  about:
    "A file of which no row, one in a hundred, or every row has changed, loaded through the real worker into the store that has " +
    "its last state, beside nothing but a strongly consistent BatchGetItem of the same rows, with as many calls at the same time " +
    "as were fastest. Units are those that AWS would charge for, counted between the worker and DynamoDB; what is beside the rows " +
    "is the receipt, the ledger, the store's summary and, once a second, what open pages are told: bounded by time, not by rows. " +
    `${figure(ROWS.full.few)} rows where none or one in a hundred has changed, ${figure(ROWS.full.all)} where all have. Checked: every ` +
    "row's count, and that the units for rows are the rows that changed.",
  run: (extent, say) =>
    withParts(async (keep) => {
      const cloud = await keep(startCloud());
      const counter = await keep(startCapacityCounter(cloud.environment.AWS_ENDPOINT_URL_DYNAMODB ?? ""));
      Object.assign(process.env, cloud.environment);
      const table = cloud.environment.TABLE_INVENTORY ?? "";
      const clients = { s3: createS3Client(), dynamo: createDynamoClient() };
      const inventory = createInventoryTable(clients.dynamo, table);
      const rows = ROWS[extent];
      const countedRows = COUNTED_ROWS[extent];

      const contents = new Map<string, Content>();
      /**
       * Loads a store's next file: its first, or one of which none, one in a hundred or all rows have changed.
       * @returns rows a second
       */
      const load = async (store: string, count: number, percent: 0 | 1 | 100): Promise<number> => {
        const content = contents.get(store) ?? { files: 0, few: 0, all: 0 };
        contents.set(store, content);
        if (percent === 1) content.few += 1;
        if (percent === 100) content.all += 1;
        const written = content.files === 0 ? count : changedOf(count, percent);
        const body = stockCsv(store, count, countsOf(content), undefined, content.files);
        content.files += 1;
        const expected = { written, unchanged: count - written };
        const seconds = await loadThroughWorker(clients, cloud.environment, body, expected);
        await checkStore(clients.dynamo, cloud.environment, store, count, countsOf(content));
        return count / seconds;
      };

      const units = await withParts(async (keep) => {
        const environment = { ...cloud.environment, AWS_ENDPOINT_URL_DYNAMODB: counter.url };
        await keep(startService("ingest-worker", environment));
        const found: { percent: number; inventory: Capacity; beside: number }[] = [];
        for (const percent of [0, 1, 100] as const) {
          say(`counting units: ${percent} % changed`);
          await load(`Counted ${percent}`, countedRows, percent);
          counter.take();
          const seconds = countedRows / (await load(`Counted ${percent}`, countedRows, percent));
          const { [table]: inventory = { read: 0, write: 0 }, ...others } = counter.take();
          const beside = Object.values(others).reduce((sum, { write }) => sum + write, 0);
          const changed = changedOf(countedRows, percent);
          if (inventory.write !== changed || beside > UNITS_BESIDE + UNITS_A_SECOND * seconds) {
            throw new Error(
              `${changed} rows changed: ${inventory.write} units for rows, ${beside} beside them`,
            );
          }
          found.push({ percent, inventory, beside });
        }
        return found;
      });

      await keep(startService("ingest-worker", cloud.environment));
      say("loading what is to be loaded again");
      await load("Few", rows.few, 0);
      await load("All", rows.all, 0);
      const keys = Array.from({ length: rows.few }, (_, row) => ({ store: "Few", item: itemOf(row) }));
      const readAll = async (atOnce: number): Promise<number> => {
        const started = performance.now();
        let sum = 0;
        let found = 0;
        await forEachLimited(inBatches(keys, KEYS_PER_READ), atOnce, async (batch) => {
          for (const { Count } of await inventory.read(batch)) {
            sum += Count;
            found += 1;
          }
        });
        const seconds = (performance.now() - started) / 1000;
        const countOf = countsOf(contents.get("Few") ?? { files: 0, few: 0, all: 0 });
        const wanted = keys.reduce((total, _, row) => total + countOf(row), 0);
        if (found !== keys.length || sum !== wanted)
          throw new Error(`${found} rows with ${sum} pieces were read`);
        return keys.length / seconds;
      };
      say("warming up both ways");
      for (let warmed = 0; warmed < WARM_UP_ROWS; warmed += rows.few) await readAll(TRIED[0]);
      for (let warmed = 0; warmed < WARM_UP_ROWS; warmed += rows.few) await load("Few", rows.few, 0);
      say("finding the fastest concurrency of BatchGetItem");
      const tried: { atOnce: number; speeds: number[] }[] = TRIED.map((atOnce) => ({ atOnce, speeds: [] }));
      for (let trial = 0; trial < TRIALS; trial += 1) {
        for (const { atOnce, speeds } of trial % 2 === 0 ? tried : tried.toReversed())
          speeds.push(await readAll(atOnce));
      }
      const { atOnce } = tried.reduce((best, each) =>
        median(each.speeds) > median(best.speeds) ? each : best,
      );

      const figures = await alternate(
        {
          bare: () => readAll(atOnce),
          none: () => load("Few", rows.few, 0),
          few: () => load("Few", rows.few, 1),
          all: () => load("All", rows.all, 100),
        },
        ROUNDS[extent],
        say,
      );
      for (const client of Object.values(clients)) client.destroy();

      const { bare, none, few, all } = figures;
      const speeds = { 0: none, 1: few, 100: all } as Readonly<Record<number, readonly number[]>>;
      return {
        tables: [
          {
            title: "Loading again",
            columns: [
              "way",
              "rows",
              `write units for ${figure(countedRows)} rows`,
              "write units beside",
              "read units",
              "rows/s, median",
              "rounds",
            ],
            rows: [
              ...units.map(({ percent, inventory, beside }) => [
                `the worker, ${percent} % changed`,
                figure(percent === 100 ? rows.all : rows.few),
                figure(inventory.write),
                figure(beside),
                figure(inventory.read),
                figure(median(speeds[percent] ?? [])),
                range(spread(speeds[percent] ?? [])),
              ]),
              [
                `BatchGetItem, ${atOnce} at the same time`,
                figure(rows.few),
                "0",
                "0",
                figure(countedRows),
                figure(median(bare)),
                range(spread(bare)),
              ],
            ],
          },
        ],
        ratios: [
          ratioOf("reload/unchanged-to-batch-get", none, bare, { kind: ">=", value: 0.7 }),
          ratioOf("reload/one-percent-to-batch-get", few, bare),
        ],
      };
    }),
};
