import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { faultOfName, MAX_STORE_CHARACTERS, normalizeName } from "@stockwire/contracts/names";
import { Type } from "typebox";
import { requireStore } from "../access/stores.ts";
import type { ApiContext } from "../context.ts";
import { storeNotFound } from "../errors/api-error.ts";
import { problemResponses } from "../errors/problem-responses.ts";
import { storeExists } from "../queries/find-inventory.ts";
import { etagOf, Thresholds, toThresholds } from "../thresholds/read-thresholds.ts";
import { storeParameter } from "./schemas.ts";

/** What counts as low in a store. */
export const getThresholds =
  (context: ApiContext): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      "/v1/stores/:store/thresholds",
      {
        config: { access: "read" },
        schema: {
          operationId: "getThresholds",
          tags: ["stock"],
          summary: "At which counts a store's items are low",
          params: Type.Object({ store: storeParameter("percent-encoded, a slash as %2F") }),
          response: { 200: Thresholds, ...problemResponses("invalid_request", "store_not_found") },
        },
      },
      async (request, reply) => {
        const store = normalizeName(request.params.store);
        if (faultOfName(store, MAX_STORE_CHARACTERS) !== undefined) throw storeNotFound(store);
        requireStore(request.principal, store);
        const item = await context.thresholds.get(store);
        if (item === undefined && !(await storeExists(context, store))) throw storeNotFound(store);
        reply.headers({ etag: etagOf(item), "cache-control": "no-store" });
        return toThresholds(store, item);
      },
    );
  };
