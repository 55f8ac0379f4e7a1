import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { faultOfName, MAX_STORE_CHARACTERS, normalizeName } from "@stockwire/contracts/names";
import { toStockItemView } from "@stockwire/contracts/to-views";
import { LevelName, StockItemView } from "@stockwire/contracts/views";
import { Type } from "typebox";
import { maySeeStore } from "../access/stores.ts";
import type { ApiContext } from "../context.ts";
import { decodeCursor } from "../cursor.ts";
import { storeNotFound } from "../errors/api-error.ts";
import { problemResponses } from "../errors/problem-responses.ts";
import { findInventory, InventoryPosition, storeExists } from "../queries/find-inventory.ts";
import { cursorParameter, limitParameter, pageOf, storeParameter, toPage } from "./schemas.ts";

/** What a store has, by item name. */
export const listStoreInventory =
  (context: ApiContext): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      "/v1/stores/:store/inventory",
      {
        config: { access: "read" },
        schema: {
          operationId: "listStoreInventory",
          tags: ["stock"],
          summary: "A store's items by name",
          params: Type.Object({ store: storeParameter("percent-encoded, a slash as %2F") }),
          querystring: Type.Object(
            {
              level: Type.Optional(LevelName),
              limit: limitParameter(100, 1_000),
              cursor: cursorParameter,
            },
            { additionalProperties: false },
          ),
          response: {
            200: pageOf(
              StockItemView,
              "Items; with a level filter a page can be short and still have a cursor",
            ),
            ...problemResponses("invalid_request", "invalid_cursor", "store_not_found"),
          },
        },
      },
      async (request, reply) => {
        const { level, limit, cursor } = request.query;
        const store = normalizeName(request.params.store);
        reply.header("cache-control", "no-store");
        const start = cursor === undefined ? undefined : decodeCursor(InventoryPosition, cursor);
        const mayExist = faultOfName(store, MAX_STORE_CHARACTERS) === undefined;
        if (!mayExist || !maySeeStore(request.principal, store)) throw storeNotFound(store);
        const page = await findInventory(context, store, level, limit, start);
        if (page.rows.length === 0 && !(await storeExists(context, store))) throw storeNotFound(store);
        return toPage(page, toStockItemView);
      },
    );
  };
