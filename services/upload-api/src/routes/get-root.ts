import type { FastifyPluginAsync } from "fastify";

/** Says where to look. */
export const getRoot = () =>
  (async (app) => {
    app.get("/", { config: { access: "public" }, schema: { hide: true } }, () => ({
      name: "Stockwire",
      documentation: "/docs",
      openapi: "/openapi.json",
    }));
  }) satisfies FastifyPluginAsync;
