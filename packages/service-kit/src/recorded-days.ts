import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { DAYS_KEY } from "@stockwire/contracts/keys";

/**
 * Which UTC days have entries in a table with an index `byDay`, kept in one item of that table, so that "newest
 * first" needs no guessing how far back to look. A day is remembered before its first entry is written.
 */
export interface RecordedDays {
  readonly remember: (day: string) => Promise<void>;
  /** Newest first. */
  readonly list: () => Promise<string[]>;
}

export const createRecordedDays = (
  dynamo: DynamoDBDocumentClient,
  tableName: string,
  key: Readonly<Record<string, string>>,
): RecordedDays => {
  const remembered = new Set<string>();
  return {
    remember: async (day) => {
      if (remembered.has(day)) return;
      await dynamo.send(
        new UpdateCommand({
          TableName: tableName,
          Key: key,
          UpdateExpression: "ADD Days :day",
          ExpressionAttributeValues: { ":day": new Set([day]) },
        }),
      );
      remembered.add(day);
    },
    list: async () => {
      const { Item } = await dynamo.send(new GetCommand({ TableName: tableName, Key: key }));
      const days = Item?.Days instanceof Set ? [...(Item.Days as Set<string>)] : [];
      return days.sort().reverse();
    },
  };
};

export const uploadsDaysKey = { UploadId: DAYS_KEY } as const;
export const alertsDaysKey = { StoreItem: DAYS_KEY, Version: DAYS_KEY } as const;
