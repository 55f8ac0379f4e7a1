import { storeNotFound } from "../errors/api-error.ts";
import type { Principal } from "./principal.ts";

/** Whether all of a caller's doing stays in its own stores; `undefined` stands for every store. */
export const reaches = ({ stores }: Principal, wanted: readonly string[] | undefined): boolean =>
  stores === "all" || wanted?.every((store) => stores.includes(store)) === true;

/** @throws store_not_found for a store that is not the caller's: it is not to learn whether there is one */
export const requireStore = (principal: Principal, store: string): void => {
  if (!reaches(principal, [store])) throw storeNotFound(store);
};
