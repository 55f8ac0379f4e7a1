import type { FastifyInstance } from "fastify";

/**
 * Closing the server lets go of connections that are idle then; one whose request was still under way falls idle
 * later and would hold the stop up for its whole keep-alive time. So answers given while stopping say that they are
 * the last, and a connection on which one had already begun is let go behind it.
 */
export const letGoWhenStopping = (app: FastifyInstance): void => {
  let stopping = false;
  app.addHook("preClose", async () => {
    stopping = true;
  });
  app.addHook("onSend", async (_request, reply) => {
    if (stopping) reply.header("connection", "close");
  });
  app.addHook("onResponse", async () => {
    if (stopping) setImmediate(() => app.server.closeIdleConnections());
  });
};
