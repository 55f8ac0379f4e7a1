import {
  BatchExecuteStatementCommand,
  type BatchStatementRequest,
  ConditionalCheckFailedException,
} from "@aws-sdk/client-dynamodb";
import {
  BatchGetCommand,
  type DynamoDBDocumentClient,
  PutCommand,
  QueryCommand,
} from "@aws-sdk/lib-dynamodb";
import type { InventoryItem } from "@stockwire/contracts/items";
import { backOff } from "@stockwire/service-kit/back-off";
import { retryable } from "@stockwire/service-kit/errors";
import { ITEMS_A_PAGE } from "@stockwire/service-kit/stock/items-a-page";

/** DynamoDB's own limits for one call. */
export const KEYS_PER_READ = 100;
export const ROWS_PER_WRITE = 25;

interface RowKey {
  readonly store: string;
  readonly item: string;
}

/** `over` is the version that is to be replaced: what was read must still stand, or `Previous` would not be true. */
export type GuardedWrite =
  | { readonly kind: "insert"; readonly row: InventoryItem }
  | { readonly kind: "update"; readonly row: InventoryItem; readonly over: string };

export interface InventoryTable {
  /** At most 100 keys; strongly consistent; items that are not there are left out. */
  readonly read: (keys: readonly RowKey[]) => Promise<InventoryItem[]>;
  /** Every item of a store, retired ones too, page by page; strongly consistent. */
  readonly scan: (store: string) => AsyncGenerator<InventoryItem[]>;
  /**
   * At most 25 rows, each on its own: an insert only where there is no such item, an update only where the version that
   * was read still stands.
   * @returns for each write whether its guard held
   */
  readonly write: (writes: readonly GuardedWrite[]) => Promise<boolean[]>;
}

const GUARD_FAILED = new Set(["ConditionalCheckFailed", "DuplicateItem"]);
const WORTH_RETRYING = new Set([
  "ThrottlingError",
  "ProvisionedThroughputExceeded",
  "RequestLimitExceeded",
  "InternalServerError",
  "TransactionConflict",
]);
const MAX_TRIES = 10;

/**
 * Rows go by PartiQL batches: each statement costs the write units of a single put (a transaction would cost
 * twice), carries its own condition (BatchWriteItem takes none), and 25 share one request. The decision note
 * docs/decisions/0002-guarded-writes.md has the measurements.
 */
export const createInventoryTable = (dynamo: DynamoDBDocumentClient, tableName: string): InventoryTable => {
  const insert = `INSERT INTO "${tableName}" VALUE {'Store':?,'Item':?,'Count':?,'Level':?,'Previous':?,'Version':?,'Line':?,'UploadId':?,'UpdatedAt':?}`;
  const update =
    `UPDATE "${tableName}" SET "Count"=? SET "Level"=? SET "Previous"=? SET "Version"=? SET "Line"=? SET "UploadId"=? SET "UpdatedAt"=? ` +
    `WHERE "Store"=? AND "Item"=? AND "Version" = ?`;
  const text = (value: string) => ({ S: value });
  const number = (value: number) => ({ N: String(value) });
  const statement = (write: GuardedWrite): BatchStatementRequest => {
    const { row } = write;
    const key = [text(row.Store), text(row.Item)];
    const content = [
      number(row.Count),
      text(row.Level),
      row.Previous === null ? { NULL: true } : number(row.Previous),
      text(row.Version),
      number(row.Line),
      text(row.UploadId),
      text(row.UpdatedAt),
    ];
    return write.kind === "insert"
      ? { Statement: insert, Parameters: [...key, ...content] }
      : { Statement: update, Parameters: [...content, ...key, text(write.over)] };
  };

  /** For an endpoint whose PartiQL knows no update of several attributes: the same guard, one request a row. */
  const updateAlone = async (row: InventoryItem, over: string): Promise<boolean> => {
    try {
      await dynamo.send(
        new PutCommand({
          TableName: tableName,
          Item: row,
          ConditionExpression: "#version = :over",
          ExpressionAttributeNames: { "#version": "Version" },
          ExpressionAttributeValues: { ":over": over },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };

  return {
    read: async (keys) => {
      const found: InventoryItem[] = [];
      let wanted: Record<string, unknown>[] = keys.map(({ store, item }) => ({ Store: store, Item: item }));
      for (let tries = 1; wanted.length > 0; tries++) {
        const answer = await dynamo.send(
          new BatchGetCommand({ RequestItems: { [tableName]: { Keys: wanted, ConsistentRead: true } } }),
        );
        for (const item of answer.Responses?.[tableName] ?? []) found.push(item as InventoryItem);
        wanted = answer.UnprocessedKeys?.[tableName]?.Keys ?? [];
        if (wanted.length > 0) await backOff(tries, MAX_TRIES, "reading rows");
      }
      return found;
    },
    scan: async function* (store) {
      let start: Record<string, unknown> | undefined;
      do {
        const page = await dynamo.send(
          new QueryCommand({
            TableName: tableName,
            ConsistentRead: true,
            KeyConditionExpression: "#store = :store",
            ExpressionAttributeNames: { "#store": "Store" },
            ExpressionAttributeValues: { ":store": store },
            Limit: ITEMS_A_PAGE,
            ...(start && { ExclusiveStartKey: start }),
          }),
        );
        yield (page.Items ?? []) as InventoryItem[];
        start = page.LastEvaluatedKey;
      } while (start !== undefined);
    },
    write: async (writes) => {
      const held: boolean[] = new Array<boolean>(writes.length).fill(false);
      let pending = writes.map((_, index) => index);
      for (let tries = 1; pending.length > 0; tries++) {
        const answer = await dynamo.send(
          new BatchExecuteStatementCommand({
            Statements: pending.map((index) => statement(writes[index] as GuardedWrite)),
          }),
        );
        const again: number[] = [];
        for (const [position, index] of pending.entries()) {
          const error = answer.Responses?.[position]?.Error;
          if (error === undefined) held[index] = true;
          else if (error.Code === "ValidationError" && writes[index]?.kind === "update") {
            held[index] = await updateAlone(writes[index].row, writes[index].over);
          } else if (WORTH_RETRYING.has(error.Code ?? "")) again.push(index);
          else if (!GUARD_FAILED.has(error.Code ?? "")) {
            throw retryable("row_write_failed", `DynamoDB refused a row: ${error.Code}: ${error.Message}`);
          }
        }
        pending = again;
        if (pending.length > 0) await backOff(tries, MAX_TRIES, "writing rows");
      }
      return held;
    },
  };
};
