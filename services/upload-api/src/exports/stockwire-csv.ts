import { topology } from "@stockwire/contracts/topology";
import { type ExportSource, readInvoices } from "./read-invoices.ts";
import { renderRecords } from "./render-records.ts";

/** One record an invoice, with the cells of its CSV object; `marked`: behind a byte order mark. */
export async function* stockwireCsv(source: ExportSource, marked: boolean): AsyncGenerator<string> {
  if (marked) yield "\ufeff";
  yield renderRecords([topology.reportTables.invoices.columns]);
  for await (const invoice of readInvoices(source)) {
    for await (const record of invoice.records()) yield renderRecords([record]);
  }
}
