import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { toReceipt } from "@stockwire/contracts/items";
import { Receipt } from "@stockwire/contracts/receipt";
import type { ApiContext } from "../context.ts";
import { problemResponses } from "../errors/problem-responses.ts";
import { findReceipt } from "./find-receipt.ts";
import { UploadParameters } from "./schemas.ts";

/** The receipt, as it stands this moment. */
export const getUpload =
  (context: ApiContext): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      "/v1/uploads/:uploadId",
      {
        config: { access: ["read", "upload"] },
        schema: {
          operationId: "getUpload",
          tags: ["uploads"],
          summary: "The receipt of an upload",
          params: UploadParameters,
          response: { 200: Receipt, ...problemResponses("upload_not_found") },
        },
      },
      async (request, reply) => {
        const item = await findReceipt(context, request);
        reply.header("cache-control", "no-store");
        return toReceipt(item);
      },
    );
  };
