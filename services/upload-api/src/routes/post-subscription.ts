import {
  FilterPolicyLimitExceededException,
  InvalidParameterException,
  SubscriptionLimitExceededException,
} from "@aws-sdk/client-sns";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { Principal } from "../access/principal.ts";
import type { ApiContext } from "../context.ts";
import {
  invalidRequest,
  subscriptionExists,
  subscriptionPending,
  subscriptionsFull,
} from "../errors/api-error.ts";
import { problemResponses } from "../errors/problem-responses.ts";
import { acceptJson, readJson } from "../json-bodies.ts";
import { readSubscription, SubscriptionBody } from "../subscriptions/read-subscription.ts";
import { maySee, Subscription, toSubscription } from "../subscriptions/subscription-schema.ts";
import type { Subscription as Standing } from "../subscriptions/topic-subscriptions.ts";

const BODY_LIMIT = 256 * 1024;

/** Subscribes somebody to alerts; an endpoint that is there already gets the new filter. */
export const postSubscription =
  (context: ApiContext): FastifyPluginAsyncTypebox =>
  async (app) => {
    acceptJson(app, { bodyLimit: BODY_LIMIT });
    app.post(
      "/v1/subscriptions",
      {
        config: {
          access: "admin",
          documentedBody: { content: { "application/json": { schema: SubscriptionBody } } },
        },
        schema: {
          operationId: "postSubscription",
          tags: ["alerts"],
          summary: "Have somebody told of alerts",
          description:
            "SNS asks an e-mail address or an HTTPS endpoint to confirm; until then nothing else is sent there. An " +
            "endpoint that is subscribed already gets the new stores and kinds.",
          response: {
            201: Subscription,
            202: { ...Subscription, description: "Its owner has to confirm it first" },
            ...problemResponses(
              "invalid_request",
              "cross_site_request",
              "store_not_found",
              "subscription_exists",
              "subscription_pending",
              "subscriptions_full",
              "body_too_large",
              "unsupported_media_type",
            ),
          },
        },
      },
      async (request, reply) => {
        const wanted = readSubscription(request.principal, readJson(SubscriptionBody, request.body));
        const made = await subscribe(context, request.principal, wanted).catch((error) => {
          throw toRefusal(error);
        });
        request.log.info(
          { subscriptionId: made.id, protocol: made.protocol, confirmed: made.confirmed },
          "subscribed",
        );
        reply.code(made.confirmed ? 201 : 202).header("cache-control", "no-store");
        return toSubscription(made);
      },
    );
  };

const subscribe = async (
  { subscriptions }: ApiContext,
  principal: Principal,
  { protocol, endpoint, filter }: ReturnType<typeof readSubscription>,
): Promise<Standing> => {
  const made = await subscriptions.subscribe(protocol, endpoint, filter);
  if (made !== "exists_otherwise") return made;
  const standing = await subscriptions.find(protocol, endpoint);
  // Gone in between; the next request finds the way free.
  if (standing === undefined) throw subscriptionPending(endpoint);
  if (!maySee(principal, standing)) throw subscriptionExists(endpoint);
  if (standing.id === undefined) throw subscriptionPending(endpoint);
  await subscriptions.setFilter(standing.id, filter);
  return { ...standing, filter };
};

/** What SNS says about the request itself. */
const toRefusal = (error: unknown): unknown => {
  if (error instanceof InvalidParameterException) return invalidRequest(`SNS: ${error.message}.`, error);
  if (
    error instanceof SubscriptionLimitExceededException ||
    error instanceof FilterPolicyLimitExceededException
  ) {
    return subscriptionsFull(error);
  }
  return error;
};
