import type { IncomingMessage } from "node:http";
import type { FastifyInstance } from "fastify";

const DRAIN_MILLISECONDS = 30_000;

const bodyStillComing = ({ readableEnded, destroyed, headers }: IncomingMessage): boolean =>
  !readableEnded &&
  !destroyed &&
  (headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0);

/**
 * An upload can be refused while its body is still on the way. Closing the connection then would make the kernel send
 * a reset, which takes the answer from a client that reads only after it has written everything. So the rest is read
 * and thrown away for a while, even where the client wants the connection closed: it is, behind the body's end.
 */
export const drainRefusedBodies = (app: FastifyInstance): void => {
  app.addHook("onSend", async ({ raw }, reply) => {
    if (bodyStillComing(raw) && !reply.hasHeader("connection")) reply.raw.shouldKeepAlive = true;
  });
  app.addHook("onResponse", async ({ raw, log }) => {
    if (!bodyStillComing(raw)) return;
    const cutOff = setTimeout(() => raw.destroy(), DRAIN_MILLISECONDS);
    cutOff.unref();
    raw.once("end", () => {
      if (raw.headers.connection?.toLowerCase() === "close" || raw.httpVersion === "1.0") raw.socket.end();
    });
    raw.once("close", () => clearTimeout(cutOff));
    raw.on("error", (error) => log.debug({ err: error }, "a refused body broke off"));
    raw.resume();
  });
};
