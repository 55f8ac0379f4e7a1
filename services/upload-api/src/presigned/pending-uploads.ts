import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateScan,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import type { PendingUploadItem, PendingUploadState } from "@stockwire/contracts/items";

/** A part that the sender has sent, with the ETag of S3's answer. */
interface ReportedPart {
  readonly partNumber: number;
  readonly etag: string;
}

/** What is known of presigned uploads under way. */
export interface PendingUploads {
  readonly put: (item: PendingUploadItem) => Promise<void>;
  /** Strongly consistent. */
  readonly get: (uploadId: string) => Promise<PendingUploadItem | undefined>;
  /** Remembers ETags. @returns the item as it stands then */
  readonly report: (item: PendingUploadItem, parts: readonly ReportedPart[]) => Promise<PendingUploadItem>;
  /** @returns false where its state was none of `from` */
  readonly move: (
    uploadId: string,
    from: readonly PendingUploadState[],
    to: PendingUploadState,
  ) => Promise<boolean>;
  /** Those that nobody has ended by `now`, in epoch seconds. The table is small: a week's uploads. */
  readonly listAbandoned: (now: number) => AsyncGenerator<PendingUploadItem>;
}

export const createPendingUploads = (dynamo: DynamoDBDocumentClient, TableName: string): PendingUploads => ({
  put: async (Item) => {
    await dynamo.send(new PutCommand({ TableName, Item }));
  },
  get: async (UploadId) => {
    const { Item } = await dynamo.send(
      new GetCommand({ TableName, Key: { UploadId }, ConsistentRead: true }),
    );
    return Item as PendingUploadItem | undefined;
  },
  report: async (item, reported) => {
    // A number may come twice; the last word on it counts.
    const parts = [...new Map(reported.map((part) => [part.partNumber, part])).values()];
    if (parts.length === 0) return item;
    const { Attributes } = await dynamo.send(
      new UpdateCommand({
        TableName,
        Key: { UploadId: item.UploadId },
        UpdateExpression: `SET ${parts.map((_, n) => `Parts.#number${n} = :etag${n}`).join(", ")}`,
        ConditionExpression: "attribute_exists(UploadId)",
        ExpressionAttributeNames: Object.fromEntries(
          parts.map(({ partNumber }, n) => [`#number${n}`, String(partNumber)]),
        ),
        ExpressionAttributeValues: Object.fromEntries(
          parts.map(({ etag }, n) => [`:etag${n}`, etag.replaceAll('"', "")]),
        ),
        ReturnValues: "ALL_NEW",
      }),
    );
    return Attributes as PendingUploadItem;
  },
  move: async (UploadId, from, to) => {
    try {
      await dynamo.send(
        new UpdateCommand({
          TableName,
          Key: { UploadId },
          UpdateExpression: "SET #state = :to",
          ConditionExpression: `#state IN (${from.map((_, n) => `:from${n}`).join(", ")})`,
          ExpressionAttributeNames: { "#state": "State" },
          ExpressionAttributeValues: {
            ":to": to,
            ...Object.fromEntries(from.map((state, n) => [`:from${n}`, state])),
          },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  },
  listAbandoned: async function* (now) {
    const pages = paginateScan(
      { client: dynamo },
      {
        TableName,
        FilterExpression: "#state IN (:open, :completing) AND OpenUntil < :now",
        ExpressionAttributeNames: { "#state": "State" },
        ExpressionAttributeValues: { ":open": "open", ":completing": "completing", ":now": now },
      },
    );
    for await (const { Items } of pages) yield* (Items ?? []) as PendingUploadItem[];
  },
});
