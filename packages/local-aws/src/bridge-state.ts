import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS announced (
    bucket TEXT NOT NULL, key TEXT NOT NULL, etag TEXT NOT NULL, last_modified TEXT NOT NULL,
    PRIMARY KEY (bucket, key)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS checkpoints (
    stream TEXT NOT NULL, shard TEXT NOT NULL, sequence_number TEXT, finished INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (stream, shard)
  ) WITHOUT ROWID;
`;

/**
 * Opens what the bridges must remember across a kill: announced objects and stream checkpoints. The file stays
 * locked while open, so that two clouds never share one data directory.
 *
 * NORMAL durability: a kill loses nothing; a power failure may lose the last entries, which repeats their events.
 * @param dataDir absent: in memory
 * @throws Error where another process holds the directory
 */
export const openBridgeState = (dataDir?: string): DatabaseSync => {
  if (dataDir === undefined) {
    const memory = new DatabaseSync(":memory:");
    memory.exec(SCHEMA);
    return memory;
  }
  mkdirSync(dataDir, { recursive: true });
  const database = new DatabaseSync(join(dataDir, "bridges.db"), { timeout: 3000 });
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;");
    database.exec(SCHEMA);
    database.exec("BEGIN EXCLUSIVE; COMMIT;");
    return database;
  } catch (cause) {
    database.close();
    if (!String(cause).includes("locked")) throw cause;
    throw new Error(`The data in ${dataDir} is in use by another running Stockwire.`, { cause });
  }
};
