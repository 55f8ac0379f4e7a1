import { BatchWriteCommand, type DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { EVENT_DAYS, type EventItem, expiresAt } from "@stockwire/contracts/items";
import { LONGEST_EVENT_WRITE_MS, minuteOf, timeOfEventId } from "@stockwire/contracts/live-position";
import { v7 as uuidv7 } from "uuid";
import { eachOf, gather } from "../gather.ts";
import { createLimiter } from "../limiter.ts";

/** An event without its place in the table. */
export type NewEvent = Pick<EventItem, "Name" | "Data"> & { readonly Store?: string | undefined };

/** Appends events; those of about the same moment share a request. */
export interface EventAppender {
  /** @returns false where it was given up */
  readonly append: (event: NewEvent) => Promise<boolean>;
  /** From here on none waits for others. */
  readonly hurry: () => void;
}

/**
 * How long an event waits for others. With the write it is to fit into the 80 ms for which the coalescer holds a sender's
 * place anyway: beyond that, fewer than a hundred a second would go out.
 */
const GATHER_MS = 40;
/** More, BatchWriteItem does not take; at some 16 KB each they are far from its 16 MB. */
const MAX_EVENTS = 25;
/** Requests under way at the same time; more only wait for the same table. */
const PARALLEL = 4;
/** After that long an attempt is given up, answered or not. */
const ATTEMPT_MS = 5_000;
const MAX_TRIES = 3;
const PAUSE_MS = 250;

/** Each event has its own three tries, and its pauses between them: those of a request that failed meet again. */
export const createEventAppender = (options: {
  readonly dynamo: DynamoDBDocumentClient;
  readonly tableName: string;
  readonly onError: (error: unknown) => void;
  readonly signal?: AbortSignal;
}): EventAppender => {
  const { dynamo, tableName, onError, signal } = options;
  const limit = createLimiter(PARALLEL);
  let gatherMs = GATHER_MS;
  const write = gather<NewEvent, undefined>(
    eachOf((events) =>
      limit(() => writeSafely((some) => writeTogether(dynamo, tableName, some, signal), events)),
    ),
    { most: MAX_EVENTS, waitMilliseconds: () => gatherMs },
  );
  return {
    append: async (event) => {
      for (let tries = 1; tries <= MAX_TRIES; tries++) {
        try {
          await write(event);
          return true;
        } catch (error) {
          onError(error);
          if (signal?.aborted) return false;
          if (tries < MAX_TRIES) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * tries));
        }
      }
      return false;
    },
    hurry: () => {
      gatherMs = 0;
    },
  };
};

/** One that DynamoDB refuses takes none of the others along: a request is refused whole. */
const writeSafely = async (
  write: (events: readonly NewEvent[]) => Promise<(Error | undefined)[]>,
  events: readonly NewEvent[],
): Promise<(Error | undefined)[]> => {
  try {
    return await write(events);
  } catch (error) {
    const isRefused = error instanceof Error && error.name === "ValidationException";
    if (!isRefused || events.length === 1) throw error;
    const each = await Promise.allSettled(events.map((event) => write([event])));
    return each.flatMap((result) =>
      result.status === "fulfilled" ? result.value : [result.reason as Error],
    );
  }
};

/**
 * An event's id tells readers when it was made, and they do not look further back than a few seconds; so ids are made
 * right before the write, and what a write left out or took too long for has to be written again under a new one.
 * @returns what is wrong with each event's write, undefined where it stands
 */
const writeTogether = async (
  dynamo: DynamoDBDocumentClient,
  tableName: string,
  events: readonly NewEvent[],
  signal: AbortSignal | undefined,
): Promise<(Error | undefined)[]> => {
  const started = performance.now();
  const items = events.map(toItem);
  const limits = [AbortSignal.timeout(ATTEMPT_MS), ...(signal ? [signal] : [])];
  const puts = items.map((Item) => ({ PutRequest: { Item } }));
  const { UnprocessedItems } = await dynamo.send(
    new BatchWriteCommand({ RequestItems: { [tableName]: puts } }),
    { abortSignal: AbortSignal.any(limits) },
  );
  const isLate = performance.now() - started >= LONGEST_EVENT_WRITE_MS;
  const left = new Set(UnprocessedItems?.[tableName]?.map(({ PutRequest }) => PutRequest?.Item?.EventId));
  return items.map(({ EventId }) => {
    if (left.has(EventId)) return new Error("DynamoDB had no capacity left for the event");
    return isLate ? new Error("the event was written too late to be seen") : undefined;
  });
};

const toItem = (event: NewEvent): EventItem => {
  const EventId = uuidv7();
  const made = timeOfEventId(EventId) ?? Date.now();
  return {
    Minute: minuteOf(made),
    EventId,
    Name: event.Name,
    ...(event.Store !== undefined && { Store: event.Store }),
    Data: event.Data,
    ExpiresAt: expiresAt(made, EVENT_DAYS),
  };
};
