import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { AlertsEvent, ReceiptEvent, StockEvent } from "@stockwire/contracts/live-event";
import type { Logger } from "@stockwire/service-kit/logger";
import { Type } from "typebox";
import type { ApiContext } from "../context.ts";
import { problemResponses } from "../errors/problem-responses.ts";
import { createEventStreams, type StreamIntervals } from "../live/event-streams.ts";
import { parseStore } from "../store-name.ts";
import { storeParameter } from "./schemas.ts";

const SHAPES = { StockEvent, ReceiptEvent, AlertsEvent } as const;

const STREAM = {
  description:
    "A stream without end, of frames as in the HTML standard: `id`, `event`, `data`. `ready` comes first; `reset`, with a " +
    "`reason`, where what was missed cannot be told. The data of `stock`, `receipt` and `alerts` is JSON of one of these " +
    "shapes, in this order. A frame with an `id` alone moves the position on.",
  content: {
    "text/event-stream": {
      schema: { anyOf: Object.keys(SHAPES).map((name) => ({ $ref: `${name}#` })) },
    },
  },
};

/** What happens, as it happens. */
export const getEvents =
  (context: ApiContext, intervals?: StreamIntervals): FastifyPluginAsyncTypebox =>
  async (app) => {
    const streams = createEventStreams(context.feed, context.settings, context.metrics, intervals);
    for (const [name, shape] of Object.entries(SHAPES)) app.addSchema({ ...shape, $id: name });
    app.addHook("preClose", async () => streams.endAll());
    app.get(
      "/v1/events",
      {
        // A HEAD would open a stream of which nothing is sent.
        exposeHeadRoute: false,
        config: { access: "read", streams: true },
        schema: {
          operationId: "getEvents",
          tags: ["live"],
          summary: "Stock, receipts and alerts as they change (server-sent events)",
          description:
            "At least once and in no strict order: of two rows of an item, there or gone, the one with the later " +
            "`updatedAt` counts, of two summaries of a store the one with the higher `revision`, of two receipts the one " +
            "that is further on. After `reset`, and where an event says `more`, ask the API again.",
          querystring: Type.Object(
            { store: Type.Optional(storeParameter("only what is about this store")) },
            { additionalProperties: false },
          ),
          headers: Type.Object({
            "last-event-id": Type.Optional(
              Type.String({ description: "the last id of an earlier stream: what came since is told first" }),
            ),
          }),
          response: { 200: STREAM, ...problemResponses("invalid_request", "invalid_store") },
        },
      },
      async (request, reply) => {
        const store = request.query.store === undefined ? undefined : parseStore(request.query.store);
        reply.headers({
          "content-type": "text/event-stream; charset=utf-8",
          "cache-control": "no-store, no-transform",
          // nginx would gather some kilobytes first.
          "x-accel-buffering": "no",
        });
        return streams.open({
          principal: request.principal,
          checkAgain: request.checkAgain,
          store,
          lastEventId: request.headers["last-event-id"],
          log: request.log as Logger,
        });
      },
    );
  };
