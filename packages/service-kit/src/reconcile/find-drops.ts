import { dayOf } from "@stockwire/contracts/keys";
import { UploadStatus } from "@stockwire/contracts/receipt";
import type { ListedObject } from "./list-objects.ts";
import type { KnownUpload, ReceiptReader } from "./read-receipts.ts";

const STATUSES = UploadStatus.anyOf.map(({ const: status }) => status);

/**
 * Which of these objects have a receipt under an id that the listing cannot tell: without versions a drop's id is made
 * of its event's milliseconds, of which S3 lists the whole second only. The same key and ETag, received in that second,
 * is the same drop.
 */
export const findDrops = async (
  receipts: ReceiptReader,
  bucket: string,
  objects: readonly ListedObject[],
): Promise<ReadonlySet<ListedObject>> => {
  const found = new Set<ListedObject>();
  for (const object of objects) {
    const { versionId, lastModified } = object;
    if (versionId !== undefined || !lastModified.endsWith(".000Z")) continue;
    const second = lastModified.slice(0, -".000Z".length);
    for await (const ids of receipts.ofDay(dayOf(lastModified), [second, `${second}~`], STATUSES)) {
      const uploads = [...(await receipts.getMany(ids)).values()];
      if (uploads.some((upload) => isOf(upload, bucket, object))) found.add(object);
    }
  }
  return found;
};

const isOf = ({ Bucket, Key, ETag }: KnownUpload, bucket: string, { key, etag }: ListedObject): boolean =>
  Bucket === bucket && Key === key && ETag === etag;
