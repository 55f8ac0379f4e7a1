import type { Receipt } from "@stockwire/contracts/receipt";
import { isFurther } from "./receipts.ts";

/** Empty: all. */
export interface UploadFilter {
  readonly store: string;
  readonly kind: string;
  readonly status: string;
}

export const ALL_UPLOADS: UploadFilter = { store: "", kind: "", status: "" };

const matches = (receipt: Receipt, { store, kind, status }: UploadFilter): boolean =>
  (store === "" || receipt.store === store) &&
  (kind === "" || receipt.kind === kind) &&
  (status === "" || receipt.status === status);

/** Puts what is newer or further on into a list, newest first; what matches no longer goes. */
export const mergeUploads = (
  shown: readonly Receipt[],
  news: readonly Receipt[],
  filter: UploadFilter,
): readonly Receipt[] => {
  const all = new Map(shown.map((receipt) => [receipt.uploadId, receipt]));
  for (const receipt of news) {
    if (!isFurther(receipt, all.get(receipt.uploadId))) continue;
    if (matches(receipt, filter)) all.set(receipt.uploadId, receipt);
    else all.delete(receipt.uploadId);
  }
  return [...all.values()].sort((a, b) => b.receivedAt.localeCompare(a.receivedAt));
};
