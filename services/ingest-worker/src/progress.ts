import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { UploadItem } from "@stockwire/contracts/items";
import type {
  RejectedRow,
  RowCounts,
  UploadError,
  UploadStatus,
  Warning,
} from "@stockwire/contracts/receipt";

/** How a load ended, as its receipt will say. */
export interface Ending {
  readonly status: UploadStatus;
  readonly rows: RowCounts;
  readonly rejected: readonly RejectedRow[];
  readonly warnings: readonly Warning[];
  readonly sha256?: string;
  readonly bytes?: number;
  /** The one store that the file is about. */
  readonly store?: string;
  readonly duplicateOf?: string;
  readonly error?: UploadError;
}

/** The worker's marks on the receipt. */
export interface Progress {
  /** `loading`, with the time of the first attempt; of a given-up upload only the failures are forgotten. */
  readonly begin: (upload: UploadItem) => Promise<void>;
  /** A given-up upload that an operator brought back is `loading` again. */
  readonly reopen: (uploadId: string) => Promise<void>;
  /** Writes the ending unless another delivery of the same event was quicker. */
  readonly end: (uploadId: string, ending: Ending) => Promise<void>;
  /** Counts an attempt that failed for reasons other than the file. @returns how many there have been */
  readonly countFailure: (uploadId: string) => Promise<number>;
  /** `failed`: kept, in the dead-letter queue, waiting for a redrive. */
  readonly giveUp: (uploadId: string, error: UploadError) => Promise<void>;
}

export const createProgress = (dynamo: DynamoDBDocumentClient, tableName: string): Progress => {
  const update = async (
    uploadId: string,
    set: Readonly<Record<string, unknown>>,
    options: { readonly remove?: readonly string[]; readonly unless: readonly UploadStatus[] },
  ): Promise<void> => {
    const given = Object.entries(set).filter(([, value]) => value !== undefined);
    const names = [...given.map(([name]) => name), ...(options.remove ?? [])];
    const { unless } = options;
    try {
      await dynamo.send(
        new UpdateCommand({
          TableName: tableName,
          Key: { UploadId: uploadId },
          UpdateExpression: [
            ...(given.length > 0 ? [`SET ${given.map(([name]) => `#${name} = :${name}`).join(", ")}`] : []),
            ...(options.remove ? [`REMOVE ${options.remove.map((name) => `#${name}`).join(", ")}`] : []),
          ].join(" "),
          ConditionExpression: `attribute_exists(UploadId) AND NOT #Status IN (${unless.map((_, i) => `:unless${i}`).join(", ")})`,
          ExpressionAttributeNames: Object.fromEntries(
            [...names, "Status"].map((name) => [`#${name}`, name]),
          ),
          ExpressionAttributeValues: {
            ...Object.fromEntries(given.map(([name, value]) => [`:${name}`, value])),
            ...Object.fromEntries(unless.map((status, i) => [`:unless${i}`, status])),
          },
        }),
      );
    } catch (error) {
      // Another delivery of the same event has already said how it ended.
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  };
  const ended: readonly UploadStatus[] = [
    "loaded",
    "partial",
    "rejected",
    "duplicate",
    "validated",
    "conflict",
  ];

  return {
    begin: (upload) =>
      upload.Status === "failed"
        ? update(upload.UploadId, {}, { remove: ["FailedAttempts"], unless: ended })
        : update(
            upload.UploadId,
            { Status: "loading", StartedAt: upload.StartedAt ?? new Date().toISOString() },
            { unless: [...ended, "failed"] },
          ),
    reopen: (uploadId) =>
      update(uploadId, { Status: "loading" }, { remove: ["Error", "FinishedAt"], unless: ended }),
    end: (uploadId, ending) =>
      update(
        uploadId,
        {
          Status: ending.status,
          FinishedAt: new Date().toISOString(),
          Rows: ending.rows,
          Rejected: ending.rejected,
          Warnings: ending.warnings,
          Sha256: ending.sha256,
          Bytes: ending.bytes,
          Store: ending.store,
          DuplicateOf: ending.duplicateOf,
          Error: ending.error,
        },
        { unless: ended },
      ),
    countFailure: async (uploadId) => {
      const { Attributes } = await dynamo.send(
        new UpdateCommand({
          TableName: tableName,
          Key: { UploadId: uploadId },
          UpdateExpression: "ADD FailedAttempts :one",
          ExpressionAttributeValues: { ":one": 1 },
          ReturnValues: "UPDATED_NEW",
        }),
      );
      return Number(Attributes?.FailedAttempts ?? 1);
    },
    giveUp: (uploadId, error) =>
      update(
        uploadId,
        { Status: "failed", FinishedAt: new Date().toISOString(), Error: error },
        { unless: ended },
      ),
  };
};
