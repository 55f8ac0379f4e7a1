import { type AttributeValue, ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import {
  BatchGetCommand,
  type DynamoDBDocumentClient,
  QueryCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import type { ThresholdsItem } from "@stockwire/contracts/items";
import { type Level, levelOf } from "@stockwire/contracts/level";
import { backOff } from "../back-off.ts";
import { waiting } from "../errors.ts";
import { createLimiter } from "../limiter.ts";
import { ITEMS_A_PAGE } from "./items-a-page.ts";
import { type ThresholdsTable, thresholdOf } from "./thresholds-table.ts";

interface StandingLevel {
  readonly Item: string;
  readonly Count: number;
  readonly Level: Level;
}

export interface SettledLevels {
  /** How many levels moved. */
  readonly changed: number;
  /** The thresholds by which they stand now. */
  readonly revision: number;
}

const PARALLEL_WRITES = 32;
const KEYS_PER_READ = 100;
const MAX_TRIES = 10;
/** Somebody who changes thresholds faster than a store can be read through. */
const MAX_ROUNDS = 10;

/**
 * Sets the levels of a store's standing items by its thresholds, without touching count, version or anything else.
 * Counts stand still, so nobody is told. Ends only when the thresholds are the same after the last write as they
 * were before the first: whoever changes them later finds all of these writes and sets them anew.
 * docs/decisions/0014-thresholds.md says why that is enough beside loads and other changes.
 * @param thresholds as read before
 * @throws WorkError `waiting` while they keep changing
 */
export const settleLevels = async (
  dynamo: DynamoDBDocumentClient,
  tableName: string,
  table: ThresholdsTable,
  thresholds: ThresholdsItem,
): Promise<SettledLevels> => {
  const store = thresholds.Store;
  let current = thresholds;
  let changed = 0;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    changed += await setLevels(dynamo, tableName, current);
    const latest = (await table.get(store)) ?? current;
    if (latest.Revision === current.Revision) return { changed, revision: current.Revision };
    current = latest;
  }
  throw waiting("thresholds_changing", `the thresholds of ${store} keep changing`, 5);
};

/** Once through the store. */
const setLevels = async (
  dynamo: DynamoDBDocumentClient,
  tableName: string,
  thresholds: ThresholdsItem,
): Promise<number> => {
  const limit = createLimiter(PARALLEL_WRITES);
  let changed = 0;
  for (const read of [findWrongByDefault, findWithOwnThreshold]) {
    for await (const rows of read(dynamo, tableName, thresholds)) {
      const wrong = rows.filter((row) => !stands(row, thresholds));
      const outcomes = await Promise.allSettled(
        wrong.map((row) => limit(() => setLevel(dynamo, tableName, thresholds, row))),
      );
      for (const outcome of outcomes) {
        if (outcome.status === "rejected") throw outcome.reason;
        if (outcome.value) changed += 1;
      }
    }
  }
  return changed;
};

const NAMES = { "#item": "Item", "#count": "Count", "#level": "Level" } as const;

/**
 * Rows whose level is not what the store's default makes it: most stand, and are not sent. Out is out by any threshold,
 * and other levels are not for thresholds to say.
 */
async function* findWrongByDefault(
  dynamo: DynamoDBDocumentClient,
  tableName: string,
  { Store, Default = 0 }: ThresholdsItem,
): AsyncGenerator<StandingLevel[]> {
  let start: Record<string, unknown> | undefined;
  do {
    const page = await dynamo.send(
      new QueryCommand({
        TableName: tableName,
        ConsistentRead: true,
        KeyConditionExpression: "#store = :store",
        FilterExpression: "(#level = :ok AND #count <= :default) OR (#level = :low AND #count > :default)",
        ProjectionExpression: Object.keys(NAMES).join(", "),
        ExpressionAttributeNames: { "#store": "Store", ...NAMES },
        ExpressionAttributeValues: { ":store": Store, ":ok": "ok", ":low": "low", ":default": Default },
        Limit: ITEMS_A_PAGE,
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    yield (page.Items ?? []) as StandingLevel[];
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
}

async function* findWithOwnThreshold(
  dynamo: DynamoDBDocumentClient,
  tableName: string,
  { Store, Items }: ThresholdsItem,
): AsyncGenerator<StandingLevel[]> {
  let wanted: Record<string, unknown>[] = Object.keys(Items).map((Item) => ({ Store, Item }));
  for (let fruitless = 0; wanted.length > 0; ) {
    const request = {
      Keys: wanted.slice(0, KEYS_PER_READ),
      ConsistentRead: true,
      ProjectionExpression: Object.keys(NAMES).join(", "),
      ExpressionAttributeNames: NAMES,
    };
    const answer = await dynamo.send(new BatchGetCommand({ RequestItems: { [tableName]: request } }));
    const left = answer.UnprocessedKeys?.[tableName]?.Keys ?? [];
    fruitless = left.length === request.Keys.length ? fruitless + 1 : 0;
    if (fruitless > 0) await backOff(fruitless, MAX_TRIES, "reading levels");
    wanted = [...left, ...wanted.slice(KEYS_PER_READ)];
    yield (answer.Responses?.[tableName] ?? []) as StandingLevel[];
  }
}

const wantedLevel = (row: StandingLevel, thresholds: ThresholdsItem): Level =>
  levelOf(row.Count, thresholdOf(thresholds, row.Item));

const stands = (row: StandingLevel, thresholds: ThresholdsItem): boolean =>
  (row.Level !== "ok" && row.Level !== "low") || row.Level === wantedLevel(row, thresholds);

/**
 * The level follows from the count and the thresholds alone, so these two are the guard; whose row it is does not
 * matter. A row that changed in between is decided anew, as it stands by then. False where nothing was left to do.
 */
const setLevel = async (
  dynamo: DynamoDBDocumentClient,
  tableName: string,
  thresholds: ThresholdsItem,
  found: StandingLevel,
): Promise<boolean> => {
  for (let row = found; !stands(row, thresholds); ) {
    try {
      await dynamo.send(
        new UpdateCommand({
          TableName: tableName,
          Key: { Store: thresholds.Store, Item: row.Item },
          UpdateExpression: "SET #level = :wanted",
          ConditionExpression: "#count = :count AND #level = :level",
          ExpressionAttributeNames: { "#count": "Count", "#level": "Level" },
          ExpressionAttributeValues: {
            ":wanted": wantedLevel(row, thresholds),
            ":count": row.Count,
            ":level": row.Level,
          },
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      );
      return true;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      if (error.Item === undefined) return false;
      row = readRow(row.Item, error.Item);
    }
  }
  return false;
};

/** The document client leaves the item inside the exception in DynamoDB's own notation. */
const readRow = (Item: string, item: Record<string, AttributeValue>): StandingLevel => ({
  Item,
  Count: Number(item.Count?.N),
  Level: item.Level?.S as Level,
});
