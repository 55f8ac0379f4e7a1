import { formatDecimal } from "@stockwire/contracts/decimal";
import { topology } from "@stockwire/contracts/topology";
import type { CsvObject } from "../reports/csv-object.ts";
import { parseDecimal } from "../reports/exact-decimal.ts";
import { type ExportSource, readInvoicesWithLines } from "./read-invoices.ts";
import { renderRecords } from "./render-records.ts";
import { amountsOf, type InvoiceCells, XERO_BILL_COLUMNS, type XeroCodes, xeroRow } from "./xero-bill.ts";

const { invoices, invoice_lines } = topology.reportTables;

/** Accepted invoices as bills for Xero: a row an item, or one row where the items do not add up by themselves. */
export async function* xeroCsv(source: ExportSource, codes: XeroCodes): AsyncGenerator<string> {
  yield renderRecords([XERO_BILL_COLUMNS]);
  for await (const { invoice, lines } of readInvoicesWithLines(source)) {
    for await (const record of invoice.records()) {
      const cells = named<InvoiceCells>(invoices.columns, record);
      yield* billRows(cells, lines, codes);
    }
  }
}

/**
 * Unit amounts and tax amounts of a bill always add up to the invoice's amount and tax. Where the items state less
 * (no taxes, because the invoice states its tax as a whole, or no prices) nothing is made up for them: the bill is
 * one row then. So the lines are read twice, first to add up and then to write; few are too large to be at hand.
 */
async function* billRows(
  invoice: InvoiceCells,
  lines: CsvObject | undefined,
  codes: XeroCodes,
): AsyncGenerator<string> {
  const { net, tax } = amountsOf(invoice);
  let [count, prices, taxes] = [0, 0n, 0n];
  for await (const line of readLines(lines)) {
    count += 1;
    prices += parseDecimal(line.price || "0");
    taxes += parseDecimal(line.tax || "0");
  }
  if (count === 0 || prices !== net || taxes !== tax) {
    const items = count === 0 ? "" : ` (${count} ${count === 1 ? "item" : "items"})`;
    const description = `Invoice ${invoice.invoice_id}${items}`;
    const whole = { description, unitAmount: formatDecimal(net), taxAmount: formatDecimal(tax) };
    yield renderRecords([xeroRow(invoice, codes, whole)]);
    return;
  }
  for await (const { item, price, tax } of readLines(lines)) {
    const line = { description: item, unitAmount: price || "0", taxAmount: tax || "0" };
    yield renderRecords([xeroRow(invoice, codes, line)]);
  }
}

type LineCells = Readonly<Record<"item" | "price" | "tax", string>>;

async function* readLines(lines: CsvObject | undefined): AsyncGenerator<LineCells> {
  for await (const record of lines?.records() ?? []) yield named<LineCells>(invoice_lines.columns, record);
}

/** A record's cells by their columns' names. */
const named = <Cells extends Readonly<Record<string, string>>>(
  columns: readonly string[],
  record: readonly string[],
): Cells => Object.fromEntries(columns.map((column, index) => [column, record[index] ?? ""])) as Cells;
