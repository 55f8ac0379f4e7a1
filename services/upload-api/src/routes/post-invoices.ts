import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import type { ApiContext } from "../context.ts";
import { problemResponses } from "../errors/problem-responses.ts";
import { takeInOnce } from "../idempotency/take-in-once.ts";
import {
  AcceptedUploads,
  answerAccepted,
  UploadHeaders,
  uploadBodies,
  uploadProblems,
} from "./accepted-uploads.ts";

const Query = Type.Object(
  { filename: Type.Optional(Type.String({ description: "what a raw body is called in receipts" })) },
  { additionalProperties: false },
);

/** Takes text invoices in, one a file, all of a request or none. */
export const postInvoices =
  (context: ApiContext): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post(
      "/v1/invoices",
      {
        config: {
          access: "upload",
          allStores: true,
          takesFiles: true,
          documentedBody: uploadBodies("text/plain"),
        },
        schema: {
          operationId: "postInvoices",
          tags: ["uploads"],
          summary: "Send text invoices",
          description:
            "One invoice a file. The receipt says what was read in each field, on which line, and whether a check " +
            "confirms it. What disagrees is quarantined: kept, listed, not exported, until a corrected file comes.",
          querystring: Query,
          headers: UploadHeaders,
          response: { 202: AcceptedUploads, ...problemResponses(...uploadProblems) },
        },
      },
      async (request, reply) => {
        const { filename } = request.query;
        const intake = { kind: "invoice", mode: "load", storeRestriction: undefined, filename } as const;
        return answerAccepted(await takeInOnce(request, reply, intake, context), reply);
      },
    );
  };
