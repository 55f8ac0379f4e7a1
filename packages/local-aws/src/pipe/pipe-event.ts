import type { _Record } from "@aws-sdk/client-dynamodb-streams";

/**
 * A stream record as an EventBridge Pipe hands it to its target: the record itself with the stream's ARN, time in
 * epoch seconds, attribute values in DynamoDB's own JSON.
 */
export const toPipeEvent = (record: _Record, streamArn: string) => ({
  eventID: record.eventID,
  eventName: record.eventName,
  eventVersion: record.eventVersion,
  eventSource: "aws:dynamodb",
  awsRegion: record.awsRegion,
  dynamodb: {
    ...record.dynamodb,
    ApproximateCreationDateTime: (record.dynamodb?.ApproximateCreationDateTime?.getTime() ?? 0) / 1000,
  },
  eventSourceARN: streamArn,
});

/**
 * The event as text. SQS takes every character that XML 1.0 knows, some emulators not even those beyond the basic
 * plane; escaped they are the same JSON and pass everywhere.
 */
export const toMessageBody = (event: unknown): string =>
  JSON.stringify(event, (_field, value) =>
    value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value,
  ).replace(
    /[\ud800-\udfff\ufffe\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
