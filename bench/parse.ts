import { alternate } from "./harness/alternate.ts";
import type { Benchmark, FigureTable, Ratio } from "./harness/benchmark.ts";
import { csvReaders, type ReadFile } from "./harness/csv-readers.ts";
import { type CsvSample, makeSamples } from "./harness/csv-samples.ts";
import { figure, range } from "./harness/format.ts";
import { ratioOf } from "./harness/ratio.ts";
import { median, spread } from "./harness/statistics.ts";

const BYTES = { short: 3_000_000, full: 24_000_000 } as const;
const ROUNDS = { short: 11, full: 7 } as const;
type Reader = keyof typeof csvReaders;
/** In short only what is held to a floor: what the others leave to be collected would slow down whoever comes next. */
const READERS = {
  short: ["ours", "csv-parse"],
  full: Object.keys(csvReaders) as Reader[],
} as const satisfies Record<string, readonly Reader[]>;

/** @returns bytes a second */
const measure = async (read: ReadFile, { bytes, ...wanted }: CsvSample): Promise<number> => {
  const started = performance.now();
  const found = await read(bytes);
  const seconds = (performance.now() - started) / 1000;
  if (Object.entries(found).some(([name, value]) => value !== wanted[name as keyof typeof wanted])) {
    throw new Error(`${JSON.stringify(found)} was read, should be ${JSON.stringify(wanted)}`);
  }
  return bytes.length / seconds;
};

export const benchmark: Benchmark = {
  name: "parse",
  title: "Reading files alone",
  about:
    "From bytes in chunks of 64 KiB to checked rows with their lines, beside csv-parse alone, which the worker is built on, in its " +
    "fastest configuration for the same cells (no relaxed quotes, no trimming, no limits, nothing checked), and beside three other " +
    "streaming parsers. None of these checks that the file is UTF-8, or looks for items that come again; what the worker does to a " +
    "file in its first pass, both of that and the digest included, is a way of its own. Every way's rows, the sum of their counts " +
    "and the lengths of their names are compared with the file; of the first pass its rows and the digest.",
  run: async (extent, say) => {
    const tables: FigureTable[] = [];
    const ratios: Ratio[] = [];
    for (const sample of makeSamples(BYTES[extent])) {
      const ways = READERS[extent].map((name) => [name, () => measure(csvReaders[name], sample)] as const);
      const speeds: Partial<Record<Reader, number[]>> = await alternate(
        Object.fromEntries(ways),
        ROUNDS[extent],
        (line) => say(`${sample.name}: ${line}`),
      );
      const rowBytes = sample.bytes.length / sample.rows;
      tables.push({
        title: `The ${sample.name} file, ${figure(rowBytes)} bytes a row`,
        columns: ["way", "MB/s, median", "rounds", "rows/s, median"],
        rows: Object.entries(speeds).map(([name, figures]) => [
          name,
          figure(median(figures) / 1e6),
          range(spread(figures.map((value) => value / 1e6))),
          figure(median(figures) / rowBytes),
        ]),
      });
      // Empty where a way is missing, which is an error.
      const { ours = [], "csv-parse": alone = [], uDSV: udsv } = speeds;
      ratios.push(ratioOf(`parse/${sample.name}-to-csv-parse`, ours, alone, { kind: ">=", value: 0.8 }));
      if (udsv !== undefined) ratios.push(ratioOf(`parse/${sample.name}-udsv-to-csv-parse`, udsv, alone));
    }
    return { tables, ratios };
  },
};
