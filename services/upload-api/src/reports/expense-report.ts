import type { S3Client } from "@aws-sdk/client-s3";
import { topology } from "@stockwire/contracts/topology";
import { ConfigError } from "@stockwire/service-kit/config";
import type { Logger } from "@stockwire/service-kit/logger";
import type { ApiConfig } from "../config.ts";
import { createAthenaClient } from "./athena-client.ts";
import { createAthenaReport } from "./athena-report.ts";
import type { DateRange } from "./date-range.ts";
import { createDuckDbReport } from "./duckdb-report.ts";
import type { ExpenseRow } from "./expense-row.ts";

/** Expenses by date, whichever engine adds them up. */
export interface ExpenseReport {
  readonly engine: "athena" | "duckdb";
  /** Dates that have invoices, in order. Rejects as soon as the signal says so. */
  readonly expenses: (range: DateRange, signal: AbortSignal) => Promise<ExpenseRow[]>;
  /** Lets go of connections. */
  readonly close: () => void;
}

/**
 * The engine that the settings name.
 * @throws ConfigError when the engine lacks a setting
 */
export const createExpenseReport = (
  { settings, resources }: ApiConfig,
  s3: S3Client,
  log: Logger,
): ExpenseReport => {
  if (settings.REPORT_ENGINE === "duckdb") {
    const table = topology.reportTables.invoices;
    const bucket = resources.buckets["invoice-csv-dest"];
    return createDuckDbReport({ s3, table, bucket, memoryMegabytes: settings.REPORT_MEMORY_MB });
  }
  const missing = (["ATHENA_WORKGROUP", "ATHENA_DATABASE"] as const).filter((name) => settings[name] === "");
  if (missing.length > 0) {
    throw new ConfigError(`REPORT_ENGINE=athena needs ${missing.join(" and ")}, which is not set`);
  }
  return createAthenaReport({
    athena: createAthenaClient(),
    workGroup: settings.ATHENA_WORKGROUP,
    database: settings.ATHENA_DATABASE,
    log,
  });
};
