import type { S3Client } from "@aws-sdk/client-s3";
import type { DuckDBConnection } from "@duckdb/node-api";
import type { ReportTableDeclaration } from "@stockwire/contracts/topology";
import { createLimiter } from "@stockwire/service-kit/limiter";
import { reportEngineMissing } from "../errors/api-error.ts";
import { fetchCsvObject } from "./csv-object.ts";
import type { DateRange } from "./date-range.ts";
import type { ExpenseReport } from "./expense-report.ts";
import { EXPENSES_SQL, type ExpenseRow, toExpenseRow } from "./expense-row.ts";
import { listTableKeys } from "./list-table-keys.ts";
import { readAhead } from "./read-ahead.ts";
import { type DuckDbModule, withScratchDatabase } from "./scratch-database.ts";

const REPORTS_AT_ONCE = 2;
const OBJECTS_AT_ONCE = 32;
/** The appender keeps rows in memory outside DuckDB's limit until they are flushed. */
const FLUSH_EVERY_ROWS = 2_048;

interface DuckDbReportParts {
  readonly s3: S3Client;
  readonly table: ReportTableDeclaration;
  /** Physical name. */
  readonly bucket: string;
  readonly memoryMegabytes: number;
  /** A native module of tens of megabytes: loaded with the first report, not with the API. */
  readonly load?: () => Promise<DuckDbModule>;
}

/** Reads the CSV objects through S3 and lets DuckDB add them up. */
export const createDuckDbReport = ({
  load = () => import("@duckdb/node-api"),
  ...parts
}: DuckDbReportParts): ExpenseReport => {
  const limit = createLimiter(REPORTS_AT_ONCE);
  const loadOrExplain = async () => {
    try {
      return await load();
    } catch (cause) {
      throw reportEngineMissing(cause);
    }
  };
  return {
    engine: "duckdb",
    expenses: (range, signal) =>
      limit(async () => {
        // The client may have gone while this waited for its turn.
        signal.throwIfAborted();
        const duckdb = await loadOrExplain();
        return withScratchDatabase(duckdb, parts.memoryMegabytes, async (connection) => {
          await loadTable(connection, parts, range, signal);
          return runQuery(connection, range, signal);
        });
      }),
    close: () => {},
  };
};

const loadTable = async (
  connection: DuckDBConnection,
  { s3, table, bucket }: DuckDbReportParts,
  range: DateRange,
  callerSignal: AbortSignal,
): Promise<void> => {
  const failed = new AbortController();
  const signal = AbortSignal.any([callerSignal, failed.signal]);
  const columns = [...table.columns, table.partition.column];
  await connection.run(`CREATE TABLE invoices (${columns.map((name) => `"${name}" VARCHAR`).join(", ")})`);
  const appender = await connection.createAppender("invoices");
  try {
    const objects = readAhead(
      listTableKeys(s3, table, bucket, range, signal),
      OBJECTS_AT_ONCE,
      async ({ key, date }) => ({
        date,
        object: await fetchCsvObject(s3, bucket, key, table.columns, signal),
      }),
    );
    let rows = 0;
    // An object that was deleted since it was listed is an invoice no more.
    for await (const { date, object } of objects) {
      for await (const record of object?.records() ?? []) {
        for (const cell of record) appender.appendVarchar(cell);
        appender.appendVarchar(date);
        appender.endRow();
        if (++rows % FLUSH_EVERY_ROWS === 0) appender.flushSync();
      }
    }
  } catch (error) {
    failed.abort();
    throw error;
  } finally {
    appender.closeSync();
  }
};

const runQuery = async (
  connection: DuckDBConnection,
  { from, to }: DateRange,
  signal: AbortSignal,
): Promise<ExpenseRow[]> => {
  const interrupt = () => connection.interrupt();
  signal.throwIfAborted();
  signal.addEventListener("abort", interrupt);
  try {
    const answer = await connection.runAndReadAll(EXPENSES_SQL, [from, to]);
    return answer.getRows().map((cells) => toExpenseRow(cells.map(String)));
  } finally {
    signal.removeEventListener("abort", interrupt);
  }
};
