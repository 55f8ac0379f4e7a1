import {
  DescribeStreamCommand,
  type DynamoDBStreamsClient,
  GetShardIteratorCommand,
  type Shard,
} from "@aws-sdk/client-dynamodb-streams";
import type { Checkpoints } from "./checkpoints.ts";

/** Every shard that the stream still has. */
export const listShards = async (streams: DynamoDBStreamsClient, streamArn: string): Promise<Shard[]> => {
  const shards: Shard[] = [];
  let last: string | undefined;
  do {
    const start = last === undefined ? {} : { ExclusiveStartShardId: last };
    const page = await streams.send(new DescribeStreamCommand({ StreamArn: streamArn, ...start }));
    shards.push(...(page.StreamDescription?.Shards ?? []));
    last = page.StreamDescription?.LastEvaluatedShardId;
  } while (last !== undefined);
  return shards;
};

/** The shards that can be read now: unfinished, and their parents finished (or gone), so that order is kept. */
export const readableShards = (shards: readonly Shard[], checkpoints: Checkpoints): string[] => {
  const present = new Set(shards.map(({ ShardId }) => ShardId));
  return shards
    .filter(({ ShardId = "", ParentShardId: parent }) => {
      if (checkpoints.read(ShardId).finished) return false;
      return !parent || !present.has(parent) || checkpoints.read(parent).finished;
    })
    .map(({ ShardId = "" }) => ShardId);
};

/** What a position answers that is gone (24 hours old) or was never one of this stream (restored data). */
const LOST_POSITIONS = new Set([
  "TrimmedDataAccessException",
  "ResourceNotFoundException",
  "ValidationException",
]);

const isLostPosition = (error: unknown): boolean => error instanceof Error && LOST_POSITIONS.has(error.name);

/** An iterator behind the last sent record, or at the oldest record left where that is no longer there. */
export const openShard = async (
  streams: DynamoDBStreamsClient,
  streamArn: string,
  shardId: string,
  after: string | undefined,
): Promise<string | undefined> => {
  const shard = { StreamArn: streamArn, ShardId: shardId };
  if (after !== undefined) {
    try {
      const resumed = await streams.send(
        new GetShardIteratorCommand({
          ...shard,
          ShardIteratorType: "AFTER_SEQUENCE_NUMBER",
          SequenceNumber: after,
        }),
      );
      return resumed.ShardIterator;
    } catch (error) {
      if (!isLostPosition(error)) throw error;
    }
  }
  const oldest = await streams.send(
    new GetShardIteratorCommand({ ...shard, ShardIteratorType: "TRIM_HORIZON" }),
  );
  return oldest.ShardIterator;
};
