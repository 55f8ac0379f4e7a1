import cors from "@fastify/cors";
import type { FastifyInstance } from "fastify";

/** @param list as the setting has it: comma-separated */
export const parseOrigins = (list: string): ReadonlySet<string> =>
  new Set(
    list
      .split(",")
      .filter((origin) => origin.trim() !== "")
      // As browsers send it: lower case, without the scheme's own port.
      .map((origin) => new URL(origin.trim()).origin),
  );

/**
 * Lets pages of these origins call the API (CORS). Without any there are no such headers and a preflight is a 404, as
 * every browser then refuses. Credentials are never allowed: keys come in a header, not in cookies.
 */
export const allowOrigins = async (app: FastifyInstance, origins: ReadonlySet<string>): Promise<void> => {
  if (origins.size === 0) return;
  await app.register(cors, {
    origin: (origin, done) => done(null, origin !== undefined && origins.has(origin) ? origin : false),
    strictPreflight: false,
    methods: ["GET", "HEAD", "POST", "PUT", "DELETE"],
    allowedHeaders: [
      "authorization",
      "content-digest",
      "content-type",
      "idempotency-key",
      "if-match",
      "if-none-match",
      "last-event-id",
      "range",
      "repr-digest",
      "x-api-key",
    ],
    exposedHeaders: [
      "content-disposition",
      "content-range",
      "etag",
      "idempotent-replayed",
      "location",
      "ratelimit-limit",
      "ratelimit-remaining",
      "ratelimit-reset",
      "retry-after",
    ],
    maxAge: 600,
  });
};
