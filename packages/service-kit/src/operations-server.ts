import fastify from "fastify";
import type { Registry } from "prom-client";

/** Throws when the dependency cannot be used. */
export type ReadinessCheck = () => Promise<void>;

export interface OperationsServer {
  /** The port actually bound. */
  readonly port: number;
  /** From now on `/ready` answers 503, so that no new work is sent here. */
  readonly stopBeingReady: () => void;
  readonly close: () => Promise<void>;
}

/**
 * `/live` (touches no dependency), `/ready` (asks each dependency) and `/metrics`, on a port of their own that
 * is never published.
 */
export const startOperationsServer = async (options: {
  readonly host: string;
  readonly port: number;
  readonly registry: Registry;
  readonly checks: Readonly<Record<string, ReadinessCheck>>;
}): Promise<OperationsServer> => {
  const app = fastify({ forceCloseConnections: true });
  let stopping = false;

  app.get("/live", () => ({ status: "live" }));

  app.get("/ready", async (_request, reply) => {
    const results = await Promise.all(
      Object.entries(options.checks).map(async ([name, check]): Promise<[string, string]> => {
        try {
          await check();
          return [name, "ok"];
        } catch (error) {
          return [name, error instanceof Error ? error.message : String(error)];
        }
      }),
    );
    const ready = !stopping && results.every(([, result]) => result === "ok");
    return reply.code(ready ? 200 : 503).send({
      status: stopping ? "stopping" : ready ? "ready" : "not ready",
      checks: Object.fromEntries(results),
    });
  });

  app.get("/metrics", async (_request, reply) =>
    reply.type(options.registry.contentType).send(await options.registry.metrics()),
  );

  await app.listen({ host: options.host, port: options.port });
  const address = app.server.address();
  return {
    port: typeof address === "object" && address ? address.port : options.port,
    stopBeingReady: () => {
      stopping = true;
    },
    close: () => app.close(),
  };
};
