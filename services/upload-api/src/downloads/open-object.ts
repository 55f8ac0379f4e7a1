import type { Readable } from "node:stream";
import { GetObjectCommand, type GetObjectCommandOutput, type S3Client } from "@aws-sdk/client-s3";
import type { FastifyReply } from "fastify";

export interface ObjectPlace {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string | undefined;
  /** Without quotes; an object that has another one is not the one meant. */
  readonly etag?: string | undefined;
}

export type OpenedObject = Pick<GetObjectCommandOutput, "ContentLength" | "ContentRange"> & {
  readonly body: Readable;
};

const httpStatusOf = (error: unknown): number | undefined =>
  (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode;

/** S3 answers 405 for a version that is a delete marker. */
const GONE: ReadonlySet<number | undefined> = new Set([404, 405, 412]);

/** True when S3 said that the object is not there, or not the one meant. */
export const isGone = (error: unknown): boolean => GONE.has(httpStatusOf(error));

/** True when S3 said that the object has no such range. */
export const isOutOfRange = (error: unknown): boolean => httpStatusOf(error) === 416;

/**
 * Opens an object for reading; what S3 answers otherwise is thrown as it is.
 * @param range one byte range as in HTTP
 * @param reply once its client is gone, reading ends
 */
export const openObject = async (
  s3: S3Client,
  place: ObjectPlace,
  reply: FastifyReply,
  range?: string,
): Promise<OpenedObject> => {
  const clientGone = new AbortController();
  reply.raw.once("close", () => clientGone.abort());
  const { Body, ContentLength, ContentRange } = await s3.send(
    new GetObjectCommand({
      Bucket: place.bucket,
      Key: place.key,
      VersionId: place.versionId,
      IfMatch: place.etag === undefined ? undefined : `"${place.etag}"`,
      Range: range,
    }),
    { abortSignal: clientGone.signal },
  );
  // In Node the SDK's body is always a stream of this kind; its type also covers browsers.
  return { body: Body as unknown as Readable, ContentLength, ContentRange };
};
