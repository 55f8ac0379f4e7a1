import type { Metrics } from "@stockwire/service-kit/metrics";
import type { FastifyInstance, FastifyRequest } from "fastify";

/** What nginx logs for a client that went away before its answer. */
const CLIENT_CLOSED_REQUEST = 499;

/**
 * One log line and one observation a request, whether it was answered or its client went away. An answer that has no end
 * is observed when it begins.
 */
export const observeRequests = (app: FastifyInstance, metrics: Metrics): void => {
  const seen = new WeakSet<FastifyRequest>();
  const observe = (request: FastifyRequest, status: number, milliseconds: number): void => {
    if (seen.has(request)) return;
    seen.add(request);
    // The pattern, not the path: a store or an upload id must never become a label.
    const route = request.is404 ? "none" : (request.routeOptions.url ?? "none");
    metrics.http_request_duration_seconds.observe(
      { method: request.method, route, status_code: String(status) },
      milliseconds / 1000,
    );
    const milli = Math.round(milliseconds * 10) / 10;
    request.log.info(
      { method: request.method, path: pathOf(request), status, milliseconds: milli },
      "answered",
    );
  };
  app.addHook("onSend", async (request, reply) => {
    if (request.routeOptions.config.streams) observe(request, reply.statusCode, reply.elapsedTime);
  });
  app.addHook("onResponse", async (request, reply) => observe(request, reply.statusCode, reply.elapsedTime));
  app.addHook("onRequest", async (request, reply) => {
    const socketClosed = () => {
      if (!reply.raw.writableFinished) observe(request, CLIENT_CLOSED_REQUEST, reply.elapsedTime);
    };
    reply.raw.once("close", socketClosed);
  });
};

/** Without the query, which may one day carry a key. */
const pathOf = (request: FastifyRequest): string => request.url.split("?", 1)[0] ?? "";
