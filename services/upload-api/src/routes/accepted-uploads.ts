import { UploadStatus } from "@stockwire/contracts/receipt";
import type { FastifyReply, FastifyRequest } from "fastify";
import { type Static, Type } from "typebox";
import type { TakenIn } from "../intake/make-receipts.ts";

/** What the routes that take files have in common. */

export const AcceptedUploads = Type.Object(
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
  { description: "Every file is kept and will be worked on; the receipts say what becomes of them." },
);

const file = { schema: { type: "string", format: "binary" } };

/** The bodies that a route takes, as OpenAPI shows them. */
export const uploadBodies = (...rawTypes: readonly string[]) => ({
  content: {
    "multipart/form-data": {
      schema: Type.Object({
        file: Type.Array(Type.Unsafe<string>({ type: "string", format: "binary" }), { minItems: 1 }),
      }),
    },
    ...Object.fromEntries(rawTypes.map((type) => [type, file])),
  },
});

/** Failures that any upload can end with. */
export const uploadProblems = [
  "invalid_request",
  "no_file",
  "unexpected_field",
  "malformed_multipart",
  "invalid_digest",
  "digest_mismatch",
  "cross_site_request",
  "body_stalled",
  "file_too_large",
  "too_many_files",
  "unsupported_media_type",
] as const;

/** `202` with where each receipt is, and `Location` where there is one file. */
export const answerAccepted = (
  taken: readonly TakenIn[],
  request: FastifyRequest,
  reply: FastifyReply,
): Static<typeof AcceptedUploads> => {
  const uploads = taken.map((upload) => ({ ...upload, links: { self: `/v1/uploads/${upload.uploadId}` } }));
  for (const { uploadId, bytes } of taken) request.log.info({ uploadId, bytes }, "file taken in");
  const [first] = uploads;
  if (uploads.length === 1 && first) reply.header("location", first.links.self);
  reply.code(202);
  return { uploads };
};
