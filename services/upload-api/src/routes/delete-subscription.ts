import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import type { ApiContext } from "../context.ts";
import { subscriptionNotFound, subscriptionPending } from "../errors/api-error.ts";
import { problemResponses } from "../errors/problem-responses.ts";
import { maySee } from "../subscriptions/subscription-schema.ts";

/** The last part of a subscription's ARN. */
const ID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Has somebody told no more. */
export const deleteSubscription =
  (context: ApiContext): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.delete(
      "/v1/subscriptions/:subscriptionId",
      {
        config: { access: "admin" },
        schema: {
          operationId: "deleteSubscription",
          tags: ["alerts"],
          summary: "Have somebody told of alerts no more",
          params: Type.Object({ subscriptionId: Type.String({ description: "as listed" }) }),
          response: {
            204: Type.Null({ description: "It is gone" }),
            ...problemResponses("cross_site_request", "subscription_not_found", "subscription_pending"),
          },
        },
      },
      async (request, reply) => {
        const { subscriptionId } = request.params;
        const standing = ID.test(subscriptionId)
          ? await context.subscriptions.get(subscriptionId)
          : undefined;
        if (standing === undefined || !maySee(request.principal, standing)) {
          throw subscriptionNotFound(subscriptionId);
        }
        if (!(await context.subscriptions.unsubscribe(subscriptionId))) {
          throw subscriptionPending(standing.endpoint);
        }
        request.log.info({ subscriptionId, protocol: standing.protocol }, "unsubscribed");
        return reply.code(204).send(null);
      },
    );
  };
