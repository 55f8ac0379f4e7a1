import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";

/** The module `@duckdb/node-api`, as far as it is used here. */
export interface DuckDbModule {
  readonly DuckDBInstance: Pick<typeof DuckDBInstance, "create">;
}

/**
 * Gives `use` an empty DuckDB database in a directory of its own, which is removed afterwards, whatever happened. The
 * database is a file, so that what exceeds the memory goes to disk; it can reach no other file and no network.
 */
export const withScratchDatabase = async <Result>(
  { DuckDBInstance }: DuckDbModule,
  memoryMegabytes: number,
  use: (connection: DuckDBConnection) => Promise<Result>,
): Promise<Result> => {
  const directory = await mkdtemp(join(tmpdir(), "stockwire-report-"));
  try {
    const instance = await DuckDBInstance.create(join(directory, "report.duckdb"), {
      memory_limit: `${memoryMegabytes}MB`,
      temp_directory: join(directory, "spilled"),
      // The API's own work comes first; the time goes into fetching anyway.
      threads: "1",
      // Keeping it takes memory, and nothing asks for it.
      preserve_insertion_order: "false",
      enable_external_access: "false",
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
    });
    try {
      const connection = await instance.connect();
      try {
        return await use(connection);
      } finally {
        connection.closeSync();
      }
    } finally {
      instance.closeSync();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};
