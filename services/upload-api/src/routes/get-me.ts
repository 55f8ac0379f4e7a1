import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { v7 as newId } from "uuid";
import type { ApiContext } from "../context.ts";
import { problemResponses } from "../errors/problem-responses.ts";

const Scope = Type.Union([Type.Literal("upload"), Type.Literal("read"), Type.Literal("admin")]);

const Caller = Type.Object({
  scopes: Type.Array(Scope, { description: "what the caller may do; admin includes the others" }),
  stores: Type.Union([Type.Array(Type.String()), Type.Null()], {
    description: "the stores that it may send for and see; null: all",
  }),
  live: Type.String({
    description:
      "a `last-event-id` of this moment: a page that asks for it before anything else misses nothing in between",
  }),
});

/** What a page needs to know to offer only what its reader may do. */
export const getMe =
  (_context: ApiContext): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      "/v1/me",
      {
        config: { access: ["read", "upload"] },
        schema: {
          operationId: "getMe",
          tags: ["stock"],
          summary: "What the caller may do",
          response: { 200: Caller, ...problemResponses() },
        },
      },
      async ({ principal }, reply) => {
        reply.header("cache-control", "no-store");
        return {
          scopes: [...principal.scopes],
          stores: principal.stores === "all" ? null : [...principal.stores],
          live: newId(),
        };
      },
    );
  };
