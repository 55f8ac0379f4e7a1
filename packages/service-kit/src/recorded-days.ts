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
  const remembered = new Map<string, Promise<unknown>>();
  const add = (day: string): Promise<unknown> =>
    dynamo.send(
      new UpdateCommand({
        TableName: tableName,
        Key: key,
        UpdateExpression: "ADD Days :day",
        ExpressionAttributeValues: { ":day": new Set([day]) },
      }),
    );
  return {
    // Many callers at once share one write: they would all hit the same item.
    remember: async (day) => {
      const write = remembered.get(day) ?? add(day);
      remembered.set(day, write);
      try {
        await write;
      } catch (error) {
        remembered.delete(day);
        throw error;
      }
    },
    list: async () => {
      const { Item } = await dynamo.send(
        new GetCommand({ TableName: tableName, Key: key, ConsistentRead: true }),
      );
      const days = Item?.Days instanceof Set ? [...(Item.Days as Set<string>)] : [];
      return days.sort().reverse();
    },
  };
};

export const uploadsDaysKey = { UploadId: DAYS_KEY } as const;
export const alertsDaysKey = { StoreItem: DAYS_KEY, Version: DAYS_KEY } as const;
export const invoicesDaysKey = { CustomerId: DAYS_KEY, InvoiceId: DAYS_KEY } as const;
