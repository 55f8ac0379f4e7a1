import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { toStoreView } from "@stockwire/contracts/to-views";
import { StoreView } from "@stockwire/contracts/views";
import { Type } from "typebox";
import type { ApiContext } from "../context.ts";
import { decodeCursor } from "../cursor.ts";
import { problemResponses } from "../errors/problem-responses.ts";
import { findStores, StorePosition } from "../queries/find-stores.ts";
import { cursorParameter, limitParameter, pageOf, toPage } from "./schemas.ts";

/** The stores that have had a load, by name. */
export const listStores =
  (context: ApiContext): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      "/v1/stores",
      {
        config: { access: "read" },
        schema: {
          operationId: "listStores",
          tags: ["stock"],
          summary: "Stores by name, with their item counts and last load",
          querystring: Type.Object(
            { limit: limitParameter(100, 1_000), cursor: cursorParameter },
            { additionalProperties: false },
          ),
          response: {
            200: pageOf(StoreView, "Stores"),
            ...problemResponses("invalid_request", "invalid_cursor"),
          },
        },
      },
      async (request, reply) => {
        const { limit, cursor } = request.query;
        reply.header("cache-control", "no-store");
        const start = cursor === undefined ? undefined : decodeCursor(StorePosition, cursor);
        return toPage(await findStores(context, request.principal, limit, start), toStoreView);
      },
    );
  };
