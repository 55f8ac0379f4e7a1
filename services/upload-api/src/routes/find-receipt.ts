import type { UploadItem } from "@stockwire/contracts/items";
import type { ApiContext } from "../context.ts";
import { uploadNotFound } from "../errors/api-error.ts";

/** Keeps out what no upload id can be, above all the table's own book-keeping items. */
const UPLOAD_ID = /^[0-9A-Za-z-]{1,128}$/;

/** @throws upload_not_found */
export const findReceipt = async (context: ApiContext, uploadId: string): Promise<UploadItem> => {
  const item = UPLOAD_ID.test(uploadId) ? await context.uploads.get(uploadId) : undefined;
  if (!item) throw uploadNotFound(uploadId);
  return item;
};
