import type { DatabaseSync } from "node:sqlite";

export interface Checkpoint {
  /** The last record whose message was sent; undefined before the first. */
  readonly sequenceNumber: string | undefined;
  /** True when the shard is closed and all of it was sent. */
  readonly finished: boolean;
}

export interface Checkpoints {
  read(shard: string): Checkpoint;
  reached(shard: string, sequenceNumber: string): void;
  finished(shard: string): void;
}

/** How far each shard of a stream was read. Written after the messages: a kill repeats records and loses none. */
export const createCheckpoints = (database: DatabaseSync, stream: string): Checkpoints => {
  const select = database.prepare(
    "SELECT sequence_number, finished FROM checkpoints WHERE stream = ? AND shard = ?",
  );
  const advance = database.prepare(
    `INSERT INTO checkpoints (stream, shard, sequence_number) VALUES (?, ?, ?)
     ON CONFLICT (stream, shard) DO UPDATE SET sequence_number = excluded.sequence_number`,
  );
  const finish = database.prepare(
    `INSERT INTO checkpoints (stream, shard, finished) VALUES (?, ?, 1)
     ON CONFLICT (stream, shard) DO UPDATE SET finished = 1`,
  );
  return {
    read: (shard) => {
      const row = select.get(stream, shard);
      const at = row?.sequence_number;
      return { sequenceNumber: typeof at === "string" ? at : undefined, finished: row?.finished === 1 };
    },
    reached: (shard, sequenceNumber) => {
      advance.run(stream, shard, sequenceNumber);
    },
    finished: (shard) => {
      finish.run(stream, shard);
    },
  };
};
