import { BatchExecuteStatementCommand } from "@aws-sdk/client-dynamodb";
import {
  BatchGetCommand,
  type DynamoDBDocumentClient,
  PutCommand,
  QueryCommand,
} from "@aws-sdk/lib-dynamodb";
import type { UploadItem } from "@stockwire/contracts/items";

export interface FileRow {
  readonly store: string;
  readonly item: string;
  readonly count: number;
  /** Physical line in the file. */
  readonly line: number;
}

/** A load's requests to the tables Inventory and Stores, one function each. */
export const createStockSteps = (
  dynamo: DynamoDBDocumentClient,
  { inventory, stores }: { readonly inventory: string; readonly stores: string },
) => {
  const INSERT = `INSERT INTO "${inventory}" VALUE {'Store':?,'Item':?,'Count':?,'Level':?,'Previous':?,'Version':?,'Line':?,'UploadId':?,'UpdatedAt':?}`;
  return {
    /** @returns the items of which there is a row */
    standing: async (rows: readonly FileRow[]): Promise<ReadonlySet<unknown>> => {
      const Keys = rows.map(({ store, item }) => ({ Store: store, Item: item }));
      const { Responses } = await dynamo.send(
        new BatchGetCommand({ RequestItems: { [inventory]: { Keys, ConsistentRead: true } } }),
      );
      return new Set(Responses?.[inventory]?.map(({ Item }) => Item));
    },

    insert: async (rows: readonly FileRow[], { Version, UploadId }: UploadItem): Promise<void> => {
      if (rows.length === 0) return;
      const now = new Date().toISOString();
      const Statements = rows.map(({ store, item, count, line }) => ({
        Statement: INSERT,
        Parameters: [
          { S: store },
          { S: item },
          { N: String(count) },
          { S: count === 0 ? "out" : "ok" },
          { NULL: true },
          { S: Version },
          { N: String(line) },
          { S: UploadId },
          { S: now },
        ],
      }));
      const { Responses = [] } = await dynamo.send(new BatchExecuteStatementCommand({ Statements }));
      // Written by another delivery of the same event: that is what the guard is for.
      const fault = Responses.find(({ Error: error }) => error && error.Code !== "DuplicateItem")?.Error;
      if (fault) throw new Error(`a row was refused: ${fault.Code}: ${fault.Message}`);
    },

    /** Counted anew, as after every load. */
    summarise: async (Store: string, { ReceivedAt, UploadId }: UploadItem): Promise<void> => {
      const { Count = 0, ScannedCount = 0 } = await dynamo.send(
        new QueryCommand({
          TableName: inventory,
          ConsistentRead: true,
          Select: "COUNT",
          KeyConditionExpression: "#store = :store",
          FilterExpression: "#level = :out",
          ExpressionAttributeNames: { "#store": "Store", "#level": "Level" },
          ExpressionAttributeValues: { ":store": Store, ":out": "out" },
        }),
      );
      const counted = { Items: ScannedCount, OutOfStock: Count, Low: 0, Revision: 1 };
      await dynamo.send(
        new PutCommand({
          TableName: stores,
          Item: { Store, ...counted, LastLoadAt: ReceivedAt, LastUploadId: UploadId },
          ConditionExpression: "attribute_not_exists(Revision) OR Revision <= :one",
          ExpressionAttributeValues: { ":one": 1 },
        }),
      );
    },
  };
};
