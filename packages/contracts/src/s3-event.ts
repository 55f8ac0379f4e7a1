import { type Static, Type } from "typebox";

/** S3's own notification, as far as we read it. Source: S3 user guide, "Event message structure". */
export const S3EventRecord = Type.Object({
  eventSource: Type.Literal("aws:s3"),
  eventName: Type.String(),
  /** ISO 8601, milliseconds. */
  eventTime: Type.String(),
  s3: Type.Object({
    bucket: Type.Object({ name: Type.String() }),
    object: Type.Object({
      /** URL-encoded, a space as `+`. */
      key: Type.String(),
      size: Type.Optional(Type.Number()),
      /** Without the quotes that HTTP puts around it. */
      eTag: Type.Optional(Type.String()),
      versionId: Type.Optional(Type.String()),
      sequencer: Type.Optional(Type.String()),
    }),
  }),
});
export type S3EventRecord = Static<typeof S3EventRecord>;

export const S3Event = Type.Object({ Records: Type.Array(S3EventRecord) });
export type S3Event = Static<typeof S3Event>;

/** Sent once when a notification is configured; carries no object. */
export const S3TestEvent = Type.Object({ Event: Type.Literal("s3:TestEvent") });

/** The object key as S3 encodes it in events: each path segment URL-encoded, spaces as `+`. */
export const encodeEventKey = (key: string): string =>
  key
    .split("/")
    .map((segment) => encodeURIComponent(segment).replaceAll("%20", "+"))
    .join("/");

/** The inverse of `encodeEventKey`. Throws URIError on a malformed escape. */
export const decodeEventKey = (key: string): string => decodeURIComponent(key.replaceAll("+", " "));
