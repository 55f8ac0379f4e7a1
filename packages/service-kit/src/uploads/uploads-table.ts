import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import type { UploadItem } from "@stockwire/contracts/items";
import { createRecordedDays, uploadsDaysKey } from "../recorded-days.ts";

/** The receipts, as both the API and the workers make and read them. */
export interface UploadsTable {
  /**
   * Makes the receipt unless there is one. Whoever comes first decides its version; the other takes that over.
   * @returns the receipt that stands
   */
  readonly create: (item: UploadItem) => Promise<UploadItem>;
  /** Strongly consistent. */
  readonly get: (uploadId: string) => Promise<UploadItem | undefined>;
}

export const createUploadsTable = (dynamo: DynamoDBDocumentClient, tableName: string): UploadsTable => {
  const days = createRecordedDays(dynamo, tableName, uploadsDaysKey);
  return {
    create: async (item) => {
      await days.remember(item.Day);
      try {
        await dynamo.send(
          new PutCommand({
            TableName: tableName,
            Item: item,
            ConditionExpression: "attribute_not_exists(UploadId)",
          }),
        );
        return item;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        const standing = await dynamo.send(
          new GetCommand({ TableName: tableName, Key: { UploadId: item.UploadId }, ConsistentRead: true }),
        );
        if (!standing.Item) throw error;
        return standing.Item as UploadItem;
      }
    },
    get: async (uploadId) => {
      const { Item } = await dynamo.send(
        new GetCommand({ TableName: tableName, Key: { UploadId: uploadId }, ConsistentRead: true }),
      );
      return Item as UploadItem | undefined;
    },
  };
};
