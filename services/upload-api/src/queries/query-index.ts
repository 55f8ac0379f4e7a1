import { type DynamoDBDocumentClient, QueryCommand, type QueryCommandInput } from "@aws-sdk/lib-dynamodb";
import { Type } from "typebox";
import { invalidCursor } from "../errors/api-error.ts";
import type { Batch } from "./fill-page.ts";

/** Items looked at in one read where a filter drops some of them. */
const FILTERED_READ = 200;

/** Attributes that make an item's place; all strings in our tables. */
export type ItemKey = Readonly<Record<string, string>>;

/**
 * Key attributes in a cursor, in characters. DynamoDB refuses a read from a partition key over 2,048 bytes or a sort
 * key over 1,024 (developer guide, "Quotas in Amazon DynamoDB"); a character has four bytes at most.
 */
export const partitionKeyText = Type.String({ minLength: 1, maxLength: 512 });
export const sortKeyText = Type.String({ minLength: 1, maxLength: 256 });

export interface IndexQuery {
  readonly tableName: string;
  /** Absent: the table itself, strongly consistent. */
  readonly indexName?: string;
  readonly partition: { readonly name: string; readonly value: string };
  /** Bound of the sort key, in a list with the newest first: only items at or before it, or before it alone. */
  readonly upTo?: { readonly name: string; readonly value: string; readonly included: boolean } | undefined;
  /** Attributes that must have exactly these values; undefined ones do not count. */
  readonly filter: Readonly<Record<string, string | undefined>>;
  readonly newestFirst: boolean;
  /** Attributes of an item's place besides the partition key. */
  readonly keyNames: readonly string[];
}

/**
 * One read of a partition, from behind `after` on. Answers the items that pass the filter.
 * @throws invalid_cursor when DynamoDB takes `after` for no place in this partition: only a made-up cursor has such
 */
export const queryIndex = async <Item extends object>(
  dynamo: DynamoDBDocumentClient,
  query: IndexQuery,
  after: ItemKey | undefined,
  wanted: number,
): Promise<Batch<Item, ItemKey>> => {
  const { partition, keyNames, upTo } = query;
  const filters = Object.entries(query.filter).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  const reading = dynamo.send(
    new QueryCommand({
      TableName: query.tableName,
      ...(query.indexName === undefined ? { ConsistentRead: true } : { IndexName: query.indexName }),
      KeyConditionExpression: `#partition = :partition${upTo ? ` AND #sort ${upTo.included ? "<=" : "<"} :upTo` : ""}`,
      ...filterExpression(filters),
      ExpressionAttributeNames: {
        "#partition": partition.name,
        ...(upTo && { "#sort": upTo.name }),
        ...Object.fromEntries(filters.map(([name], index) => [`#filter${index}`, name])),
      },
      ExpressionAttributeValues: {
        ":partition": partition.value,
        ...(upTo && { ":upTo": upTo.value }),
        ...Object.fromEntries(filters.map(([, value], index) => [`:filter${index}`, value])),
      },
      ScanIndexForward: !query.newestFirst,
      Limit: filters.length > 0 ? Math.max(wanted, FILTERED_READ) : wanted,
      ...(after && { ExclusiveStartKey: { ...after, [partition.name]: partition.value } }),
    }),
  );
  const { Items, LastEvaluatedKey } = await reading.catch((error) => {
    const refused = after !== undefined && error instanceof Error && error.name === "ValidationException";
    throw refused ? invalidCursor(error) : error;
  });
  const keyOf = (item: object): ItemKey =>
    Object.fromEntries(keyNames.map((name) => [name, String((item as Record<string, unknown>)[name])]));
  return {
    found: ((Items ?? []) as Item[]).map((row) => ({ row, after: keyOf(row) })),
    next: LastEvaluatedKey && keyOf(LastEvaluatedKey),
  };
};

const filterExpression = (filters: readonly unknown[]): Pick<QueryCommandInput, "FilterExpression"> =>
  filters.length === 0
    ? {}
    : { FilterExpression: filters.map((_, index) => `#filter${index} = :filter${index}`).join(" AND ") };
