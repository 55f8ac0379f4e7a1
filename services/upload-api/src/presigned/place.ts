import { HeadObjectCommand, NotFound } from "@aws-sdk/client-s3";
import type { PendingUploadItem } from "@stockwire/contracts/items";
import { uploadKinds } from "@stockwire/contracts/upload-kinds";
import type { StoredObject } from "@stockwire/service-kit/uploads/parts-upload";
import type { ApiContext } from "../context.ts";

type Placed = Pick<PendingUploadItem, "UploadId" | "Kind">;

/** Where the object will stand. */
export const placeOf = ({ UploadId, Kind }: Placed, { resources }: ApiContext) => {
  const { bucket, objectKey } = uploadKinds[Kind];
  return { Bucket: resources.buckets[bucket], Key: objectKey(UploadId) };
};

/** The object, once S3 has made it of the parts. */
export const madeObject = async (
  item: Placed,
  context: ApiContext,
): Promise<(StoredObject & { readonly bytes: number | undefined }) | undefined> => {
  try {
    const head = await context.s3.send(new HeadObjectCommand(placeOf(item, context)));
    return { etag: head.ETag, versionId: head.VersionId, bytes: head.ContentLength };
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
};
