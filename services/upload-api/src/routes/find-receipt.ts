import type { UploadItem } from "@stockwire/contracts/items";
import type { Principal } from "../access/principal.ts";
import { maySeeUpload } from "../access/stores.ts";
import type { ApiContext } from "../context.ts";
import { uploadNotFound } from "../errors/api-error.ts";

/** Keeps out what no upload id can be, above all the table's own book-keeping items. */
const UPLOAD_ID = /^[0-9A-Za-z-]{1,128}$/;

/** @throws upload_not_found, also for what the caller may not see: the answer is the same */
export const findReceipt = async (
  context: ApiContext,
  request: { readonly principal: Principal; readonly params: { readonly uploadId: string } },
): Promise<UploadItem> => {
  const { uploadId } = request.params;
  const item = UPLOAD_ID.test(uploadId) ? await context.uploads.get(uploadId) : undefined;
  if (!item || !maySeeUpload(request.principal, item)) throw uploadNotFound(uploadId);
  return item;
};
