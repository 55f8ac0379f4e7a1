import { faultOfName, MAX_STORE_CHARACTERS, normalizeName } from "@stockwire/contracts/names";
import { invalidStore } from "./errors/api-error.ts";

const FAULTS = {
  empty: "is empty",
  value_too_long: `has more than ${MAX_STORE_CHARACTERS} characters`,
  control_character: "has a control character, a line break or a mark that turns the reading direction",
} as const;

/**
 * A store name to which an upload is restricted.
 * @throws invalid_store for a name that no row could have
 */
export const parseStore = (name: string): string => {
  const store = normalizeName(name);
  const fault = faultOfName(store, MAX_STORE_CHARACTERS);
  if (fault !== undefined) throw invalidStore(FAULTS[fault]);
  return store;
};
