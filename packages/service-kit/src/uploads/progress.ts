import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { InvoiceReport } from "@stockwire/contracts/invoice";
import type { UploadItem } from "@stockwire/contracts/items";
import type {
  RejectedRow,
  RowCounts,
  UploadError,
  UploadStatus,
  Warning,
} from "@stockwire/contracts/receipt";
import { retryable } from "../errors.ts";
import type { UploadsTable } from "./uploads-table.ts";

/** How an upload ended, as its receipt will say. */
export interface Ending {
  readonly status: UploadStatus;
  readonly rows: RowCounts;
  readonly rejected: readonly RejectedRow[];
  readonly warnings: readonly Warning[];
  readonly sha256?: string;
  readonly bytes?: number;
  /** Items that a replacing load retired. */
  readonly retired?: number;
  /** The one store that the file is about. */
  readonly store?: string;
  readonly duplicateOf?: string;
  readonly error?: UploadError;
  /** What was read in an invoice's file. */
  readonly invoice?: InvoiceReport;
}

/** The worker's marks on the receipt. */
export interface Progress {
  /**
   * `loading`, with the time of the first attempt. A given-up upload stays so until `reopen`.
   * Throws a retryable WorkError where the receipt is gone or was given up in the meantime.
   */
  readonly begin: (upload: UploadItem) => Promise<void>;
  /** A given-up upload that an operator brought back is `loading` again. */
  readonly reopen: (uploadId: string) => Promise<void>;
  /** Keeps what was found out on the receipt, for the next attempt; does nothing once the upload has ended. */
  readonly note: (
    uploadId: string,
    found: Partial<UploadItem>,
    outdated?: readonly (keyof UploadItem)[],
  ) => Promise<void>;
  /** Writes the ending unless another delivery of the same event was quicker. Throws like `begin`. */
  readonly end: (uploadId: string, ending: Ending) => Promise<void>;
  /** Counts an attempt that failed for reasons other than the file. @returns how many there have been */
  readonly countFailure: (uploadId: string) => Promise<number>;
  /** `failed`: kept, in the dead-letter queue, waiting for a redrive, which has all its attempts again. */
  readonly giveUp: (uploadId: string, error: UploadError) => Promise<void>;
}

/** Of two deliveries that begin at the same moment the first one's time stays. */
const SET_ONCE: ReadonlySet<string> = new Set(["StartedAt"]);

const ENDED: readonly UploadStatus[] = [
  "loaded",
  "partial",
  "rejected",
  "duplicate",
  "validated",
  "conflict",
];

/** @param onChange told of the receipt as it stands after each mark */
export const createProgress = (
  dynamo: DynamoDBDocumentClient,
  tableName: string,
  uploads: UploadsTable,
  onChange: (upload: UploadItem) => void = () => undefined,
): Progress => {
  /** @returns false where the receipt is gone or its status is one of `unless` */
  const update = async (
    uploadId: string,
    set: Readonly<Record<string, unknown>>,
    unless: readonly UploadStatus[],
    remove: readonly string[] = [],
  ): Promise<boolean> => {
    const given = Object.entries({ ...set, TouchedAt: new Date().toISOString() }).filter(
      ([, value]) => value !== undefined,
    );
    const names = [...given.map(([name]) => name), ...remove, "Status"];
    try {
      const { Attributes } = await dynamo.send(
        new UpdateCommand({
          TableName: tableName,
          Key: { UploadId: uploadId },
          UpdateExpression: [
            `SET ${given.map(([name]) => `#${name} = ${SET_ONCE.has(name) ? `if_not_exists(#${name}, :${name})` : `:${name}`}`).join(", ")}`,
            ...(remove.length > 0 ? [`REMOVE ${remove.map((name) => `#${name}`).join(", ")}`] : []),
          ].join(" "),
          ConditionExpression: `attribute_exists(UploadId) AND NOT #Status IN (${unless.map((_, i) => `:unless${i}`).join(", ")})`,
          ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
          ExpressionAttributeValues: {
            ...Object.fromEntries(given.map(([name, value]) => [`:${name}`, value])),
            ...Object.fromEntries(unless.map((status, i) => [`:unless${i}`, status])),
          },
          ReturnValues: "ALL_NEW",
        }),
      );
      onChange(Attributes as UploadItem);
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };

  /** Fine where another delivery of the same event has ended it; anything else must be looked at anew. */
  const mustHaveEnded = async (uploadId: string): Promise<void> => {
    const receipt = await uploads.get(uploadId);
    if (receipt === undefined) throw retryable("receipt_gone", "the receipt was taken back meanwhile");
    if (receipt.Status === "failed") throw retryable("given_up_meanwhile", "another attempt gave it up");
  };

  return {
    begin: async (upload) => {
      if (upload.Status === "failed") return;
      const started = { Status: "loading", StartedAt: new Date().toISOString() };
      if (!(await update(upload.UploadId, started, [...ENDED, "failed"])))
        await mustHaveEnded(upload.UploadId);
    },
    reopen: async (uploadId) => {
      // What others did meanwhile was not held up by this load, so it starts from the file's beginning.
      await update(uploadId, { Status: "loading" }, ENDED, ["Error", "FinishedAt", "Checkpoint"]);
    },
    note: async (uploadId, found, outdated) => {
      await update(uploadId, found, ENDED, outdated);
    },
    end: async (uploadId, ending) => {
      const held = await update(
        uploadId,
        {
          Status: ending.status,
          FinishedAt: new Date().toISOString(),
          Rows: ending.rows,
          Retired: ending.retired,
          Rejected: ending.rejected,
          Warnings: ending.warnings,
          Sha256: ending.sha256,
          Bytes: ending.bytes,
          Store: ending.store,
          DuplicateOf: ending.duplicateOf,
          Error: ending.error,
          Invoice: ending.invoice,
        },
        [...ENDED, "failed"],
        [
          "NamedStores",
          "NamesEveryItem",
          "Checkpoint",
          "BytesDone",
          ...(ending.error === undefined ? ["Error"] : []),
        ],
      );
      if (!held) await mustHaveEnded(uploadId);
    },
    countFailure: async (uploadId) => {
      const { Attributes } = await dynamo.send(
        new UpdateCommand({
          TableName: tableName,
          Key: { UploadId: uploadId },
          UpdateExpression: "ADD FailedAttempts :one",
          ConditionExpression: "attribute_exists(UploadId)",
          ExpressionAttributeValues: { ":one": 1 },
          ReturnValues: "UPDATED_NEW",
        }),
      );
      return Number(Attributes?.FailedAttempts ?? 1);
    },
    giveUp: async (uploadId, error) => {
      const failed = { Status: "failed", FinishedAt: new Date().toISOString(), Error: error };
      await update(uploadId, failed, ENDED, ["FailedAttempts"]);
    },
  };
};
