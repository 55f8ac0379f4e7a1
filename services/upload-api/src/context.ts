import type { S3Client } from "@aws-sdk/client-s3";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { Logger } from "@stockwire/service-kit/logger";
import type { Metrics } from "@stockwire/service-kit/metrics";
import {
  alertsDaysKey,
  createRecordedDays,
  invoicesDaysKey,
  type RecordedDays,
  uploadsDaysKey,
} from "@stockwire/service-kit/recorded-days";
import { createUploadsTable, type UploadsTable } from "@stockwire/service-kit/uploads/uploads-table";
import { type CheckKey, createKeyCheck } from "./access/check-key.ts";
import type { CheckToken } from "./access/check-token.ts";
import { createKeyLookUp, rememberKeys } from "./access/look-up-key.ts";
import { peopleOf } from "./access/people.ts";
import type { ApiConfig } from "./config.ts";
import { createVersionIssuer, type IssueReceivedAt } from "./issue-version.ts";
import { createExpenseReport, type ExpenseReport } from "./reports/expense-report.ts";

/** What the routes work with. */
export interface ApiContext {
  readonly maxUploadBytes: number;
  readonly bodyStallMilliseconds: number;
  readonly s3: S3Client;
  readonly dynamo: DynamoDBDocumentClient;
  readonly resources: ApiConfig["resources"];
  readonly uploads: UploadsTable;
  readonly uploadDays: RecordedDays;
  readonly alertDays: RecordedDays;
  readonly invoiceDays: RecordedDays;
  readonly issueReceivedAt: IssueReceivedAt;
  readonly expenseReport: ExpenseReport;
  readonly checkKey: CheckKey;
  readonly checkToken: CheckToken;
  readonly metrics: Metrics;
  readonly log: Logger;
}

/** One context a process: it owns the issuer of versions. Throws ConfigError when a setting that others call for is missing. */
export const createContext = (parts: {
  readonly config: ApiConfig;
  readonly s3: S3Client;
  readonly dynamo: DynamoDBDocumentClient;
  readonly metrics: Metrics;
  readonly log: Logger;
}): ApiContext => {
  const { config, ...rest } = parts;
  const { tables } = config.resources;
  return {
    ...rest,
    maxUploadBytes: config.settings.MAX_UPLOAD_BYTES,
    bodyStallMilliseconds: config.settings.BODY_STALL_SECONDS * 1000,
    resources: config.resources,
    uploads: createUploadsTable(parts.dynamo, tables.Uploads),
    uploadDays: createRecordedDays(parts.dynamo, tables.Uploads, uploadsDaysKey),
    alertDays: createRecordedDays(parts.dynamo, tables.Alerts, alertsDaysKey),
    invoiceDays: createRecordedDays(parts.dynamo, tables.Invoices, invoicesDaysKey),
    issueReceivedAt: createVersionIssuer(Date.now),
    expenseReport: createExpenseReport(config, parts.s3, parts.log),
    checkKey: createKeyCheck(rememberKeys(createKeyLookUp(parts.dynamo, tables.ApiKeys))),
    checkToken: peopleOf(config.settings),
  };
};
