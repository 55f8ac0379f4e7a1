import { InvalidParameterException } from "@aws-sdk/client-sns";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import type { ApiContext } from "../context.ts";
import { decodeCursor } from "../cursor.ts";
import { invalidCursor } from "../errors/api-error.ts";
import { problemResponses } from "../errors/problem-responses.ts";
import { maySee, Subscription, toSubscription } from "../subscriptions/subscription-schema.ts";
import { cursorParameter, pageOf, toPage } from "./schemas.ts";

/** SNS's own place in its list. */
const Position = Type.Object(
  { token: Type.String({ minLength: 1, maxLength: 3_000 }) },
  { additionalProperties: false },
);

/** Who is told of alerts. */
export const listSubscriptions =
  (context: ApiContext): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      "/v1/subscriptions",
      {
        config: { access: "admin" },
        schema: {
          operationId: "listSubscriptions",
          tags: ["alerts"],
          summary: "Who is told of alerts, and who has not confirmed yet",
          querystring: Type.Object({ cursor: cursorParameter }, { additionalProperties: false }),
          response: {
            200: pageOf(
              Subscription,
              "Subscriptions, up to 100; a page can be empty and still have a cursor",
            ),
            ...problemResponses("invalid_request", "invalid_cursor"),
          },
        },
      },
      async (request, reply) => {
        const { cursor } = request.query;
        reply.header("cache-control", "no-store");
        const token = cursor === undefined ? undefined : decodeCursor(Position, cursor).token;
        const page = await context.subscriptions.list(token).catch((error) => {
          const refused = token !== undefined && error instanceof InvalidParameterException;
          throw refused ? invalidCursor(error) : error;
        });
        const rows = page.subscriptions.filter((subscription) => maySee(request.principal, subscription));
        return toPage(
          page.next === undefined ? { rows } : { rows, next: { token: page.next } },
          toSubscription,
        );
      },
    );
  };
