import { type DynamoDBDocumentClient, QueryCommand } from "@aws-sdk/lib-dynamodb";
import type { EventItem } from "@stockwire/contracts/items";
import type { LiveEventName, ReceiptEvent } from "@stockwire/contracts/live-event";
import { minuteOf, timeOfEventId } from "@stockwire/contracts/live-position";
import { v7 as uuidv7 } from "uuid";

/** An event as it was read. */
export interface ReadEvent {
  readonly id: string;
  /** Epoch milliseconds of its id. */
  readonly time: number;
  readonly name: LiveEventName;
  /** The store whose own callers may see it; undefined: only those with all stores. */
  readonly store: string | undefined;
  /** The store that it is about, as callers with all stores know it. */
  readonly about: string | undefined;
  readonly data: string;
}

const MINUTE_MS = 60_000;
/** Sorts before every id of that time. */
const LOWEST = { random: new Uint8Array(16), seq: 0 };

/** An id that stands for a moment, in epoch milliseconds: everything before it is known. */
export const positionAt = (time: number): string => uuidv7({ msecs: time, ...LOWEST });

/**
 * Events appended between two moments, in epoch milliseconds, by their ids; strongly consistent. Those of the last
 * minute are read to its end, as clocks differ.
 * @returns undefined where there are more than `most`
 */
export const readEvents = async (
  dynamo: DynamoDBDocumentClient,
  tableName: string,
  from: number,
  to: number,
  most: number,
): Promise<ReadEvent[] | undefined> => {
  const found: ReadEvent[] = [];
  const first = Math.floor(from / MINUTE_MS) * MINUTE_MS;
  for (let minute = first; minute <= to; minute += MINUTE_MS) {
    let start: Record<string, unknown> | undefined;
    do {
      const page = await dynamo.send(
        new QueryCommand({
          TableName: tableName,
          ConsistentRead: true,
          KeyConditionExpression: "#minute = :minute AND EventId >= :from",
          // MINUTE is a reserved word.
          ExpressionAttributeNames: { "#minute": "Minute" },
          ExpressionAttributeValues: { ":minute": minuteOf(minute), ":from": positionAt(from) },
          ...(start && { ExclusiveStartKey: start }),
        }),
      );
      found.push(...((page.Items ?? []) as EventItem[]).map(toReadEvent));
      if (found.length > most) return undefined;
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
  }
  return found;
};

const toReadEvent = ({ EventId, Name, Store, Data }: EventItem): ReadEvent => ({
  id: EventId,
  time: timeOfEventId(EventId) ?? 0,
  name: Name,
  store: Store,
  about: Store ?? (Name === "receipt" ? storeOfReceipt(Data) : undefined),
  data: Data,
});

const storeOfReceipt = (data: string): string | undefined =>
  (JSON.parse(data) as ReceiptEvent).receipt.store ?? undefined;
