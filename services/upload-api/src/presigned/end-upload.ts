import { AbortMultipartUploadCommand, NoSuchUpload } from "@aws-sdk/client-s3";
import type { PendingUploadItem } from "@stockwire/contracts/items";
import type { ApiContext } from "../context.ts";
import { madeObject, placeOf } from "./place.ts";

/**
 * Has S3 forget an upload's parts. Safe against a `complete` at the same time, since S3 decides which of the two comes
 * first.
 * @returns what became of it: `completed` where S3 had made the object already
 */
export const endUpload = async (
  item: PendingUploadItem,
  context: ApiContext,
): Promise<"aborted" | "completed"> => {
  if (item.State === "completed" || item.State === "aborted") return item.State;
  try {
    await context.s3.send(
      new AbortMultipartUploadCommand({ ...placeOf(item, context), UploadId: item.S3UploadId }),
    );
  } catch (error) {
    if (!(error instanceof NoSuchUpload)) throw error;
    if ((await madeObject(item, context)) !== undefined) return "completed";
  }
  await context.pendingUploads.move(item.UploadId, ["open", "completing"], "aborted");
  return "aborted";
};
