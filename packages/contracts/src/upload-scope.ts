import type { UploadItem } from "./items.ts";

/**
 * The one store whose own callers may see an upload; undefined: only callers with all stores may. It is the store
 * outside of which nothing can have changed, or the only one that the file names; not so where rows of such a file were
 * rejected, for those may be another store's. Invoices belong to no store.
 */
export const storeThatMaySee = ({ Kind, Store, StoreRestriction, Rows }: UploadItem): string | undefined => {
  if (Kind !== "inventory") return undefined;
  if (StoreRestriction !== undefined) return StoreRestriction;
  return Rows?.rejected ? undefined : Store;
};
