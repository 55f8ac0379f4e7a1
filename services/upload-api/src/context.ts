import type { S3Client } from "@aws-sdk/client-s3";
import type { SNSClient } from "@aws-sdk/client-sns";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { createUrlSigner } from "@stockwire/service-kit/aws-clients";
import { createLiveEvents, type LiveEventWriter } from "@stockwire/service-kit/live/live-events";
import type { Logger } from "@stockwire/service-kit/logger";
import type { Metrics } from "@stockwire/service-kit/metrics";
import {
  alertsDaysKey,
  createRecordedDays,
  invoicesDaysKey,
  type RecordedDays,
  uploadsDaysKey,
} from "@stockwire/service-kit/recorded-days";
import { createThresholdsTable, type ThresholdsTable } from "@stockwire/service-kit/stock/thresholds-table";
import { createUploadsTable, type UploadsTable } from "@stockwire/service-kit/uploads/uploads-table";
import { type CheckKey, createKeyCheck } from "./access/check-key.ts";
import type { CheckToken } from "./access/check-token.ts";
import { createKeyLookUp, rememberKeys } from "./access/look-up-key.ts";
import { peopleOf } from "./access/people.ts";
import type { ApiConfig } from "./config.ts";
import { type Claims, createClaims } from "./idempotency/claims.ts";
import { createVersionIssuer, type IssueReceivedAt } from "./issue-version.ts";
import { createLiveFeed, type LiveFeed } from "./live/feed.ts";
import { createPendingUploads, type PendingUploads } from "./presigned/pending-uploads.ts";
import { createExpenseReport, type ExpenseReport } from "./reports/expense-report.ts";

import { createTopicSubscriptions, type TopicSubscriptions } from "./subscriptions/topic-subscriptions.ts";

/** What bounds an upload straight to S3. */
interface PresignedSettings {
  readonly maxBytes: number;
  readonly smallestPart: number;
  readonly urlSeconds: number;
  readonly openSeconds: number;
}

/** What the routes work with. */
export interface ApiContext {
  readonly settings: ApiConfig["settings"];
  readonly maxUploadBytes: number;
  readonly receiptDays: number;
  readonly s3: S3Client;
  readonly dynamo: DynamoDBDocumentClient;
  readonly resources: ApiConfig["resources"];
  readonly uploads: UploadsTable;
  readonly presigned: PresignedSettings;
  readonly pendingUploads: PendingUploads;
  /** Signs addresses, and nothing else. */
  readonly urlSigner: S3Client;
  readonly claims: Claims;
  readonly uploadDays: RecordedDays;
  readonly alertDays: RecordedDays;
  readonly invoiceDays: RecordedDays;
  readonly thresholds: ThresholdsTable;
  readonly subscriptions: TopicSubscriptions;
  readonly issueReceivedAt: IssueReceivedAt;
  readonly expenseReport: ExpenseReport;
  /** Tells pages what has changed. */
  readonly live: LiveEventWriter;
  /** What all services tell pages. */
  readonly feed: LiveFeed;
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
  readonly sns: SNSClient;
  readonly metrics: Metrics;
  readonly log: Logger;
}): ApiContext => {
  const { config, sns: _, ...rest } = parts;
  const { settings } = config;
  const { tables } = config.resources;
  return {
    ...rest,
    settings,
    maxUploadBytes: settings.MAX_UPLOAD_BYTES,
    receiptDays: settings.RECEIPT_DAYS,
    resources: config.resources,
    uploads: createUploadsTable(parts.dynamo, tables.Uploads),
    presigned: {
      maxBytes: settings.MAX_PRESIGNED_BYTES,
      smallestPart: settings.PRESIGNED_PART_BYTES,
      urlSeconds: settings.PRESIGNED_URL_SECONDS,
      openSeconds: settings.PRESIGNED_UPLOAD_SECONDS,
    },
    pendingUploads: createPendingUploads(parts.dynamo, tables.PendingUploads),
    urlSigner: createUrlSigner(settings.S3_PUBLIC_ENDPOINT || undefined),
    claims: createClaims(parts.dynamo, tables.IdempotencyKeys),
    uploadDays: createRecordedDays(parts.dynamo, tables.Uploads, uploadsDaysKey),
    alertDays: createRecordedDays(parts.dynamo, tables.Alerts, alertsDaysKey),
    invoiceDays: createRecordedDays(parts.dynamo, tables.Invoices, invoicesDaysKey),
    thresholds: createThresholdsTable(parts.dynamo, tables.Thresholds),
    subscriptions: createTopicSubscriptions(parts.sns, config.resources.topics.NoStock),
    issueReceivedAt: createVersionIssuer(Date.now),
    expenseReport: createExpenseReport(config, parts.s3, parts.log),
    live: createLiveEvents({ ...parts, tableName: tables.Events }),
    feed: createLiveFeed({ ...parts, tableName: tables.Events }),
    checkKey: createKeyCheck(rememberKeys(createKeyLookUp(parts.dynamo, tables.ApiKeys))),
    checkToken: peopleOf(config.settings),
  };
};
