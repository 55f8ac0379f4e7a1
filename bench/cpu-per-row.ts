import { cpus } from "node:os";
import { createDynamoClient, createS3Client } from "@stockwire/service-kit/aws-clients";
import { receiptOf, requireRows, storeFile } from "./harness/load-files.ts";
import { type CountOf, stockCsv } from "./harness/make-stock.ts";
import { whileWatching } from "./harness/processes.ts";
import { startCloud, startService, withParts } from "./harness/system.ts";

/**
 * CPU time that the real ingest worker takes for a file and for a row: what `npm run capacity` reckons with. The
 * worker is a process of its own, whose CPU seconds (user and system, all its threads) are looked at before and after,
 * so neither the emulators nor their speed nor other work on the machine are in the figures.
 */
const LARGE_ROWS = Number(process.env.BENCH_ROWS ?? 100_000);
const SMALL_FILES = Number(process.env.BENCH_FILES ?? 1_000);
const SMALL_ROWS = 100;
const WARM_ROWS = 20_000;

const WAYS = ["inserted", "updated", "unchanged"] as const;
/** CPU seconds of one large file, or of all small ones, by what becomes of their rows. */
type Seconds = Readonly<Partial<Record<(typeof WAYS)[number], number>>>;

const first: CountOf = (row) => (row % 997) + 1;
const oneChanged: CountOf = (row) => (row === 0 ? 998 : first(row));
const allChanged: CountOf = (row) => first(row) + 1;
const small = Array.from({ length: SMALL_FILES }, (_, index) => `Small ${index}`);

const measureAll = (): Promise<{ readonly large: Seconds; readonly many: Seconds }> =>
  withParts(async (keep) => {
    const { environment } = await keep(startCloud());
    Object.assign(process.env, environment);
    const [s3, dynamo] = [createS3Client(), createDynamoClient()];
    const settings = { LOG_LEVEL: "info", QUEUE_WAIT_SECONDS: "1", AWS_MAX_ATTEMPTS: "10" };
    const { pid } = await keep(startService("ingest-worker", environment, settings));

    /** CPU seconds for one load of each store, of which each receipt must say that so many rows were written. */
    const measure = async (
      stores: readonly string[],
      rows: number,
      count: CountOf,
      written: number,
    ): Promise<number> => {
      const { cpu } = await whileWatching({ worker: pid }, async () => {
        const uploads: string[] = [];
        for (const store of stores)
          uploads.push(await storeFile(s3, environment, stockCsv(store, rows, count)));
        for (const upload of uploads) requireRows(await receiptOf(dynamo, environment, upload), { written });
      });
      return cpu.worker ?? Number.NaN;
    };

    try {
      await measure(["Warm"], WARM_ROWS, first, WARM_ROWS);
      const large = {
        inserted: await measure(["Large"], LARGE_ROWS, first, LARGE_ROWS),
        unchanged: await measure(["Large"], LARGE_ROWS, oneChanged, 1),
        updated: await measure(["Large"], LARGE_ROWS, allChanged, LARGE_ROWS),
      };
      const many = {
        inserted: await measure(small, SMALL_ROWS, first, SMALL_ROWS),
        unchanged: await measure(small, SMALL_ROWS, oneChanged, 1),
      };
      return { large, many };
    } finally {
      s3.destroy();
      dynamo.destroy();
    }
  });

const { large, many } = await measureAll();
const report = (way: (typeof WAYS)[number]) => {
  const perRow = (large[way] ?? Number.NaN) / LARGE_ROWS;
  const files = many[way];
  const inMany = files === undefined ? undefined : files / SMALL_FILES;
  return {
    rows: way,
    "CPU µs a row (large file)": Math.round(perRow * 1e6),
    "CPU ms a file of 100 rows": inMany && Math.round(inMany * 1e4) / 10,
    "of it beside the rows, ms": inMany && Math.round((inMany - perRow * SMALL_ROWS) * 1e4) / 10,
  };
};
console.log(
  `${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}, ${LARGE_ROWS} rows, ${SMALL_FILES} files`,
);
console.table(WAYS.map(report));
