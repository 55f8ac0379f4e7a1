import type { UploadItem } from "@stockwire/contracts/items";
import { storeThatMaySee } from "@stockwire/contracts/upload-scope";
import { storeForbidden, storeNotFound } from "../errors/api-error.ts";
import type { Principal } from "./principal.ts";

/** Every question of who may send for, and see, which store. Names are in the form in which they compare. */

export const maySeeStore = ({ stores }: Principal, store: string): boolean =>
  stores === "all" || stores.includes(store);

/** Whether all of some stores are the caller's; `undefined` stands for every store. */
export const maySeeStores = (principal: Principal, stores: readonly string[] | undefined): boolean =>
  principal.stores === "all" || stores?.every((store) => maySeeStore(principal, store)) === true;

/** @throws store_not_found for a store that is not the caller's: it is not to learn whether there is one */
export const requireStore = (principal: Principal, store: string): void => {
  if (!maySeeStore(principal, store)) throw storeNotFound(store);
};

/**
 * The stores that a list is about: one where it is asked for, else all that the caller may see. A store that it may not
 * see is as one that does not exist: none.
 */
export const storesToList = (principal: Principal, asked: string | undefined): Principal["stores"] => {
  if (asked === undefined) return principal.stores;
  return maySeeStore(principal, asked) ? [asked] : [];
};

/** Whether a caller may see an upload: bound to stores, only what is shown to one of them. */
export const maySeeUpload = (principal: Principal, upload: UploadItem): boolean => {
  if (principal.stores === "all") return true;
  const store = storeThatMaySee(upload);
  return store !== undefined && maySeeStore(principal, store);
};

/**
 * The only store whose rows of an upload may load; undefined: all.
 * @param asked the store that the caller named
 * @throws store_forbidden where that is none of its own, or where it has to name one
 */
export const restrictUpload = ({ stores }: Principal, asked: string | undefined): string | undefined => {
  if (stores === "all") return asked;
  if (asked !== undefined) {
    if (!stores.includes(asked))
      throw storeForbidden("This caller may not send for the store that was named.");
    return asked;
  }
  const [only] = stores;
  if (stores.length === 1) return only;
  throw storeForbidden(
    stores.length === 0
      ? "This caller may send for no store."
      : "This caller may send for several stores; name the one that this upload is for with ?store=.",
  );
};
