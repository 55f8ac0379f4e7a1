import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type AthenaClient,
  GetQueryExecutionCommand,
  paginateGetQueryResults,
  type QueryExecutionStatus,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from "@aws-sdk/client-athena";
import type { Logger } from "@stockwire/service-kit/logger";
import { internalError, reportTimedOut, unavailable } from "../errors/api-error.ts";
import type { DateRange } from "./date-range.ts";
import type { ExpenseReport } from "./expense-report.ts";
import { EXPENSES_SQL, type ExpenseRow, toExpenseRow } from "./expense-row.ts";

/** Load balancers cut a silent answer off after 60 s by default; this one is to come before. */
const GIVE_UP_AFTER_MILLISECONDS = 55_000;
const FIRST_POLL_MILLISECONDS = 100;
const LONGEST_POLL_MILLISECONDS = 2_000;
const ENDED: ReadonlySet<string> = new Set(["SUCCEEDED", "FAILED", "CANCELLED"]);

interface AthenaReportParts {
  readonly athena: AthenaClient;
  /** Its configuration says where results go. */
  readonly workGroup: string;
  readonly database: string;
  readonly log: Logger;
  readonly giveUpAfterMilliseconds?: number;
}

/** Lets Athena run the query where the objects lie. */
export const createAthenaReport = (parts: AthenaReportParts): ExpenseReport => ({
  engine: "athena",
  expenses: async (range, signal) => {
    const id = await startQuery(parts, range);
    const status = await endOf(parts, id, signal).catch(async (error) => {
      await stopQuery(parts, id);
      throw error;
    });
    if (status.State !== "SUCCEEDED") throw failureOf(id, status);
    return readRows(parts, id, signal);
  },
  close: () => parts.athena.destroy(),
});

/** Not to be broken off: a query whose id is not known could not be stopped. */
const startQuery = async (
  { athena, workGroup, database }: AthenaReportParts,
  { from, to }: DateRange,
): Promise<string> => {
  const { QueryExecutionId = "" } = await athena.send(
    new StartQueryExecutionCommand({
      QueryString: EXPENSES_SQL,
      // They take the placeholders' places as SQL, so a text needs its quotes
      // (Athena User Guide, "Use parameterized queries": "must be enclosed in single quotes").
      ExecutionParameters: [`'${from}'`, `'${to}'`],
      QueryExecutionContext: { Database: database },
      WorkGroup: workGroup,
      ClientRequestToken: randomUUID(),
    }),
  );
  return QueryExecutionId;
};

/** @throws report_timed_out, or what ended the waiting */
const endOf = async (
  { athena, giveUpAfterMilliseconds = GIVE_UP_AFTER_MILLISECONDS }: AthenaReportParts,
  id: string,
  signal: AbortSignal,
): Promise<QueryExecutionStatus> => {
  const deadline = performance.now() + giveUpAfterMilliseconds;
  for (let pause = FIRST_POLL_MILLISECONDS; ; pause = Math.min(pause * 1.5, LONGEST_POLL_MILLISECONDS)) {
    const command = new GetQueryExecutionCommand({ QueryExecutionId: id });
    const { QueryExecution } = await athena.send(command, { abortSignal: signal });
    const status = QueryExecution?.Status ?? {};
    if (status.State !== undefined && ENDED.has(status.State)) return status;
    if (performance.now() + pause > deadline) throw reportTimedOut(giveUpAfterMilliseconds / 1000);
    await sleep(pause, undefined, { signal });
  }
};

/** Athena's reason stands in the log only: it names tables, buckets and keys. */
const failureOf = (id: string, { State, StateChangeReason, AthenaError }: QueryExecutionStatus) => {
  const cause = new Error(`Athena query ${id} ended as ${State}: ${StateChangeReason ?? "no reason given"}`);
  return AthenaError?.Retryable ? unavailable(cause) : internalError(cause);
};

const readRows = async (
  { athena }: AthenaReportParts,
  id: string,
  signal: AbortSignal,
): Promise<ExpenseRow[]> => {
  const rows: ExpenseRow[] = [];
  // The first row of the first page has the columns' names.
  let isHeader = true;
  for await (const { ResultSet } of paginateGetQueryResults(
    { client: athena },
    { QueryExecutionId: id },
    { abortSignal: signal },
  )) {
    for (const { Data = [] } of ResultSet?.Rows ?? []) {
      if (!isHeader) rows.push(toExpenseRow(Data.map((cell) => cell.VarCharValue)));
      isHeader = false;
    }
  }
  return rows;
};

/** A query that nobody waits for costs money. */
const stopQuery = async ({ athena, log }: AthenaReportParts, id: string): Promise<void> => {
  try {
    await athena.send(new StopQueryExecutionCommand({ QueryExecutionId: id }));
  } catch (error) {
    // Why the report failed matters more; the workgroup's own limits end the query.
    log.warn({ err: error, queryExecutionId: id }, "could not stop an Athena query");
  }
};
