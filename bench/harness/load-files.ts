import { setTimeout as pause } from "node:timers/promises";
import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { type DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";
import type { UploadItem } from "@stockwire/contracts/items";
import { encodeUploadMetadata } from "@stockwire/contracts/object-metadata";
import { isFinal, type RowCounts } from "@stockwire/contracts/receipt";
import { uploadKinds } from "@stockwire/contracts/upload-kinds";
import { v7 as uuidv7 } from "uuid";

/** Files straight into the bucket, as the API stores them, so that nothing but the worker is measured. */

const LOOK_EVERY_MS = 50;
const PATIENCE_MS = 20 * 60_000;

type Environment = Readonly<Record<string, string>>;

/** Puts an inventory file where the ingest worker gets to hear of it. @returns its upload's id */
export const storeFile = async (
  s3: S3Client,
  environment: Environment,
  body: Buffer | string,
): Promise<string> => {
  const uploadId = uuidv7();
  const receivedAt = new Date().toISOString();
  await s3.send(
    new PutObjectCommand({
      Bucket: environment.BUCKET_INVENTORY,
      Key: uploadKinds.inventory.objectKey(uploadId),
      Body: body,
      Metadata: encodeUploadMetadata({ uploadId, filename: "bench.csv", mode: "load", receivedAt }),
    }),
  );
  return uploadId;
};

/** The receipt, once the upload has ended. @throws Error where it does not end within twenty minutes */
export const receiptOf = async (
  dynamo: DynamoDBDocumentClient,
  environment: Environment,
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

/** @throws Error unless the receipt says what was expected of every row */
export const requireRows = (receipt: UploadItem, expected: Partial<RowCounts>): void => {
  for (const [name, value] of Object.entries(expected)) {
    if (receipt.Rows?.[name as keyof RowCounts] === value) continue;
    throw new Error(`${name} should be ${value}: ${JSON.stringify(receipt)}`);
  }
};

/**
 * Has the running ingest worker load a file.
 * @returns seconds between the receipt's start and its end
 * @throws Error unless the receipt says what was expected of every row
 */
export const loadThroughWorker = async (
  { s3, dynamo }: { readonly s3: S3Client; readonly dynamo: DynamoDBDocumentClient },
  environment: Environment,
  body: Buffer | string,
  expected: Partial<RowCounts>,
): Promise<number> => {
  const receipt = await receiptOf(dynamo, environment, await storeFile(s3, environment, body));
  requireRows(receipt, expected);
  return (Date.parse(receipt.FinishedAt ?? "") - Date.parse(receipt.StartedAt ?? "")) / 1000;
};
