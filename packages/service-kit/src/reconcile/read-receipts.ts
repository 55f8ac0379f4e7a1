import { BatchGetCommand, type DynamoDBDocumentClient, QueryCommand } from "@aws-sdk/lib-dynamodb";
import type { UploadItem } from "@stockwire/contracts/items";
import { backOff } from "../back-off.ts";

/** What a pass needs of a receipt. */
export type KnownUpload = Pick<
  UploadItem,
  | "UploadId"
  | "Kind"
  | "Status"
  | "ReceivedAt"
  | "StartedAt"
  | "TouchedAt"
  | "AnnouncedAt"
  | "Bucket"
  | "Key"
  | "ETag"
  | "VersionId"
>;

const READ = [
  "UploadId",
  "Kind",
  "Status",
  "ReceivedAt",
  "StartedAt",
  "TouchedAt",
  "AnnouncedAt",
  "Bucket",
  "Key",
  "ETag",
  "VersionId",
] as const satisfies readonly (keyof KnownUpload)[];

const PROJECTION = {
  ProjectionExpression: READ.map((name) => `#${name}`).join(", "),
  ExpressionAttributeNames: Object.fromEntries(READ.map((name) => [`#${name}`, name])),
};

/** DynamoDB's limit for one BatchGetItem. */
const BATCH = 100;
const MAX_TRIES = 12;

export interface ReceiptReader {
  /** By upload id, strongly consistent; ids without a receipt are left out. */
  readonly getMany: (uploadIds: readonly string[]) => Promise<ReadonlyMap<string, KnownUpload>>;
  /** Ids of the uploads of one UTC day between two times whose receipts have one of these statuses, a page at a time. */
  readonly ofDay: (
    day: string,
    between: readonly [from: string, to: string],
    statuses: readonly string[],
  ) => AsyncGenerator<readonly string[]>;
}

export const createReceiptReader = (
  dynamo: DynamoDBDocumentClient,
  tableName: string,
  signal: AbortSignal,
): ReceiptReader => ({
  getMany: async (uploadIds) => {
    const found = new Map<string, KnownUpload>();
    let waiting: Record<string, unknown>[] = [...new Set(uploadIds)].map((UploadId) => ({ UploadId }));
    for (let tries = 0; waiting.length > 0; ) {
      const { Responses, UnprocessedKeys } = await dynamo.send(
        new BatchGetCommand({
          RequestItems: {
            [tableName]: { Keys: waiting.slice(0, BATCH), ConsistentRead: true, ...PROJECTION },
          },
        }),
        { abortSignal: signal },
      );
      const items = (Responses?.[tableName] ?? []) as KnownUpload[];
      for (const item of items) found.set(item.UploadId, item);
      const unprocessed = UnprocessedKeys?.[tableName]?.Keys ?? [];
      waiting = [...unprocessed, ...waiting.slice(BATCH)];
      tries = unprocessed.length > 0 ? tries + 1 : 0;
      if (tries > 0) await backOff(tries, MAX_TRIES, "reading receipts");
    }
    return found;
  },
  ofDay: async function* (day, [from, to], statuses) {
    for (let start: Record<string, unknown> | undefined, first = true; first || start; first = false) {
      const { Items = [], LastEvaluatedKey } = await dynamo.send(
        new QueryCommand({
          TableName: tableName,
          IndexName: "byDay",
          KeyConditionExpression: "#Day = :day AND #Version BETWEEN :from AND :to",
          FilterExpression: `#Status IN (${statuses.map((_, index) => `:status${index}`).join(", ")})`,
          ProjectionExpression: "UploadId",
          ExpressionAttributeNames: { "#Day": "Day", "#Version": "Version", "#Status": "Status" },
          ExpressionAttributeValues: {
            ":day": day,
            ":from": from,
            ":to": to,
            ...Object.fromEntries(statuses.map((status, index) => [`:status${index}`, status])),
          },
          ...(start !== undefined && { ExclusiveStartKey: start }),
        }),
        { abortSignal: signal },
      );
      yield (Items as { UploadId: string }[]).map(({ UploadId }) => UploadId);
      start = LastEvaluatedKey;
    }
  },
});
