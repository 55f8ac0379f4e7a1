import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import type { InvoiceItem } from "@stockwire/contracts/items";
import { createRecordedDays, invoicesDaysKey } from "@stockwire/service-kit/recorded-days";

/** The records of invoices, one a customer and invoice id. */
export interface InvoicesTable {
  /** Strongly consistent. */
  readonly get: (customerId: string, invoiceId: string) => Promise<InvoiceItem | undefined>;
  /**
   * Writes the record where `replaces` stands, unchanged, or where nothing does.
   * @returns false where something else stands there now
   */
  readonly put: (item: InvoiceItem, replaces: InvoiceItem | undefined) => Promise<boolean>;
}

export const createInvoicesTable = (dynamo: DynamoDBDocumentClient, tableName: string): InvoicesTable => {
  const days = createRecordedDays(dynamo, tableName, invoicesDaysKey);
  return {
    get: async (CustomerId, InvoiceId) => {
      const { Item } = await dynamo.send(
        new GetCommand({ TableName: tableName, Key: { CustomerId, InvoiceId }, ConsistentRead: true }),
      );
      return Item as InvoiceItem | undefined;
    },
    put: async (item, replaces) => {
      await days.remember(item.Day);
      try {
        await dynamo.send(
          new PutCommand({
            TableName: tableName,
            Item: item,
            ...(replaces === undefined
              ? { ConditionExpression: "attribute_not_exists(CustomerId)" }
              : {
                  ConditionExpression: "UploadId = :uploadId",
                  ExpressionAttributeValues: { ":uploadId": replaces.UploadId },
                }),
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
  };
};
