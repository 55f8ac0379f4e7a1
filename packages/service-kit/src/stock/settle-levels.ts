import { type AttributeValue, ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { ThresholdsItem } from "@stockwire/contracts/items";
import { type Level, levelOf } from "@stockwire/contracts/level";
import { waiting } from "../errors.ts";
import { createLimiter } from "../limiter.ts";
import { type ThresholdsTable, thresholdOf } from "./thresholds-table.ts";

interface StandingLevel {
  readonly Item: string;
  readonly Count: number;
  readonly Level: Level;
  readonly Version: string;
}

export interface SettledLevels {
  /** How many levels moved. */
  readonly changed: number;
  /** The thresholds by which they stand now. */
  readonly revision: number;
}

const PARALLEL_WRITES = 32;
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
  let start: Record<string, unknown> | undefined;
  do {
    // Out is out by any threshold, and other levels are not for thresholds to say.
    const page = await dynamo.send(
      new QueryCommand({
        TableName: tableName,
        ConsistentRead: true,
        KeyConditionExpression: "#store = :store",
        FilterExpression: "#level IN (:ok, :low)",
        ProjectionExpression: "#item, #count, #level, #version",
        ExpressionAttributeNames: { "#store": "Store", ...NAMES },
        ExpressionAttributeValues: { ":store": thresholds.Store, ":ok": "ok", ":low": "low" },
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    const wrong = ((page.Items ?? []) as StandingLevel[]).filter((row) => !stands(row, thresholds));
    const outcomes = await Promise.allSettled(
      wrong.map((row) => limit(() => setLevel(dynamo, tableName, thresholds, row))),
    );
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") throw outcome.reason;
      if (outcome.value) changed += 1;
    }
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
  return changed;
};

const NAMES = { "#item": "Item", "#count": "Count", "#level": "Level", "#version": "Version" } as const;

const wantedLevel = (row: StandingLevel, thresholds: ThresholdsItem): Level =>
  levelOf(row.Count, thresholdOf(thresholds, row.Item));

const stands = (row: StandingLevel, thresholds: ThresholdsItem): boolean =>
  (row.Level !== "ok" && row.Level !== "low") || row.Level === wantedLevel(row, thresholds);

/** A row that changed in between is decided anew, as it stands by then. False where nothing was left to do. */
const setLevel = async (
  dynamo: DynamoDBDocumentClient,
  tableName: string,
  thresholds: ThresholdsItem,
  found: StandingLevel,
): Promise<boolean> => {
  for (let row = found; !stands(row, thresholds); ) {
    try {
      const { "#item": _, ...names } = NAMES;
      await dynamo.send(
        new UpdateCommand({
          TableName: tableName,
          Key: { Store: thresholds.Store, Item: row.Item },
          UpdateExpression: "SET #level = :wanted",
          ConditionExpression: "#count = :count AND #version = :version AND #level = :level",
          ExpressionAttributeNames: names,
          ExpressionAttributeValues: {
            ":wanted": wantedLevel(row, thresholds),
            ":count": row.Count,
            ":version": row.Version,
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
  Version: item.Version?.S ?? "",
});
