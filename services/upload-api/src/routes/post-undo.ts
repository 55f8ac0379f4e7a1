import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { ApiContext } from "../context.ts";
import { problemResponses } from "../errors/problem-responses.ts";
import { undoUpload } from "../intake/undo-upload.ts";
import { AcceptedUploads, answerAccepted } from "./accepted-uploads.ts";
import { findReceipt } from "./find-receipt.ts";
import { UploadParameters } from "./schemas.ts";

/** Puts back what an upload has changed. */
export const postUndo =
  (context: ApiContext): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post(
      "/v1/uploads/:uploadId/undo",
      {
        config: { access: "upload" },
        schema: {
          operationId: "undoUpload",
          tags: ["uploads"],
          summary: "Undo what an upload has changed",
          description:
            "Puts back the former count of each item that no later upload has touched, and removes what the upload had " +
            "added. It is an upload of its own: its receipt counts what was put back (written) and what a later upload has " +
            "touched (stale), and links to the list. Asking again answers the same upload.",
          params: UploadParameters,
          response: {
            202: AcceptedUploads,
            ...problemResponses("upload_not_found", "not_undoable", "undo_too_late", "cross_site_request"),
          },
        },
      },
      async (request, reply) => {
        const target = await findReceipt(context, request);
        return answerAccepted([await undoUpload(target, context)], reply);
      },
    );
  };
