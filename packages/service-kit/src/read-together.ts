import { BatchGetCommand, type DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { backOff } from "./back-off.ts";

type Item = Record<string, unknown>;

/** Keys of one table, and what is made of the items that stand under them; those that are not there are left out. */
export interface KeyedRead<Result> {
  readonly tableName: string;
  readonly keys: readonly Item[];
  readonly toResult: (items: Item[]) => Result;
}

/** DynamoDB's own limit for one call, of all tables together. */
const KEYS_PER_READ = 100;
const MAX_TRIES = 10;

/**
 * Reads keys of several tables, each table named once, strongly consistent, in as few requests as DynamoDB allows; in no
 * order: none of the items can be taken to have been read before another. Throws a `waiting` WorkError where DynamoDB keeps
 * throttling.
 */
export const readTogether = async <Results extends readonly unknown[]>(
  dynamo: DynamoDBDocumentClient,
  ...reads: { readonly [Index in keyof Results]: KeyedRead<Results[Index]> }
): Promise<Results> => {
  const found = new Map<string, Item[]>(reads.map(({ tableName }) => [tableName, []]));
  let wanted = reads.flatMap(({ tableName, keys }) => keys.map((key) => ({ tableName, key })));
  for (let tries = 1; wanted.length > 0; ) {
    const asked = wanted.slice(0, KEYS_PER_READ);
    const { Responses = {}, UnprocessedKeys = {} } = await dynamo.send(
      new BatchGetCommand({ RequestItems: toRequest(asked) }),
    );
    for (const [tableName, items] of Object.entries(Responses)) found.get(tableName)?.push(...items);
    const left = Object.entries(UnprocessedKeys).flatMap(([tableName, { Keys = [] }]) =>
      Keys.map((key) => ({ tableName, key })),
    );
    // Items may be large: an answer that was only full is no sign of throttling.
    const isFruitless = left.length >= asked.length;
    tries = isFruitless ? tries + 1 : 1;
    wanted = [...left, ...wanted.slice(KEYS_PER_READ)];
    if (isFruitless) await backOff(tries, MAX_TRIES, "reading items");
  }
  return reads.map(({ tableName, toResult }) => toResult(found.get(tableName) ?? [])) as unknown as Results;
};

const toRequest = (wanted: readonly { readonly tableName: string; readonly key: Item }[]) => {
  const request: Record<string, { Keys: Item[]; ConsistentRead: true }> = {};
  for (const { tableName, key } of wanted) {
    request[tableName] ??= { Keys: [], ConsistentRead: true };
    request[tableName].Keys.push(key);
  }
  return request;
};
