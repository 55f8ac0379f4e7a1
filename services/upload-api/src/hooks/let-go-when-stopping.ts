import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";

/**
 * Closing the server lets go of connections that are idle then; one whose request was still under way falls idle
 * later and would hold the stop up for its whole keep-alive time. So answers given while stopping say that they are
 * the last, and a connection on which one had already begun is let go behind it. One on which nothing ever came, such
 * as browsers open ahead of need, does not count as idle to Node.
 */
export const letGoWhenStopping = (app: FastifyInstance): void => {
  let stopping = false;
  const connections = new Set<Socket>();
  app.server.on("connection", (socket: Socket) => {
    connections.add(socket);
    socket.once("close", () => connections.delete(socket));
  });
  app.addHook("preClose", async () => {
    stopping = true;
    for (const socket of connections) if (socket.bytesRead === 0) socket.destroy();
  });
  app.addHook("onSend", async (_request, reply) => {
    if (stopping) reply.header("connection", "close");
  });
  app.addHook("onResponse", async () => {
    if (stopping) setImmediate(() => app.server.closeIdleConnections());
  });
};
