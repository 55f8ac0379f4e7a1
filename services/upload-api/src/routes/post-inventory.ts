import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { UploadStatus } from "@stockwire/contracts/receipt";
import { Type } from "typebox";
import type { ApiContext } from "../context.ts";
import { modeNotSupported } from "../errors/api-error.ts";
import { problemResponses } from "../errors/problem-responses.ts";
import { takeIn } from "../intake/take-in.ts";
import { parseStore } from "../store-name.ts";

const Query = Type.Object(
  {
    store: Type.Optional(
      Type.String({
        description: "only rows of this store may load; it stands in where the file has no store column",
      }),
    ),
    mode: Type.Optional(Type.String({ description: "`load`, the default; other modes come later" })),
    filename: Type.Optional(Type.String({ description: "what a raw body is called in receipts" })),
  },
  { additionalProperties: false },
);

const Accepted = Type.Object(
  {
    uploads: Type.Array(
      Type.Object({
        uploadId: Type.String(),
        filename: Type.String(),
        bytes: Type.Integer(),
        sha256: Type.String({ description: "lower-case hexadecimal" }),
        status: UploadStatus,
        links: Type.Object({ self: Type.String({ description: "the receipt" }) }),
      }),
    ),
  },
  { description: "Every file is kept and will be loaded; the receipts say what becomes of them." },
);

const csv = { schema: { type: "string", format: "binary" } };
const documentedBody = {
  content: {
    "multipart/form-data": {
      schema: Type.Object({
        file: Type.Array(Type.Unsafe<string>({ type: "string", format: "binary" }), { minItems: 1 }),
      }),
    },
    "text/csv": csv,
    "application/csv": csv,
    "text/plain": csv,
  },
};

/** Takes inventory files in, all of a request or none. */
export const postInventory =
  (context: ApiContext): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post(
      "/v1/inventory",
      {
        config: { documentedBody },
        schema: {
          operationId: "postInventory",
          tags: ["uploads"],
          summary: "Send inventory files",
          description:
            "All files of a request are taken in, or none. One gap: where the storage fails between two files of a " +
            "request, the answer is a 5xx although the first of them may already be loading; send the request again.",
          querystring: Query,
          response: {
            202: Accepted,
            ...problemResponses(
              "invalid_request",
              "invalid_store",
              "mode_not_supported",
              "no_file",
              "unexpected_field",
              "malformed_multipart",
              "cross_site_request",
              "body_stalled",
              "file_too_large",
              "too_many_files",
              "unsupported_media_type",
            ),
          },
        },
      },
      async (request, reply) => {
        const { store, mode = "load", filename } = request.query;
        if (mode !== "load") throw modeNotSupported(mode);
        const storeRestriction = store === undefined ? undefined : parseStore(store);
        const taken = await takeIn(request, { mode, storeRestriction, filename }, context);
        const uploads = taken.map((upload) => ({
          ...upload,
          links: { self: `/v1/uploads/${upload.uploadId}` },
        }));
        for (const { uploadId, bytes } of taken) request.log.info({ uploadId, bytes }, "file taken in");
        const [first] = uploads;
        if (uploads.length === 1 && first) reply.header("location", first.links.self);
        return reply.code(202).send({ uploads });
      },
    );
  };
