import { encodeEventKey } from "@stockwire/contracts/s3-event";

export interface CreatedObject {
  readonly bucket: string;
  /** As sent, not encoded. */
  readonly key: string;
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  /** ISO 8601, milliseconds; becomes the event's time. */
  readonly lastModified: string;
}

export type ObjectCreated = "Put" | "Post" | "Copy" | "CompleteMultipartUpload";

/**
 * S3's notification of one object. Source: S3 user guide, "Event message structure", version 2.1.
 * @param sequencer hexadecimal; compares as a string among the events of one key
 */
export const objectCreatedEvent = (
  object: CreatedObject,
  how: ObjectCreated,
  { region, requestId, sequencer }: { region: string; requestId: string; sequencer: string },
) => ({
  Records: [
    {
      eventVersion: "2.1",
      eventSource: "aws:s3",
      awsRegion: region,
      eventTime: object.lastModified,
      eventName: `ObjectCreated:${how}`,
      userIdentity: { principalId: "AWS:LOCAL" },
      requestParameters: { sourceIPAddress: "127.0.0.1" },
      responseElements: { "x-amz-request-id": requestId, "x-amz-id-2": "local" },
      s3: {
        s3SchemaVersion: "1.0",
        configurationId: "object-created",
        bucket: {
          name: object.bucket,
          ownerIdentity: { principalId: "LOCAL" },
          arn: `arn:aws:s3:::${object.bucket}`,
        },
        object: { key: encodeEventKey(object.key), size: object.size, eTag: object.etag, sequencer },
      },
    },
  ],
});

let last = 0n;

/** Increases with every call, also across restarts (unless the clock is set back). */
export const nextSequencer = (): string => {
  const now = BigInt(Date.now()) << 16n;
  last = now > last ? now : last + 1n;
  return last.toString(16).toUpperCase().padStart(18, "0");
};
