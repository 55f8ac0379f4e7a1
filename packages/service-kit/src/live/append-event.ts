import { type DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import { EVENT_DAYS, type EventItem, expiresAt } from "@stockwire/contracts/items";
import { LONGEST_EVENT_WRITE_MS, minuteOf, timeOfEventId } from "@stockwire/contracts/live-position";
import { v7 as uuidv7 } from "uuid";

/** An event without its place in the table. */
export type NewEvent = Pick<EventItem, "Name" | "Data"> & { readonly Store?: string | undefined };

/** After that long an attempt is given up, answered or not. */
const ATTEMPT_MS = 5_000;
const MAX_TRIES = 3;
const PAUSE_MS = 250;

/**
 * Appends an event. Its id tells readers when it was made, and they do not look further back than a few seconds; so the
 * id is made right before the write, and a write that took too long is made again under a new one.
 * @returns false where it was given up
 */
export const appendEvent = async (
  dynamo: DynamoDBDocumentClient,
  tableName: string,
  event: NewEvent,
  onError: (error: unknown) => void,
  signal?: AbortSignal,
): Promise<boolean> => {
  for (let tries = 1; tries <= MAX_TRIES; tries++) {
    const EventId = uuidv7();
    const made = timeOfEventId(EventId) ?? Date.now();
    const started = performance.now();
    const Item: EventItem = {
      Minute: minuteOf(made),
      EventId,
      Name: event.Name,
      ...(event.Store !== undefined && { Store: event.Store }),
      Data: event.Data,
      ExpiresAt: expiresAt(made, EVENT_DAYS),
    };
    try {
      const limits = [AbortSignal.timeout(ATTEMPT_MS), ...(signal ? [signal] : [])];
      await dynamo.send(new PutCommand({ TableName: tableName, Item }), {
        abortSignal: AbortSignal.any(limits),
      });
      if (performance.now() - started < LONGEST_EVENT_WRITE_MS) return true;
    } catch (error) {
      onError(error);
      if (signal?.aborted) return false;
      if (tries < MAX_TRIES) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * tries));
    }
  }
  return false;
};
