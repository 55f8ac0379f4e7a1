import { BatchWriteCommand, type DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import type { InventoryItem } from "@stockwire/contracts/items";
import { uploadVersion } from "@stockwire/contracts/keys";
import { createDynamoClient, createS3Client } from "@stockwire/service-kit/aws-clients";
import { v7 as uuidv7 } from "uuid";
import { forEachLimited } from "../services/ingest-worker/src/for-each-limited.ts";
import { createInventoryTable, ROWS_PER_WRITE } from "../services/ingest-worker/src/table/inventory-table.ts";
import { inBatches } from "../services/ingest-worker/src/table/write-rows.ts";
import { alternate } from "./harness/alternate.ts";
import type { Benchmark } from "./harness/benchmark.ts";
import { checkStore } from "./harness/check-store.ts";
import { startCapacityCounter } from "./harness/count-capacity.ts";
import { figure, range } from "./harness/format.ts";
import { loadThroughWorker } from "./harness/load-files.ts";
import { itemOf, stockCsv } from "./harness/make-stock.ts";
import { ratioOf } from "./harness/ratio.ts";
import { median, spread } from "./harness/statistics.ts";
import { startCloud, startService, withParts } from "./harness/system.ts";
import { whenQuiet } from "./harness/when-quiet.ts";

/** Rows of the worker's file; of each of the fast ways; of the loop, which takes as long for fewer; of a trial, and to warm up with. */
const ROWS = {
  short: { file: 5_000, fast: 5_000, loop: 1_000, trial: 1_250, warm: 5_000 },
  full: { file: 100_000, fast: 20_000, loop: 4_000, trial: 5_000, warm: 10_000 },
} as const;
const ROUNDS = { short: 2, full: 3 } as const;
/** Rows by which write units are counted. */
const COUNTED_ROWS = 2_000;
/** Calls at the same time that the bare limit is tried with: up to the worker's own, 4 reads with 4 writes each. */
const TRIED = [2, 4, 8, 16] as const;
/** The first upwards, the second downwards: none is always the first or the last. */
const TRIALS = 2;

const countOf = (row: number): number => (row % 997) + 1;

const rowsOf = (store: string, rows: number): InventoryItem[] => {
  const version = uploadVersion(new Date().toISOString(), uuidv7());
  return Array.from({ length: rows }, (_, row) => ({
    Store: store,
    Item: itemOf(row),
    Count: countOf(row),
    Level: "ok",
    Previous: null,
    Version: version,
    Line: row + 2,
    UploadId: version.slice(-36),
    UpdatedAt: new Date().toISOString(),
  }));
};

type Write = (rows: readonly InventoryItem[]) => Promise<unknown>;

/** Ways to write rows from memory into a store that has none. */
const waysFrom = (dynamo: DynamoDBDocumentClient, table: string) => {
  const inventory = createInventoryTable(dynamo, table);
  return {
    loop: async (rows: readonly InventoryItem[]) => {
      for (const Item of rows) await dynamo.send(new PutCommand({ TableName: table, Item }));
    },
    unguarded: (rows: readonly InventoryItem[]) =>
      forEachLimited(inBatches(rows, ROWS_PER_WRITE), 8, async (batch) => {
        let requests = batch.map((Item) => ({ PutRequest: { Item } }) as Record<string, unknown>);
        while (requests.length > 0) {
          const answer = await dynamo.send(new BatchWriteCommand({ RequestItems: { [table]: requests } }));
          requests = answer.UnprocessedItems?.[table] ?? [];
        }
      }),
    bare:
      (atOnce: number): Write =>
      async (rows) => {
        const standing = new Set<string>();
        for await (const page of inventory.scan(rows[0]?.Store ?? "")) {
          for (const { Item } of page) standing.add(Item);
        }
        if (standing.size > 0) throw new Error("the store should be empty");
        await forEachLimited(inBatches(rows, ROWS_PER_WRITE), atOnce, async (batch) => {
          const held = await inventory.write(batch.map((row) => ({ kind: "insert", row })));
          if (held.includes(false)) throw new Error("a guard failed where nobody else writes");
        });
      },
  };
};

export const benchmark: Benchmark = {
  name: "load",
  title: "From a file to the table",
  about:
    "The first load of a file of 100,000 rows through the real worker (from the receipt's start to its end), beside a loop that " +
    "puts one row after the other, unguarded, as the original function did; beside the bare limit, the same comparing reads and " +
    "guarded writes from memory, with as many calls at the same time as were fastest; and beside BatchWriteItem, which takes " +
    "no guard. Write units are those that AWS would charge for, counted between the way and DynamoDB; beside the rows the worker writes the " +
    "receipt, the ledger, the store's summary and, once a second, what open pages are told. Each round begins when DynamoDB Local has come to rest: its stream " +
    "still has rows of the last one to hand on. Checked: every row of every way.",
  run: (extent, say) =>
    withParts(async (keep) => {
      const cloud = await keep(startCloud());
      const counter = await keep(startCapacityCounter(cloud.environment.AWS_ENDPOINT_URL_DYNAMODB ?? ""));
      Object.assign(process.env, cloud.environment);
      const table = cloud.environment.TABLE_INVENTORY ?? "";
      const clients = { s3: createS3Client(), dynamo: createDynamoClient() };
      const rows = ROWS[extent];

      process.env.AWS_ENDPOINT_URL_DYNAMODB = counter.url;
      const countedClient = createDynamoClient();
      const counted = waysFrom(countedClient, table);
      /** @returns write units a row, and all that were written into other tables */
      const unitsOf = async (name: string, work: (store: string) => Promise<unknown>): Promise<string[]> => {
        say(`counting write units: ${name}`);
        counter.take();
        await work(`Counted ${name}`);
        const { [table]: { write, read } = { write: 0, read: 0 }, ...others } = counter.take();
        if (write !== COUNTED_ROWS) throw new Error(`${name}: ${write} write units for ${COUNTED_ROWS} rows`);
        const beside = Object.values(others).reduce((sum, units) => sum + units.write, 0);
        return [`${figure(write / COUNTED_ROWS)} (and ${figure(read / COUNTED_ROWS)} read)`, figure(beside)];
      };
      const fromMemory = (name: string, write: Write) =>
        unitsOf(name, (store) => write(rowsOf(store, COUNTED_ROWS)));
      const units = {
        loop: await fromMemory("loop", counted.loop),
        bare: await fromMemory("bare", counted.bare(8)),
        unguarded: await fromMemory("unguarded", counted.unguarded),
        worker: await withParts(async (keep) => {
          const environment = { ...cloud.environment, AWS_ENDPOINT_URL_DYNAMODB: counter.url };
          await keep(startService("ingest-worker", environment));
          return unitsOf("worker", (store) =>
            loadThroughWorker(clients, cloud.environment, stockCsv(store, COUNTED_ROWS, countOf), {
              written: COUNTED_ROWS,
            }),
          );
        }),
      };
      countedClient.destroy();

      const ways = waysFrom(clients.dynamo, table);
      /** @returns rows a second */
      const measure = async (store: string, count: number, write: Write): Promise<number> => {
        const items = rowsOf(store, count);
        await whenQuiet(cloud.dynamoPid);
        const started = performance.now();
        await write(items);
        const seconds = (performance.now() - started) / 1000;
        await checkStore(clients.dynamo, cloud.environment, store, count, countOf);
        return count / seconds;
      };

      say("finding the fastest concurrency of the bare limit");
      await measure("Warm", rows.warm, ways.bare(8));
      const tried: { atOnce: number; speeds: number[] }[] = TRIED.map((atOnce) => ({ atOnce, speeds: [] }));
      for (let trial = 0; trial < TRIALS; trial += 1) {
        for (const { atOnce, speeds } of trial % 2 === 0 ? tried : tried.toReversed())
          speeds.push(await measure(`Tried ${atOnce} ${trial}`, rows.trial, ways.bare(atOnce)));
      }
      const { atOnce } = tried.reduce((best, each) =>
        median(each.speeds) > median(best.speeds) ? each : best,
      );

      await keep(startService("ingest-worker", cloud.environment));
      const figures = await alternate(
        {
          loop: (round) => measure(`Loop ${round}`, rows.loop, ways.loop),
          bare: (round) => measure(`Bare ${round}`, round < 0 ? rows.warm : rows.fast, ways.bare(atOnce)),
          worker: async (round) => {
            const store = `File ${round}`;
            const count = round < 0 ? rows.warm : rows.file;
            const file = stockCsv(store, count, countOf);
            await whenQuiet(cloud.dynamoPid);
            const seconds = await loadThroughWorker(clients, cloud.environment, file, { written: count });
            await checkStore(clients.dynamo, cloud.environment, store, count, countOf);
            return count / seconds;
          },
          unguarded: (round) => measure(`Unguarded ${round}`, rows.fast, ways.unguarded),
        },
        ROUNDS[extent],
        say,
      );
      for (const client of Object.values(clients)) client.destroy();

      const { loop, bare, worker, unguarded } = figures;
      const row = (
        name: string,
        count: number,
        units: readonly string[],
        speeds: readonly number[],
      ): string[] => [name, figure(count), ...units, figure(median(speeds)), range(spread(speeds))];
      return {
        tables: [
          {
            title: "First load",
            columns: [
              "way",
              "rows",
              "write units a row",
              `beside ${figure(COUNTED_ROWS)} rows`,
              "rows/s, median",
              "rounds",
            ],
            rows: [
              row("one put after the other", rows.loop, units.loop, loop),
              row(`bare limit, ${atOnce} writes at the same time`, rows.fast, units.bare, bare),
              row("the worker", rows.file, units.worker, worker),
              row("BatchWriteItem, unguarded", rows.fast, units.unguarded, unguarded),
            ],
          },
        ],
        ratios: [
          ratioOf("load/worker-to-bare-limit", worker, bare, { kind: ">=", value: 0.8 }),
          ratioOf("load/worker-to-loop", worker, loop, { kind: ">=", value: 2.5 }),
          ratioOf("load/bare-limit-to-unguarded", bare, unguarded),
        ],
      };
    }),
};
