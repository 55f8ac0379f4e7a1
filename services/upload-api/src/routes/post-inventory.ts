import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { restrictUpload } from "../access/stores.ts";
import type { ApiContext } from "../context.ts";
import { modeNotSupported } from "../errors/api-error.ts";
import { problemResponses } from "../errors/problem-responses.ts";
import { takeInOnce } from "../idempotency/take-in-once.ts";
import { isRequestedMode, MODE_DESCRIPTION } from "../requested-mode.ts";
import { parseStore } from "../store-name.ts";
import {
  AcceptedUploads,
  answerAccepted,
  UploadHeaders,
  uploadBodies,
  uploadProblems,
} from "./accepted-uploads.ts";

const Query = Type.Object(
  {
    store: Type.Optional(
      Type.String({
        description:
          "only rows of this store may load; it stands in where the file has no store column. A caller bound to one " +
          "store need not name it",
      }),
    ),
    mode: Type.Optional(Type.String({ description: MODE_DESCRIPTION })),
    filename: Type.Optional(Type.String({ description: "what a raw body is called in receipts" })),
  },
  { additionalProperties: false },
);

/** Takes inventory files in, all of a request or none. */
export const postInventory =
  (context: ApiContext): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post(
      "/v1/inventory",
      {
        config: {
          takesFiles: true,
          access: "upload",
          documentedBody: uploadBodies("text/csv", "application/csv", "text/plain"),
        },
        schema: {
          operationId: "postInventory",
          tags: ["uploads"],
          summary: "Send inventory files",
          description:
            "All files of a request are taken in, or none. One gap: where the storage fails between two files of a " +
            "request, the answer is a 5xx although the first of them may already be loading; send the request again.",
          querystring: Query,
          headers: UploadHeaders,
          response: {
            202: AcceptedUploads,
            ...problemResponses(...uploadProblems, "invalid_store", "mode_not_supported", "store_forbidden"),
          },
        },
      },
      async (request, reply) => {
        const { store, mode = "load", filename } = request.query;
        if (!isRequestedMode(mode)) throw modeNotSupported(mode);
        const storeRestriction = restrictUpload(
          request.principal,
          store === undefined ? undefined : parseStore(store),
        );
        const intake = { kind: "inventory", mode, storeRestriction, filename } as const;
        return answerAccepted(await takeInOnce(request, reply, intake, context), reply);
      },
    );
  };
