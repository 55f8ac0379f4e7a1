import { readFileSync } from "node:fs";
import { join } from "node:path";
import { renderInvoiceCsv, renderInvoiceLinesCsv } from "../../services/invoice-worker/src/csv/render-csv.ts";
import { loadLayouts } from "../../services/invoice-worker/src/layout/load-layouts.ts";
import { parseInvoice } from "../../services/invoice-worker/src/parse-invoice.ts";

/**
 * Reads one invoice of many items and renders both its CSV objects, in a process of its own, whose peak of memory is
 * then this invoice's: `node bench/harness/read-large-invoice.ts ITEMS`, forked.
 */

export const SAMPLE = join(import.meta.dirname, "../../samples/invoices/inv-00001.txt");
export const TODAY = "2026-01-01";

export interface LargeInvoice {
  readonly bytes: number;
  readonly milliseconds: number;
  /** Resident memory before it, and at its highest. */
  readonly before: number;
  readonly peak: number;
}

const CENTS_PRICE = 2025;
const CENTS_TAX = 105;
const money = (cents: number): string => (cents / 100).toFixed(2);

const largeInvoice = (count: number): Buffer => {
  const lines = Array.from(
    { length: count },
    (_, index) =>
      `${index + 1}) Hull plate no. ${index}, forged, of the long description that makes a line of a hundred bytes, 20.25, 1.05`,
  );
  const [amount, tax] = [count * CENTS_PRICE, count * CENTS_TAX];
  const head = [
    "Customer-ID: c-1",
    "Inv-ID: large-1 Dated: 2018-03-31",
    "From: Space Mechanics Inc.",
    "To: Starfleet HQ",
    `Amount: ${money(amount)} VAT: ${money(tax)} Total: ${money(amount + tax)}`,
    "Items",
  ];
  return Buffer.from([...head, ...lines].join("\n"));
};

const read = async (count: number): Promise<LargeInvoice> => {
  const layouts = loadLayouts();
  renderInvoiceCsv(parseInvoice(readFileSync(SAMPLE), layouts, TODAY));
  const bytes = largeInvoice(count);
  const before = process.memoryUsage.rss();
  const started = performance.now();
  const reading = parseInvoice(bytes, layouts, TODAY);
  const lines = await renderInvoiceLinesCsv(reading);
  renderInvoiceCsv(reading);
  const milliseconds = performance.now() - started;
  if (reading.items.length !== count) throw new Error(`${reading.items.length} of ${count} items were read`);
  if (lines.split("\n").length <= count) throw new Error("the CSV lacks lines");
  return { bytes: bytes.length, milliseconds, before, peak: process.resourceUsage().maxRSS * 1_024 };
};

if (import.meta.main) process.send?.(await read(Number(process.argv[2])));
