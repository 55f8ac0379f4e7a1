import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { normalizeName } from "@stockwire/contracts/names";
import { toAlertView } from "@stockwire/contracts/to-views";
import { AlertView } from "@stockwire/contracts/views";
import { Type } from "typebox";
import { storesToList } from "../access/stores.ts";
import type { ApiContext } from "../context.ts";
import { decodeCursor } from "../cursor.ts";
import { invalidRequest } from "../errors/api-error.ts";
import { problemResponses } from "../errors/problem-responses.ts";
import {
  AlertsByDay,
  AlertsByStore,
  AlertsOfItem,
  findAlertsByDay,
  findAlertsByStore,
  findAlertsOfItem,
} from "../queries/find-alerts.ts";
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
              item: Type.Optional(
                Type.String({
                  minLength: 1,
                  maxLength: 512,
                  description: "only this item, in the order of the files; needs `store`",
                }),
              ),
              kind: Type.Optional(AlertView.properties.kind),
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
        const { store, kind, limit, cursor } = request.query;
        const item = request.query.item && normalizeName(request.query.item);
        if (item !== undefined && store === undefined) {
          throw invalidRequest("The query parameter item needs store beside it.");
        }
        const stores = storesToList(request.principal, store === undefined ? undefined : parseStore(store));
        reply.header("cache-control", "no-store");
        if (item !== undefined) {
          const [only] = stores;
          if (only === undefined) return { items: [] };
          const start = cursor === undefined ? undefined : decodeCursor(AlertsOfItem, cursor);
          const page = await findAlertsOfItem(context, { store: only, item }, kind, limit, start);
          return toPage(page, toAlertView);
        }
        if (stores === "all") {
          const start = cursor === undefined ? undefined : decodeCursor(AlertsByDay, cursor);
          const page = await findAlertsByDay(context, kind, limit, start);
          return toPage(page, toAlertView);
        }
        const start = cursor === undefined ? undefined : decodeCursor(AlertsByStore, cursor);
        return toPage(await findAlertsByStore(context, stores, kind, limit, start), toAlertView);
      },
    );
  };
