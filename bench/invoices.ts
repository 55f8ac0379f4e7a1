import { fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { renderInvoiceCsv } from "../services/invoice-worker/src/csv/render-csv.ts";
import { loadLayouts } from "../services/invoice-worker/src/layout/load-layouts.ts";
import { parseInvoice } from "../services/invoice-worker/src/parse-invoice.ts";
import { alternate } from "./harness/alternate.ts";
import type { Benchmark } from "./harness/benchmark.ts";
import { figure, megabytes, range } from "./harness/format.ts";
import { ratioOf } from "./harness/ratio.ts";
import { type LargeInvoice, SAMPLE, TODAY } from "./harness/read-large-invoice.ts";
import { median, spread } from "./harness/statistics.ts";

const ROUNDS = { short: 3, full: 5 } as const;
const MILLISECONDS = { short: 500, full: 2_000 } as const;
const SIZES = [5_000, 50_000] as const;
const AT_A_TIME = 50;
const READER = join(import.meta.dirname, "harness/read-large-invoice.ts");

/** Times a second that `work` was done. */
const perSecond = (work: () => void, milliseconds: number): number => {
  const started = performance.now();
  let done = 0;
  for (; performance.now() - started < milliseconds; done += AT_A_TIME) {
    for (let each = 0; each < AT_A_TIME; each += 1) work();
  }
  return (done * 1_000) / (performance.now() - started);
};

const readLarge = async (items: number): Promise<LargeInvoice> => {
  const child = fork(READER, [String(items)]);
  const [message] = await Promise.race([
    once(child, "message"),
    once(child, "exit").then(([code]) => Promise.reject(new Error(`the reader ended with ${code}`))),
  ]);
  return message as LargeInvoice;
};

export const benchmark: Benchmark = {
  name: "invoices",
  title: "Reading invoices",
  about:
    "The sample invoice read and checked on one core, with and without its CSV record; then invoices of " +
    `${SIZES.map(figure).join(" and ")} items, each in a process of its own: time an item shows whether the parser is linear. ` +
    "Checked: the record's ids and total, the number of items and of lines.",
  run: async (extent, say) => {
    const layouts = loadLayouts();
    const bytes = readFileSync(SAMPLE);
    const record = renderInvoiceCsv(parseInvoice(bytes, layouts, TODAY));
    if (!/sm-LK0080145,inv-00001,.*,8150,/.test(record))
      throw new Error(`not the sample's record: ${record}`);
    const milliseconds = MILLISECONDS[extent];
    const { read, csv } = await alternate(
      {
        read: async () => perSecond(() => parseInvoice(bytes, layouts, TODAY), milliseconds),
        csv: async () => perSecond(() => renderInvoiceCsv(parseInvoice(bytes, layouts, TODAY)), milliseconds),
      },
      ROUNDS[extent],
      say,
    );
    const large = await alternate(
      Object.fromEntries(SIZES.map((items) => [`${figure(items)} items`, () => readLarge(items)])),
      ROUNDS[extent],
      say,
    );
    const [small = [], huge = []] = Object.values(large);
    const anItem = (rounds: readonly LargeInvoice[], items: number): number[] =>
      rounds.map((round) => (round.milliseconds * 1_000) / items);
    const largeRow = (rounds: readonly LargeInvoice[], items: number): string[] => [
      figure(items),
      megabytes(rounds[0]?.bytes ?? 0),
      figure(median(rounds.map((round) => round.milliseconds))),
      figure(median(anItem(rounds, items))),
      megabytes(median(rounds.map(({ before }) => before))),
      megabytes(median(rounds.map(({ peak }) => peak))),
    ];
    return {
      tables: [
        {
          title: "The sample invoice, on one core",
          columns: ["way", "invoices/s", "spread"],
          rows: [
            ["read and checked", figure(median(read)), range(spread(read))],
            ["and its CSV record", figure(median(csv)), range(spread(csv))],
          ],
        },
        {
          title: "Invoices of many items",
          columns: ["items", "size", "ms", "µs an item", "memory before", "at its highest"],
          rows: [largeRow(small, SIZES[0]), largeRow(huge, SIZES[1])],
        },
      ],
      ratios: [
        ratioOf("invoices/with-csv-to-read", csv, read),
        ratioOf("invoices/item-of-50000-to-item-of-5000", anItem(huge, SIZES[1]), anItem(small, SIZES[0])),
      ],
    };
  },
};
