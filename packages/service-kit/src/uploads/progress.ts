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
   * The receipt, strongly consistent; of a small file that is still to be loaded, already marked as `begin` does, by the
   * same request. Undefined where there is none.
   */
  readonly find: (uploadId: string) => Promise<UploadItem | undefined>;
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

type Names = Readonly<Record<string, string>>;
type Values = Readonly<Record<string, unknown>>;

const OVER: readonly UploadStatus[] = [...ENDED, "failed"];

const ANY = { condition: "", names: {}, values: {} } as const;

/** What is loaded as soon as it is received: a larger file, or the one that an undoing reads, may have to wait for a place. */
const SMALL_FILE = {
  condition: " AND #Kind = :inventory AND #Bytes <= :small AND #Mode <> :undo",
  names: { "#Kind": "Kind", "#Bytes": "Bytes", "#Mode": "Mode" },
  values: { ":inventory": "inventory", ":small": 1024 * 1024, ":undo": "undo" },
} as const;

const started = (): Partial<UploadItem> => ({ Status: "loading", StartedAt: new Date().toISOString() });

/** @param onChange told of the receipt as it stands after each mark */
export const createProgress = (
  dynamo: DynamoDBDocumentClient,
  tableName: string,
  uploads: UploadsTable,
  onChange: (upload: UploadItem) => void = () => undefined,
): Progress => {
  /** Receipts that this process has begun while it looked for them. */
  const begun = new WeakSet<UploadItem>();

  /** @returns the receipt as it stands then; undefined where it is gone, its status is one of `unless`, or it is not `only` */
  const update = async (
    uploadId: string,
    set: Values,
    unless: readonly UploadStatus[],
    remove: readonly string[] = [],
    only: { readonly condition: string; readonly names: Names; readonly values: Values } = ANY,
  ): Promise<UploadItem | undefined> => {
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
          ConditionExpression: `attribute_exists(UploadId) AND NOT #Status IN (${unless.map((_, i) => `:unless${i}`).join(", ")})${only.condition}`,
          ExpressionAttributeNames: {
            ...Object.fromEntries(names.map((name) => [`#${name}`, name])),
            ...only.names,
          },
          ExpressionAttributeValues: {
            ...Object.fromEntries(given.map(([name, value]) => [`:${name}`, value])),
            ...Object.fromEntries(unless.map((status, i) => [`:unless${i}`, status])),
            ...only.values,
          },
          ReturnValues: "ALL_NEW",
        }),
      );
      const upload = Attributes as UploadItem;
      onChange(upload);
      return upload;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
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
    find: async (uploadId) => {
      const upload = await update(uploadId, started(), OVER, [], SMALL_FILE);
      if (upload === undefined) return uploads.get(uploadId);
      begun.add(upload);
      return upload;
    },
    begin: async (upload) => {
      if (upload.Status === "failed" || begun.has(upload)) return;
      if (!(await update(upload.UploadId, started(), OVER))) await mustHaveEnded(upload.UploadId);
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
        OVER,
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
