import { setTimeout as pause } from "node:timers/promises";
import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { type DynamoDBDocumentClient, GetCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import type { UploadItem } from "@stockwire/contracts/items";
import { encodeUploadMetadata, type LoadMode } from "@stockwire/contracts/object-metadata";
import { isFinal, type RowCounts } from "@stockwire/contracts/receipt";
import { uploadKinds } from "@stockwire/contracts/upload-kinds";
import { v7 as uuidv7 } from "uuid";

/** Files straight into the bucket, as the API stores them, so that nothing but the worker is measured. */

const LOOK_EVERY_MS = 50;
const PATIENCE_MS = 20 * 60_000;

/** Of a row of a file, by its number from 0. */
export type CountOf = (row: number) => number;

/** @param blankLines at the end: they change the bytes, so the same rows are no duplicate */
export const inventoryFile = (store: string, rows: number, count: CountOf, blankLines = 0): string => {
  const lines = ["store,item,count"];
  for (let row = 0; row < rows; row++) lines.push(`${store},${itemOf(row)},${count(row)}`);
  return `${lines.join("\n")}\n${"\n".repeat(blankLines)}`;
};

const ITEM = "item ";
export const itemOf = (row: number): string => `${ITEM}${row}`;

/**
 * Has the running ingest worker load a file.
 * @returns seconds between the receipt's start and its end
 * @throws Error unless the receipt says what was expected of every row
 */
export const loadThroughWorker = async (
  { s3, dynamo }: { readonly s3: S3Client; readonly dynamo: DynamoDBDocumentClient },
  environment: Readonly<Record<string, string>>,
  body: string,
  expected: Partial<RowCounts>,
  mode: LoadMode = "load",
): Promise<number> => {
  const uploadId = uuidv7();
  await s3.send(
    new PutObjectCommand({
      Bucket: environment.BUCKET_INVENTORY,
      Key: uploadKinds.inventory.objectKey(uploadId),
      Body: body,
      Metadata: encodeUploadMetadata({
        uploadId,
        filename: "bench.csv",
        mode,
        receivedAt: new Date().toISOString(),
      }),
    }),
  );
  const receipt = await receiptOf(dynamo, environment, uploadId);
  for (const [name, value] of Object.entries(expected)) {
    if (receipt.Rows?.[name as keyof RowCounts] === value) continue;
    throw new Error(`${name} should be ${value}: ${JSON.stringify(receipt)}`);
  }
  return (Date.parse(receipt.FinishedAt ?? "") - Date.parse(receipt.StartedAt ?? "")) / 1000;
};

/** The receipt, once the upload has ended. @throws Error where it does not end within twenty minutes */
export const receiptOf = async (
  dynamo: DynamoDBDocumentClient,
  environment: Readonly<Record<string, string>>,
  uploadId: string,
): Promise<UploadItem> => {
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; ) {
    const { Item } = await dynamo.send(
      new GetCommand({
        TableName: environment.TABLE_UPLOADS,
        Key: { UploadId: uploadId },
        ConsistentRead: true,
      }),
    );
    const receipt = Item as UploadItem | undefined;
    if (receipt !== undefined && isFinal(receipt.Status)) return receipt;
    await pause(LOOK_EVERY_MS);
  }
  throw new Error(`${uploadId} did not end`);
};

/** @throws Error unless the table has exactly so many rows of the store, each with the count that it should have */
export const checkStore = async (
  dynamo: DynamoDBDocumentClient,
  environment: Readonly<Record<string, string>>,
  store: string,
  rows: number,
  count: CountOf,
): Promise<void> => {
  const found = new Set<string>();
  let start: Record<string, unknown> | undefined;
  do {
    const page = await dynamo.send(
      new QueryCommand({
        TableName: environment.TABLE_INVENTORY,
        ConsistentRead: true,
        KeyConditionExpression: "#store = :store",
        ProjectionExpression: "#item, #count",
        ExpressionAttributeNames: { "#store": "Store", "#item": "Item", "#count": "Count" },
        ExpressionAttributeValues: { ":store": store },
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    for (const { Item, Count } of page.Items ?? []) {
      const wanted = count(Number(String(Item).slice(ITEM.length)));
      if (Count !== wanted) throw new Error(`${store} has ${Count} of ${Item}, should be ${wanted}`);
      found.add(Item);
    }
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
  const missing = Array.from({ length: rows }, (_, row) => itemOf(row)).find((item) => !found.has(item));
  if (missing !== undefined || found.size !== rows) {
    throw new Error(`${store} has ${found.size} rows, should be ${rows}; ${missing ?? "none"} is missing`);
  }
};
