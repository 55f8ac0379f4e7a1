import type { PendingUploadItem } from "@stockwire/contracts/items";
import type { Principal } from "../access/principal.ts";
import type { ApiContext } from "../context.ts";
import { uploadNotFound } from "../errors/api-error.ts";

/**
 * A presigned upload that the principal may go on with: its own, or any for an administrator.
 * @throws upload_not_found, also for another's
 */
export const findPending = async (
  context: ApiContext,
  uploadId: string,
  { id, scopes }: Principal,
): Promise<PendingUploadItem> => {
  const item = await context.pendingUploads.get(uploadId);
  if (item === undefined || !(item.Owner === id || scopes.has("admin"))) throw uploadNotFound(uploadId);
  return item;
};
