import { setImmediate } from "node:timers/promises";
import type { FieldName, InvoiceReading, ItemReading } from "@stockwire/contracts/invoice";
import { topology } from "@stockwire/contracts/topology";
import { stringify } from "csv-stringify/sync";
import { neutraliseCell } from "./neutralise-cell.ts";

/** The columns of both kinds of CSV are those of the report's tables. */
const INVOICE_COLUMNS = topology.reportTables.invoices.columns;
const INVOICE_LINE_COLUMNS = topology.reportTables.invoice_lines.columns;
const BATCH = 1_000;

/** The cells of an accepted invoice, in the order of INVOICE_COLUMNS; what it does not state is empty. */
export const invoiceCells = ({ fields }: InvoiceReading): string[] => {
  const text = (field: FieldName): string => neutraliseCell(fields[field].value ?? "");
  return [
    text("customer_id"),
    text("invoice_id"),
    fields.date.value ?? "",
    text("from"),
    text("to"),
    fields.amount.value ?? "",
    fields.tax.value ?? "",
    fields.total.value ?? "",
    text("in_words"),
  ];
};

/** The invoice as CSV: header and one record. The same reading gives the same bytes. */
export const renderInvoiceCsv = (reading: InvoiceReading): string =>
  render([INVOICE_COLUMNS, invoiceCells(reading)]);

/**
 * The items as CSV: header and one record each, numbered from 1 in the order of the file. In batches, between which
 * the process can see to other things: the cells of 50,000 items at once take more memory than the file.
 */
export const renderInvoiceLinesCsv = async ({ fields, items }: InvoiceReading): Promise<string> => {
  const customerId = neutraliseCell(fields.customer_id.value ?? "");
  const invoiceId = neutraliseCell(fields.invoice_id.value ?? "");
  const date = fields.date.value ?? "";
  const cells = ({ name, price, tax }: ItemReading, index: number): string[] => [
    customerId,
    invoiceId,
    date,
    String(index + 1),
    neutraliseCell(name ?? ""),
    price ?? "",
    tax ?? "",
  ];
  const parts = [render([INVOICE_LINE_COLUMNS])];
  for (let start = 0; start < items.length; start += BATCH) {
    const batch = items.slice(start, start + BATCH);
    parts.push(render(batch.map((item, index) => cells(item, start + index))));
    await setImmediate();
  }
  return parts.join("");
};

/** RFC 4180: CRLF, quotes where needed. */
const render = (rows: readonly (readonly string[])[]): string =>
  stringify(
    rows.map((row) => [...row]),
    { record_delimiter: "windows" },
  );
