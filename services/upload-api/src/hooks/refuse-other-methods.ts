import type { FastifyInstance, HTTPMethods, RouteOptions } from "fastify";
import { methodNotAllowed } from "../errors/api-error.ts";

const METHODS: readonly HTTPMethods[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/**
 * Collects routes as they are added; the function it hands back gives each path a 405 for the methods that it does
 * not take. Call that once all routes are there.
 */
export const refuseOtherMethods = (app: FastifyInstance): (() => void) => {
  const taken = new Map<string, Set<string>>();
  let collecting = true;
  app.addHook("onRoute", ({ url, method }: RouteOptions) => {
    if (!collecting) return;
    const methods = taken.get(url) ?? new Set();
    for (const name of [method].flat()) methods.add(name);
    taken.set(url, methods);
  });
  return () => {
    collecting = false;
    for (const [url, methods] of taken) {
      if (!url.startsWith("/v1/")) continue;
      const refused = METHODS.filter((method) => !methods.has(method));
      app.route({
        url,
        method: refused,
        config: { access: "public" },
        schema: { hide: true },
        handler: (request) => {
          throw methodNotAllowed(request.method, [...methods].sort());
        },
      });
    }
  };
};
