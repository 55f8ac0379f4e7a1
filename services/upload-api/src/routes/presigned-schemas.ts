import type { PendingUploadItem } from "@stockwire/contracts/items";
import { type Static, Type } from "typebox";
import type { PlannedPart } from "../presigned/part-plan.ts";
import type { SignedParts } from "../presigned/sign-parts.ts";

/** What the routes of presigned uploads have in common. */

const PartNumber = Type.Integer({ minimum: 1, maximum: 10_000 });

export const ReportedParts = Type.Array(
  Type.Object(
    {
      partNumber: PartNumber,
      etag: Type.String({
        pattern: '^"?[\\x21\\x23-\\x7e]{1,128}"?$',
        description: "header etag of S3's answer to the part",
      }),
    },
    { additionalProperties: false },
  ),
  { maxItems: 1_000 },
);

export const PartNumbers = Type.Array(PartNumber, { maxItems: 1_000 });

const described = {
  uploadId: Type.String(),
  filename: Type.String(),
  bytes: Type.Integer(),
  sha256: Type.String({ description: "as announced, lower-case hexadecimal" }),
  expiresAt: Type.String({
    format: "date-time",
    description: "when the upload is given up if not completed",
  }),
  partBytes: Type.Integer({ description: "bytes of every part but the last" }),
  links: Type.Object({
    self: Type.String({ description: "the receipt, once the upload is complete; DELETE aborts it before" }),
    parts: Type.String({
      description: "GET: which parts are there; POST: fresh addresses for those that are not",
    }),
    complete: Type.String({ description: "POST when every part is there" }),
  }),
};

export const PresignedUpload = Type.Object(
  {
    ...described,
    urlsExpireAt: Type.String({ format: "date-time", description: "when the addresses stop working" }),
    parts: Type.Array(
      Type.Object({
        partNumber: Type.Integer(),
        bytes: Type.Integer({ description: "the part must have exactly these: its length is signed" }),
        url: Type.String({ description: "PUT the part's bytes there" }),
      }),
      { description: "in the file's order; a part begins at (partNumber - 1) * partBytes" },
    ),
  },
  { description: "Where to PUT what is missing" },
);

export const PresignedState = Type.Object(
  {
    ...described,
    state: Type.Union([
      Type.Literal("open"),
      Type.Literal("completing"),
      Type.Literal("completed"),
      Type.Literal("aborted"),
    ]),
    missing: Type.Array(Type.Integer(), { description: "numbers of the parts that are not there" }),
  },
  { description: "How far the upload is" },
);

const describe = (item: PendingUploadItem) => {
  const self = `/v1/uploads/${item.UploadId}`;
  return {
    uploadId: item.UploadId,
    filename: item.Filename,
    bytes: item.Bytes,
    sha256: item.Sha256,
    expiresAt: new Date(item.OpenUntil * 1000).toISOString(),
    partBytes: item.PartBytes,
    links: { self, parts: `${self}/parts`, complete: `${self}/complete` },
  };
};

export const toPresignedUpload = (
  item: PendingUploadItem,
  { urlsExpireAt, parts }: SignedParts,
): Static<typeof PresignedUpload> => ({ ...describe(item), urlsExpireAt, parts: [...parts] });

export const toPresignedState = (
  item: PendingUploadItem,
  missing: readonly PlannedPart[],
): Static<typeof PresignedState> => ({
  ...describe(item),
  state: item.State,
  missing: missing.map(({ partNumber }) => partNumber),
});
