import { decodeEventKey, S3Event, S3TestEvent } from "@stockwire/contracts/s3-event";
import { Compile } from "typebox/compile";
import { permanent } from "../errors.ts";
import { parseBody } from "../queue-message.ts";

/** One object that came into being. */
export interface ObjectCreated {
  readonly bucket: string;
  readonly key: string;
  /** ISO 8601, milliseconds. */
  readonly eventTime: string;
  readonly etag?: string;
  readonly versionId?: string;
}

const s3Event = Compile(S3Event);
const s3TestEvent = Compile(S3TestEvent);

/**
 * The objects that a message announces; none for S3's test event and for events other than creations.
 * Throws a permanent WorkError `undecodable` on anything that is not an S3 event.
 */
export const decodeEvent = (body: string): ObjectCreated[] => {
  const value = parseBody(body);
  if (s3TestEvent.Check(value)) return [];
  if (!s3Event.Check(value)) throw permanent("undecodable", "the message is not an S3 event notification");
  return value.Records.filter(({ eventName }) => /^(s3:)?ObjectCreated:/.test(eventName)).map((record) => {
    const { bucket, object } = record.s3;
    const time = new Date(record.eventTime);
    if (Number.isNaN(time.getTime()))
      throw permanent("undecodable", `eventTime ${record.eventTime} is not a time`);
    return {
      bucket: bucket.name,
      key: decodeKey(object.key),
      eventTime: time.toISOString(),
      ...(object.eTag !== undefined && { etag: object.eTag.replaceAll('"', "") }),
      ...(object.versionId !== undefined && { versionId: object.versionId }),
    };
  });
};

const decodeKey = (key: string): string => {
  try {
    return decodeEventKey(key);
  } catch (error) {
    throw permanent("undecodable", `the object key ${key} is not URL-encoded`, error);
  }
};
