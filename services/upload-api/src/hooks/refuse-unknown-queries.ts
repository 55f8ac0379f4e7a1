import type { FastifyInstance } from "fastify";
import { Type } from "typebox";

const NONE = Type.Object({}, { additionalProperties: false });

/**
 * Routes of the API that declare no query take none. What is ignored silently is believed to have been heard: whoever
 * asks an undoing for `mode=validate` must not have undone something. Register before the routes.
 */
export const refuseUnknownQueries = (app: FastifyInstance): void => {
  app.addHook("onRoute", (route) => {
    if (!route.url.startsWith("/v1/") || route.schema === undefined) return;
    route.schema.querystring ??= NONE;
  });
};
