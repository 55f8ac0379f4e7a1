import { isDisabled } from "@stockwire/contracts/api-key";
import type { ApiKeyItem } from "@stockwire/contracts/items";

/** A key on one line: id, scopes, store, since when, whether it still works, what it is for. Nothing of its secret. */
export const describeKey = (key: ApiKeyItem): string => {
  const parts = [
    key.KeyId,
    key.Scopes.join(","),
    key.Store === undefined ? "all stores" : `store ${key.Store}`,
    `created ${key.CreatedAt}`,
    ...endOf(key),
    ...(key.Label === "" ? [] : [key.Label]),
  ];
  return parts.join("  ");
};

const endOf = (key: ApiKeyItem): string[] => {
  if (key.DisabledAt === undefined) return [];
  return [isDisabled(key, Date.now()) ? `disabled ${key.DisabledAt}` : `works until ${key.DisabledAt}`];
};
