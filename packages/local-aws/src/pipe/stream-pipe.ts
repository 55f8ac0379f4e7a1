import type { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { DescribeTableCommand } from "@aws-sdk/client-dynamodb";
import {
  type _Record,
  GetRecordsCommand,
  TrimmedDataAccessException,
} from "@aws-sdk/client-dynamodb-streams";
import type { EventPattern } from "@stockwire/contracts/topology";
import type { Clients } from "../clients.ts";
import { type Checkpoints, createCheckpoints } from "./checkpoints.ts";
import { matchesPattern } from "./match-pattern.ts";
import { listShards, openShard, readableShards } from "./open-shard.ts";
import { toMessageBody, toPipeEvent } from "./pipe-event.ts";
import { sendMessages } from "./send-messages.ts";

interface StreamPipeOptions {
  readonly clients: Pick<Clients, "dynamodb" | "streams" | "sqs">;
  readonly table: string;
  readonly queueUrl: string;
  /** A record passes when any one matches. */
  readonly filters: readonly EventPattern[];
  readonly database: DatabaseSync;
  readonly log: (line: string) => void;
}

/**
 * The pause after a look that did not find a full page: alerts wait for it, so it is short. Without it a reader of a
 * table under load would come back for every few records, and DynamoDB Local, which has one thread for all that
 * touches its data, would be busy with its questions for longer than with the writes.
 */
const PAUSE_MS = 75;
/** GetRecords gives no more. */
const RECORDS_PER_READ = 1_000;
/** How often to look for new shards where none has closed. */
const DISCOVER_MS = 5000;
const LONGEST_BACKOFF_MS = 5000;

/**
 * Stands in for the EventBridge Pipe from a table's stream to a queue, with the pipe's own filter. It is the
 * stream's only reader. Every record that passes reaches the queue at least once.
 */
export const startStreamPipe = (options: StreamPipeOptions): { stop(): Promise<void> } => {
  const stopping = new AbortController();
  const running = runPipe(options, stopping.signal);
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
};

const runPipe = async (options: StreamPipeOptions, signal: AbortSignal): Promise<void> => {
  for (let failures = 0; !signal.aborted; ) {
    try {
      await readStream(options, signal, () => {
        failures = 0;
      });
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      if (failures === 1 || failures % 20 === 0) options.log(`Stream pipe: ${String(error)}; trying again.`);
      await pause(Math.min(100 * 2 ** failures, LONGEST_BACKOFF_MS), signal);
    }
  }
};

/** Reads until told to stop. Any error ends it; positions are in the checkpoints, so starting over loses nothing. */
const readStream = async (
  options: StreamPipeOptions,
  signal: AbortSignal,
  onProgress: () => void,
): Promise<void> => {
  const { clients, database, table } = options;
  const description = await clients.dynamodb.send(new DescribeTableCommand({ TableName: table }));
  const streamArn = description.Table?.LatestStreamArn;
  if (!streamArn) throw new Error(`table ${table} has no stream`);
  const checkpoints = createCheckpoints(database, streamArn);
  const iterators = new Map<string, string>();
  let discoverAt = 0;
  while (!signal.aborted) {
    if (Date.now() >= discoverAt) {
      for (const shard of readableShards(await listShards(clients.streams, streamArn), checkpoints)) {
        if (iterators.has(shard)) continue;
        const after = checkpoints.read(shard).sequenceNumber;
        const iterator = await openShard(clients.streams, streamArn, shard, after);
        if (iterator) iterators.set(shard, iterator);
        else checkpoints.finished(shard);
      }
      discoverAt = Date.now() + DISCOVER_MS;
    }
    const moves = await Promise.all(
      [...iterators].map(([shard, iterator]) =>
        advance({ ...options, streamArn, checkpoints, shard, iterator, signal }),
      ),
    );
    for (const { shard, next } of moves) {
      if (next) {
        iterators.set(shard, next);
      } else {
        iterators.delete(shard);
        discoverAt = 0; // its children can be read now
      }
    }
    onProgress();
    if (moves.every(({ records }) => records < RECORDS_PER_READ)) await pause(PAUSE_MS, signal);
  }
};

interface AdvanceOptions extends StreamPipeOptions {
  readonly streamArn: string;
  readonly checkpoints: Checkpoints;
  readonly shard: string;
  readonly iterator: string;
  readonly signal: AbortSignal;
}

/** Moves one shard on by one page: read, filter, send, remember. */
const advance = async (
  options: AdvanceOptions,
): Promise<{ shard: string; next: string | undefined; records: number }> => {
  const { clients, streamArn, checkpoints, shard, iterator, signal } = options;
  const page = await clients.streams
    .send(new GetRecordsCommand({ ShardIterator: iterator, Limit: RECORDS_PER_READ }), {
      abortSignal: signal,
    })
    .catch(async (error: unknown) => {
      // Records older than a day are gone. DynamoDB Local says so also when a shard gets its first record.
      if (!(error instanceof TrimmedDataAccessException)) throw error;
      return {
        NextShardIterator: await openShard(clients.streams, streamArn, shard, undefined),
        Records: [],
      };
    });
  const sent = checkpoints.read(shard).sequenceNumber;
  const records = (page.Records ?? []).filter((record) => isAfter(record, sent));
  const events = records
    .map((record) => toPipeEvent(record, streamArn))
    .filter((event) => options.filters.some((filter) => matchesPattern(filter, event)));
  await sendMessages(clients.sqs, options.queueUrl, events.map(toMessageBody), options.log);
  const last = records.at(-1)?.dynamodb?.SequenceNumber;
  if (last) checkpoints.reached(shard, last);
  if (!page.NextShardIterator) checkpoints.finished(shard);
  return { shard, next: page.NextShardIterator, records: page.Records?.length ?? 0 };
};

/** Sequence numbers are decimal numbers of up to 40 digits that grow within a shard. */
const isAfter = (record: _Record, sequenceNumber: string | undefined): boolean =>
  sequenceNumber === undefined || BigInt(record.dynamodb?.SequenceNumber ?? 0) > BigInt(sequenceNumber);

const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  sleep(milliseconds, undefined, { signal }).catch(() => {}); // told to stop: the caller looks at the signal
