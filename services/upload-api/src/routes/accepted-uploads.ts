import { UploadStatus } from "@stockwire/contracts/receipt";
import type { FastifyReply } from "fastify";
import { type Static, Type } from "typebox";
import type { TakenIn } from "../intake/intake.ts";

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
  {
    description: "Every file is kept and will be worked on; the receipts say what becomes of them.",
    headers: {
      location: { type: "string", description: "the receipt, where there is one file" },
      "idempotent-replayed": {
        type: "string",
        enum: ["true"],
        description: "present where this is the answer to an earlier request with the same Idempotency-Key",
      },
    },
  },
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

/** The headers of a route that takes files, besides those of its body. */
export const UploadHeaders = Type.Object({
  "idempotency-key": Type.Optional(
    Type.String({
      description:
        "makes the request safe to send again: a string of your own that no other request of yours has, such as a " +
        "UUID, in double quotes or bare; kept for 24 hours (draft-ietf-httpapi-idempotency-key-header)",
      examples: ['"8e03978e-40d5-43e8-bc93-6894a57f9324"'],
    }),
  ),
});

/** Failures that any upload can end with. */
export const uploadProblems = [
  "invalid_request",
  "no_file",
  "unexpected_field",
  "malformed_multipart",
  "invalid_digest",
  "digest_mismatch",
  "invalid_idempotency_key",
  "idempotency_in_progress",
  "idempotency_key_reused",
  "cross_site_request",
  "body_stalled",
  "body_too_slow",
  "filename_too_long",
  "file_too_large",
  "too_many_files",
  "unsupported_media_type",
  "compressed_file",
] as const;

/** `202` with where each receipt is, and `Location` where there is one file. */
export const answerAccepted = (
  taken: readonly TakenIn[],
  reply: FastifyReply,
): Static<typeof AcceptedUploads> => {
  const uploads = taken.map((upload) => ({ ...upload, links: { self: `/v1/uploads/${upload.uploadId}` } }));
  const [first] = uploads;
  if (uploads.length === 1 && first) reply.header("location", first.links.self);
  reply.code(202);
  return { uploads };
};
