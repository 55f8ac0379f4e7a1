import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { toAlertView } from "@stockwire/contracts/to-views";
import { AlertView } from "@stockwire/contracts/views";
import { Type } from "typebox";
import { storesToList } from "../access/stores.ts";
import type { ApiContext } from "../context.ts";
import { decodeCursor } from "../cursor.ts";
import { problemResponses } from "../errors/problem-responses.ts";
import { AlertsByDay, AlertsByStore, findAlertsByDay, findAlertsByStore } from "../queries/find-alerts.ts";
import { parseStore } from "../store-name.ts";
import { cursorParameter, limitParameter, pageOf, storeParameter, toPage } from "./schemas.ts";

/** Transitions that staff were told of, newest first. */
export const listAlerts =
  (context: ApiContext): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      "/v1/alerts",
      {
        config: { access: "read" },
        schema: {
          operationId: "listAlerts",
          tags: ["alerts"],
          summary: "What ran out and what is back, newest first",
          querystring: Type.Object(
            {
              store: Type.Optional(storeParameter("only this store")),
              limit: limitParameter(50, 1_000),
              cursor: cursorParameter,
            },
            { additionalProperties: false },
          ),
          response: {
            200: pageOf(AlertView, "Transitions"),
            ...problemResponses("invalid_request", "invalid_cursor", "invalid_store"),
          },
        },
      },
      async (request, reply) => {
        const { store, limit, cursor } = request.query;
        const stores = storesToList(request.principal, store === undefined ? undefined : parseStore(store));
        reply.header("cache-control", "no-store");
        if (stores === "all") {
          const start = cursor === undefined ? undefined : decodeCursor(AlertsByDay, cursor);
          const page = await findAlertsByDay(context, limit, start);
          return toPage(page, toAlertView);
        }
        const start = cursor === undefined ? undefined : decodeCursor(AlertsByStore, cursor);
        return toPage(await findAlertsByStore(context, stores, limit, start), toAlertView);
      },
    );
  };
