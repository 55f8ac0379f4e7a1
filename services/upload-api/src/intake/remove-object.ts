import { DeleteObjectCommand, HeadObjectCommand, NotFound, type S3Client } from "@aws-sdk/client-s3";

/**
 * Removes an object for good, if it is there. Its version is looked up because a delete without one only puts a
 * marker on top, under which the file would stay readable for workers.
 */
export const removeObject = async (s3: S3Client, bucket: string, key: string): Promise<void> => {
  try {
    const { VersionId } = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key, VersionId }));
  } catch (error) {
    if (!(error instanceof NotFound)) throw error;
  }
};
