import type { DatabaseSync } from "node:sqlite";
import type { Topology } from "@stockwire/contracts/topology";
import { queueVariable, tableVariable } from "@stockwire/contracts/variables";
import type { Clients } from "./clients.ts";
import { startStreamPipe } from "./pipe/stream-pipe.ts";

/** Starts every pipe of the topology between the resources that `variables` names. */
export const startPipes = (
  clients: Clients,
  topology: Topology,
  variables: Readonly<Record<string, string>>,
  { database, log }: { database: DatabaseSync; log: (line: string) => void },
): { stop(): Promise<void> } => {
  const pipes = Object.values(topology.pipes).map(({ sourceTable, targetQueue, filters }) =>
    startStreamPipe({
      clients,
      table: variables[tableVariable(sourceTable)] ?? "",
      queueUrl: variables[queueVariable(targetQueue)] ?? "",
      filters,
      database,
      log,
    }),
  );
  return {
    stop: async () => {
      await Promise.all(pipes.map((pipe) => pipe.stop()));
    },
  };
};
