import { storeForbidden } from "../errors/api-error.ts";
import type { Principal } from "./principal.ts";

/**
 * The only store whose rows an upload may load: what the sender asks for, within what the key is for. A key for one
 * store stands for it where none is named.
 * @throws store_forbidden for any other store, and where a key for several names none
 */
export const restrictStore = ({ stores }: Principal, asked: string | undefined): string | undefined => {
  if (stores === "all") return asked;
  const store = asked ?? (stores.length === 1 ? stores[0] : undefined);
  if (store === undefined || !stores.includes(store)) throw storeForbidden(asked ?? "");
  return store;
};
