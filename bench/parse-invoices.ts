/**
 * How fast invoices are read on one core, and how much memory one of 50,000 items takes.
 *
 *   node bench/parse-invoices.ts
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { renderInvoiceCsv, renderInvoiceLinesCsv } from "../services/invoice-worker/src/csv/render-csv.ts";
import { loadLayouts } from "../services/invoice-worker/src/layout/load-layouts.ts";
import { parseInvoice } from "../services/invoice-worker/src/parse-invoice.ts";

const MEGABYTE = 1_000_000;
const ITEMS = 50_000;
const TODAY = "2026-01-01";
const MEASURE_MILLISECONDS = 2_000;
const self = fileURLToPath(import.meta.url);
const sample = join(import.meta.dirname, "../samples/invoices/inv-00001.txt");

const largeInvoice = (): Buffer => {
  const items = Array.from(
    { length: ITEMS },
    (_, index) =>
      `${index + 1}) Hull plate no. ${index}, forged, of the long description that makes a line of a hundred bytes, 20.25, 1.05`,
  );
  const head = [
    "Customer-ID: c-1",
    "Inv-ID: large-1 Dated: 2018-03-31",
    "From: Space Mechanics Inc.",
    "To: Starfleet HQ",
    "Amount: 1,012,500.00 VAT: 52,500.00 Total: 1,065,000.00",
    "InWords: One million sixty-five thousand only",
    "Items",
  ];
  return Buffer.from([...head, ...items].join("\n"));
};

/** Reads the sample and renders its CSV for two seconds, after as long to warm up. */
const measureSpeed = (): number => {
  const layouts = loadLayouts();
  const bytes = readFileSync(sample);
  const run = (milliseconds: number): number => {
    const start = performance.now();
    let count = 0;
    while (performance.now() - start < milliseconds) {
      for (let each = 0; each < 50; each++) renderInvoiceCsv(parseInvoice(bytes, layouts, TODAY));
      count += 50;
    }
    return (count * 1_000) / (performance.now() - start);
  };
  run(MEASURE_MILLISECONDS);
  return run(MEASURE_MILLISECONDS);
};

interface LargeResult {
  readonly bytes: number;
  readonly items: number;
  readonly status: string;
  readonly milliseconds: number;
  /** Resident memory before, and at its highest. */
  readonly before: number;
  readonly peak: number;
}

/** In a process of its own, whose peak is then this invoice's: reading it and rendering both CSV objects. */
const readLarge = async (): Promise<LargeResult> => {
  const layouts = loadLayouts();
  renderInvoiceCsv(parseInvoice(readFileSync(sample), layouts, TODAY));
  const bytes = largeInvoice();
  const before = process.memoryUsage.rss();
  const start = performance.now();
  const reading = parseInvoice(bytes, layouts, TODAY);
  const csv = renderInvoiceCsv(reading) + (await renderInvoiceLinesCsv(reading));
  const milliseconds = performance.now() - start;
  if (csv.length < bytes.length / 2) throw new Error("the CSV lacks lines");
  const peak = process.resourceUsage().maxRSS * 1_024;
  return {
    bytes: bytes.length,
    items: reading.items.length,
    status: reading.status,
    milliseconds,
    before,
    peak,
  };
};

const main = async (): Promise<void> => {
  const perSecond = measureSpeed();
  process.stdout.write(
    `sample: ${Math.round(perSecond).toLocaleString("en")} invoices/s on one core, CSV included\n`,
  );
  const child = fork(self, ["large"]);
  const [message] = await once(child, "message");
  const { bytes, items, status, milliseconds, before, peak } = message as LargeResult;
  const megabytes = (value: number): string => (value / MEGABYTE).toFixed(1);
  process.stdout.write(
    `${items.toLocaleString("en")} items, ${megabytes(bytes)} MB (${status}): ${Math.round(milliseconds)} ms, ` +
      `peak memory ${megabytes(peak)} MB, of which ${megabytes(before)} MB before it\n`,
  );
};

if (process.argv[2] === "large") process.send?.(await readLarge());
else await main();
