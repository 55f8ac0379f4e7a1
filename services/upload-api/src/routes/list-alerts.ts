import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { type Static, Type } from "typebox";
import { storesToList } from "../access/stores.ts";
import type { ApiContext } from "../context.ts";
import { decodeCursor } from "../cursor.ts";
import { problemResponses } from "../errors/problem-responses.ts";
import {
  AlertsByDay,
  AlertsByStore,
  findAlertsByDay,
  findAlertsByStore,
  type ListedAlert,
} from "../queries/find-alerts.ts";
import { parseStore } from "../store-name.ts";
import { cursorParameter, limitParameter, pageOf, storeParameter, toPage } from "./schemas.ts";

const Alert = Type.Object({
  store: Type.String(),
  item: Type.String(),
  kind: Type.Union([Type.Literal("out"), Type.Literal("back"), Type.Literal("low")]),
  count: Type.Integer(),
  previous: Type.Union([Type.Integer(), Type.Null()], { description: "null for an item that is new" }),
  message: Type.String({ description: "the sentence that staff got" }),
  at: Type.String({ format: "date-time", description: "when the row was written" }),
  publishedAt: Type.Union([Type.String({ format: "date-time" }), Type.Null()], {
    description: "null until the notification went out",
  }),
});

const toAlert = (alert: ListedAlert): Static<typeof Alert> => ({
  store: alert.Store,
  item: alert.Item,
  kind: alert.Kind,
  count: alert.Count,
  previous: alert.Previous ?? null,
  message: alert.Message,
  at: alert.At,
  publishedAt: alert.PublishedAt ?? null,
});

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
            200: pageOf(Alert, "Transitions"),
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
          return toPage(page, toAlert);
        }
        const start = cursor === undefined ? undefined : decodeCursor(AlertsByStore, cursor);
        return toPage(await findAlertsByStore(context, stores, limit, start), toAlert);
      },
    );
  };
