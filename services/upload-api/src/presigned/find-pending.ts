import type { PendingUploadItem } from "@stockwire/contracts/items";
import type { Principal } from "../access/principal.ts";
import { maySeeStores } from "../access/stores.ts";
import type { ApiContext } from "../context.ts";
import { uploadNotFound } from "../errors/api-error.ts";

/**
 * A presigned upload that the principal may go on with: its own, or any of its stores for an administrator.
 * @throws upload_not_found, also for another's
 */
export const findPending = async (
  context: ApiContext,
  uploadId: string,
  principal: Principal,
): Promise<PendingUploadItem> => {
  const item = await context.pendingUploads.get(uploadId);
  if (item === undefined || !mayGoOn(principal, item)) throw uploadNotFound(uploadId);
  return item;
};

/** Also the owner only within its stores: a person's groups may have changed since. */
const mayGoOn = (principal: Principal, { Owner, StoreRestriction: store }: PendingUploadItem): boolean =>
  (Owner === principal.id || principal.scopes.has("admin")) &&
  maySeeStores(principal, store === undefined ? undefined : [store]);
