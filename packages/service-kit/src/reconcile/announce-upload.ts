import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { type DynamoDBDocumentClient, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { UploadStatus } from "@stockwire/contracts/receipt";
import { encodeEventKey, type S3Event } from "@stockwire/contracts/s3-event";
import type { KnownUpload } from "./read-receipts.ts";

export interface Announcing {
  readonly dynamo: DynamoDBDocumentClient;
  readonly sqs: SQSClient;
  readonly uploadsTable: string;
  /** The queue that the bucket's announcements end in: nobody else listens, so the topic is spared. */
  readonly queueUrl: string;
}

/**
 * Sends the event of an upload's object once more, as S3 would, and notes when. The note is a claim on it: of several
 * that want to announce an upload at once, one does.
 * @param statuses in which it is announced: a file that was given up only where somebody asks for it
 * @returns false where another one was quicker, or the upload has ended meanwhile
 */
export const announceUpload = async (
  { dynamo, sqs, uploadsTable, queueUrl }: Announcing,
  upload: KnownUpload,
  statuses: readonly UploadStatus[] = ["received", "loading"],
): Promise<boolean> => {
  try {
    await dynamo.send(
      new UpdateCommand({
        TableName: uploadsTable,
        Key: { UploadId: upload.UploadId },
        UpdateExpression: "SET AnnouncedAt = :now",
        ConditionExpression: `#Status IN (${statuses.map((status) => `:${status}`).join(", ")}) AND ${
          upload.AnnouncedAt === undefined ? "attribute_not_exists(AnnouncedAt)" : "AnnouncedAt = :seen"
        }`,
        ExpressionAttributeNames: { "#Status": "Status" },
        ExpressionAttributeValues: {
          ":now": new Date().toISOString(),
          ...Object.fromEntries(statuses.map((status) => [`:${status}`, status])),
          ...(upload.AnnouncedAt !== undefined && { ":seen": upload.AnnouncedAt }),
        },
      }),
    );
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
  await sqs.send(
    new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(eventOf(upload)) }),
  );
  return true;
};

/** With the very time, ETag and version that the first event had: a drop's upload id follows from them. */
const eventOf = ({ Bucket, Key, ETag, VersionId, ReceivedAt }: KnownUpload): S3Event => ({
  Records: [
    {
      eventSource: "aws:s3",
      eventName: "ObjectCreated:Put",
      eventTime: ReceivedAt,
      s3: {
        bucket: { name: Bucket },
        object: {
          key: encodeEventKey(Key),
          ...(ETag !== undefined && { eTag: ETag }),
          ...(VersionId !== undefined && { versionId: VersionId }),
        },
      },
    },
  ],
});
