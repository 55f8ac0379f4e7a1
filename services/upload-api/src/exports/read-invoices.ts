import type { S3Client } from "@aws-sdk/client-s3";
import { topology } from "@stockwire/contracts/topology";
import { type CsvObject, fetchCsvObject } from "../reports/csv-object.ts";
import type { DateRange } from "../reports/date-range.ts";
import { listTableKeys } from "../reports/list-table-keys.ts";
import { readAhead } from "../reports/read-ahead.ts";

const { invoices, invoice_lines: lines } = topology.reportTables;
const INVOICES_AT_ONCE = 16;

/** What an export reads from. */
export interface ExportSource {
  readonly s3: S3Client;
  /** Physical name of the bucket that both tables lie in. */
  readonly bucket: string;
  readonly range: DateRange;
  readonly signal: AbortSignal;
}

/** The CSV objects of accepted invoices, by date and then by key. */
export const readInvoices = (source: ExportSource): AsyncGenerator<CsvObject> =>
  present(fetchInvoices(source));

/** The same, each with the object of its item lines where there is one. */
export const readInvoicesWithLines = (
  source: ExportSource,
): AsyncGenerator<{ invoice: CsvObject; lines: CsvObject | undefined }> =>
  present(fetchInvoicesWithLines(source));

const fetchInvoices = ({ s3, bucket, range, signal }: ExportSource) =>
  readAhead(listTableKeys(s3, invoices, bucket, range, signal), INVOICES_AT_ONCE, ({ key }) =>
    fetchCsvObject(s3, bucket, key, invoices.columns, signal),
  );

const fetchInvoicesWithLines = ({ s3, bucket, range, signal }: ExportSource) =>
  readAhead(
    listTableKeys(s3, invoices, bucket, range, signal),
    INVOICES_AT_ONCE,
    async ({ key, date, name }) => {
      const linesKey = `${lines.prefix}${lines.partition.column}=${date}/${name}`;
      const [invoice, itsLines] = await Promise.all([
        fetchCsvObject(s3, bucket, key, invoices.columns, signal),
        fetchCsvObject(s3, bucket, linesKey, lines.columns, signal),
      ]);
      return invoice && { invoice, lines: itsLines };
    },
  );

/** Leaves out what was deleted since it was listed. */
async function* present<Item>(items: AsyncIterable<Item | undefined>): AsyncGenerator<Item> {
  for await (const item of items) if (item !== undefined) yield item;
}
