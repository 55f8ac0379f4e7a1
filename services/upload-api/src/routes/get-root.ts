import type { FastifyPluginAsync } from "fastify";

/** Where to look. */
export const ABOUT = { name: "Stockwire", documentation: "/docs", openapi: "/openapi.json" };

/** Says where to look, where there is no page to show. */
export const getRoot = () =>
  (async (app) => {
    app.get("/", { config: { access: "public" }, schema: { hide: true } }, () => ABOUT);
  }) satisfies FastifyPluginAsync;
