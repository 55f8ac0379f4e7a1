import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { toStoreSummary } from "@stockwire/contracts/to-views";
import { settleLevels } from "@stockwire/service-kit/stock/settle-levels";
import { summariseStore } from "@stockwire/service-kit/stock/summarise-store";
import { Type } from "typebox";
import { requireStore } from "../access/stores.ts";
import type { ApiContext } from "../context.ts";
import { thresholdsChanged } from "../errors/api-error.ts";
import { problemResponses } from "../errors/problem-responses.ts";
import { acceptJson, readJson } from "../json-bodies.ts";
import { parseStore } from "../store-name.ts";
import {
  etagOf,
  expectedRevision,
  readThresholds,
  Thresholds,
  ThresholdsBody,
  toThresholds,
} from "../thresholds/read-thresholds.ts";
import { storeParameter } from "./schemas.ts";

const BODY_LIMIT = 1024 * 1024;

const Changed = Type.Object({
  ...Thresholds.properties,
  changedLevels: Type.Integer({ description: "items that are low now and were not, or the reverse" }),
});

/** Sets what counts as low in a store, and the levels of what stands there. */
export const putThresholds =
  (context: ApiContext): FastifyPluginAsyncTypebox =>
  async (app) => {
    acceptJson(app, { bodyLimit: BODY_LIMIT });
    app.put(
      "/v1/stores/:store/thresholds",
      {
        config: {
          access: "upload",
          documentedBody: { content: { "application/json": { schema: ThresholdsBody } } },
        },
        schema: {
          operationId: "putThresholds",
          tags: ["stock"],
          summary: "Set at which counts a store's items are low",
          description:
            "Replaces all thresholds of the store, which need not have had a load yet. The levels of its items are " +
            "set anew without alerts before the answer comes. Where no answer comes, send the same request again.",
          params: Type.Object({ store: storeParameter("percent-encoded, a slash as %2F") }),
          headers: Type.Object({
            "if-match": Type.Optional(
              Type.String({ description: "the ETag of what you read; refused if it has changed since" }),
            ),
          }),
          response: {
            200: Changed,
            ...problemResponses(
              "invalid_request",
              "invalid_store",
              "cross_site_request",
              "store_not_found",
              "thresholds_changed",
              "body_too_large",
              "unsupported_media_type",
            ),
          },
        },
      },
      async (request, reply) => {
        const { dynamo, resources, thresholds } = context;
        const store = parseStore(request.params.store);
        requireStore(request.principal, store);
        const wanted = readThresholds(readJson(ThresholdsBody, request.body));
        const revision = expectedRevision(request.headers["if-match"]);
        const item = await thresholds.replace(store, wanted, revision);
        if (item === undefined) throw thresholdsChanged(store);
        // Also where nothing differs: an earlier request may have died in the middle of this.
        const { changed } = await settleLevels(dynamo, resources.tables.Inventory, thresholds, item);
        const summary = await summariseStore(dynamo, resources.tables, store, undefined);
        if (changed > 0) {
          context.live.stock(store, { more: true, ...(summary && { summary: toStoreSummary(summary) }) });
        }
        request.log.info({ revision: item.Revision, changedLevels: changed }, "thresholds changed");
        reply.headers({ etag: etagOf(item), "cache-control": "no-store" });
        return { ...toThresholds(store, item), changedLevels: changed };
      },
    );
  };
