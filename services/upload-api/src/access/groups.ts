import { faultOfName, MAX_STORE_CHARACTERS, normalizeName } from "@stockwire/contracts/names";
import { type Principal, scopesOf } from "./principal.ts";

const STORE = "store:";
const ALL_STORES = "all-stores";

/**
 * What a person's groups allow: `upload`, `read` and `admin` are scopes, `store:{percent-encoded name}` names a store.
 * Without any store a person sees nothing, unless in `all-stores`, or in `admin` without a store group. Other groups
 * say nothing here.
 */
export const rightsOfGroups = (groups: readonly string[]): Pick<Principal, "stores" | "scopes"> => {
  const ofStores = groups.filter((group) => group.startsWith(STORE));
  const everywhere = groups.includes(ALL_STORES) || (groups.includes("admin") && ofStores.length === 0);
  return { stores: everywhere ? "all" : storesOf(ofStores), scopes: scopesOf(groups) };
};

/** In order and once each. A group that names no possible store allows nothing. */
const storesOf = (groups: readonly string[]): string[] => {
  const names = groups.flatMap((group) => {
    const name = decode(group.slice(STORE.length));
    return name === undefined || faultOfName(name, MAX_STORE_CHARACTERS) !== undefined ? [] : [name];
  });
  return [...new Set(names)].sort();
};

const decode = (encoded: string): string | undefined => {
  try {
    return normalizeName(decodeURIComponent(encoded));
  } catch {
    return undefined; // a stray per cent sign
  }
};
