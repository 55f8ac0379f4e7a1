import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { UploadKind } from "@stockwire/contracts/receipt";
import { Type } from "typebox";
import { restrictUpload } from "../access/stores.ts";
import { cleanFilename } from "../clean-filename.ts";
import type { ApiContext } from "../context.ts";
import { invalidRequest, modeNotSupported, presignedTooLarge } from "../errors/api-error.ts";
import { problemResponses } from "../errors/problem-responses.ts";
import { acceptJson } from "../json-bodies.ts";
import { openUpload } from "../presigned/open-upload.ts";
import { planParts } from "../presigned/part-plan.ts";
import { signParts } from "../presigned/sign-parts.ts";
import { isRequestedMode, MODE_DESCRIPTION } from "../requested-mode.ts";
import { parseStore } from "../store-name.ts";
import { PresignedUpload, toPresignedUpload } from "./presigned-schemas.ts";

const Body = Type.Object(
  {
    filename: Type.String({ description: "what the file is called in receipts" }),
    bytes: Type.Integer({ minimum: 1, description: "the file's size" }),
    sha256: Type.String({
      pattern: "^[0-9a-fA-F]{64}$",
      description:
        "of the whole file, hexadecimal; a file with another one ends as `rejected` and changes nothing",
    }),
    kind: Type.Optional(UploadKind),
    store: Type.Optional(
      Type.String({
        description: "only rows of this store may load; it stands in where the file has no store column",
      }),
    ),
    mode: Type.Optional(Type.String({ description: MODE_DESCRIPTION })),
  },
  { additionalProperties: false },
);

/** Begins an upload straight to S3, part by part, for files that are too large for one request. */
export const postUploads =
  (context: ApiContext): FastifyPluginAsyncTypebox =>
  async (app) => {
    acceptJson(app);
    app.post(
      "/v1/uploads",
      {
        config: { access: "upload" },
        schema: {
          operationId: "postUploads",
          tags: ["uploads"],
          summary: "Begin sending a big file",
          description:
            "Answers with one address a part, to which its bytes are PUT. When every part is there, complete the upload.",
          body: Body,
          response: {
            201: PresignedUpload,
            ...problemResponses(
              "invalid_request",
              "invalid_store",
              "mode_not_supported",
              "cross_site_request",
              "store_forbidden",
              "presigned_too_large",
              "unsupported_media_type",
            ),
          },
        },
      },
      async (request, reply) => {
        const { kind = "inventory", mode = "load", bytes, store } = request.body;
        if (kind !== "inventory") {
          throw invalidRequest("Invoices are small: send them with POST /v1/invoices.");
        }
        if (!isRequestedMode(mode)) throw modeNotSupported(mode);
        const filename = cleanFilename(request.body.filename, kind);
        const { maxBytes } = context.presigned;
        if (bytes > maxBytes) throw presignedTooLarge(filename, maxBytes);
        const asked = store === undefined ? undefined : parseStore(store);
        const item = await openUpload(
          {
            kind,
            mode,
            filename,
            bytes,
            sha256: request.body.sha256.toLowerCase(),
            storeRestriction: restrictUpload(request.principal, asked),
            owner: request.principal.id,
          },
          context,
        );
        const signed = await signParts(item, planParts(bytes, item.PartBytes), context);
        request.log.info({ uploadId: item.UploadId, bytes, parts: signed.parts.length }, "upload begun");
        const answer = toPresignedUpload(item, signed);
        reply.code(201).headers({ location: answer.links.parts, "cache-control": "no-store" });
        return answer;
      },
    );
  };
