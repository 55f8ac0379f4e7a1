import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import type { ApiContext } from "../context.ts";
import { uploadCompleted } from "../errors/api-error.ts";
import { problemResponses } from "../errors/problem-responses.ts";
import { endUpload } from "../presigned/end-upload.ts";
import { findPending } from "../presigned/find-pending.ts";
import { UploadParameters } from "./schemas.ts";

/** Gives a presigned upload up; what is complete cannot be taken back. */
export const deleteUpload =
  (context: ApiContext): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.delete(
      "/v1/uploads/:uploadId",
      {
        config: { access: "upload" },
        schema: {
          operationId: "deleteUpload",
          tags: ["uploads"],
          summary: "Abort a big file that is not complete",
          params: UploadParameters,
          response: {
            204: Type.Null({ description: "Nothing of it is kept" }),
            ...problemResponses("cross_site_request", "upload_not_found", "upload_completed"),
          },
        },
      },
      async (request, reply) => {
        const item = await findPending(context, request.params.uploadId, request.principal);
        if ((await endUpload(item, context)) === "completed") throw uploadCompleted(item.UploadId);
        reply.code(204);
        return null;
      },
    );
  };
