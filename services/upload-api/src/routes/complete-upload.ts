import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import type { ApiContext } from "../context.ts";
import { problemResponses } from "../errors/problem-responses.ts";
import { acceptJson } from "../json-bodies.ts";
import { completeUpload as complete } from "../presigned/complete-upload.ts";
import { findPending } from "../presigned/find-pending.ts";
import { planParts } from "../presigned/part-plan.ts";
import { AcceptedUploads, answerAccepted } from "./accepted-uploads.ts";
import { ReportedParts } from "./presigned-schemas.ts";
import { UploadParameters } from "./schemas.ts";
import { checkNumbers } from "./upload-parts.ts";

const Body = Type.Union([
  Type.Object(
    { parts: Type.Optional(ReportedParts) },
    { additionalProperties: false, description: "the parts that were not reported before" },
  ),
  Type.Null(),
]);

/** Makes the file of its parts; the receipt then says what becomes of it. */
export const completeUpload =
  (context: ApiContext): FastifyPluginAsyncTypebox =>
  async (app) => {
    acceptJson(app);
    app.post(
      "/v1/uploads/:uploadId/complete",
      {
        config: { access: "upload" },
        schema: {
          operationId: "completeUpload",
          tags: ["uploads"],
          summary: "Complete a big file",
          description: "May be repeated: the answer is the same, with the status of the moment.",
          params: UploadParameters,
          body: Body,
          response: {
            202: AcceptedUploads,
            ...problemResponses(
              "invalid_request",
              "cross_site_request",
              "upload_not_found",
              "parts_missing",
              "size_mismatch",
              "upload_expired",
              "unsupported_media_type",
            ),
          },
        },
      },
      async (request, reply) => {
        const found = await findPending(context, request.params.uploadId, request.principal);
        const { parts = [] } = request.body ?? {};
        checkNumbers(
          parts.map(({ partNumber }) => partNumber),
          planParts(found.Bytes, found.PartBytes).length,
        );
        const item = found.State === "completed" ? found : await context.pendingUploads.report(found, parts);
        return answerAccepted([await complete(item, context)], reply);
      },
    );
  };
