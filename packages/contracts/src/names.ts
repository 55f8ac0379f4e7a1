/** Names of stores and items, as files write them and as the API is asked for them. */

export const MAX_STORE_CHARACTERS = 128;
export const MAX_ITEM_CHARACTERS = 256;

/** Control characters, line and paragraph separators, and marks that turn the reading direction around. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;

/** The form in which names compare: trimmed, NFC; case and everything else counts. */
export const normalizeName = (name: string): string => name.trim().normalize("NFC");

export type NameFault = "empty" | "value_too_long" | "control_character";

/**
 * @param name as `normalizeName` gives it
 * @param limit in characters (code points), not UTF-16 units
 * @returns what is wrong with it; undefined: nothing
 */
export const faultOfName = (name: string, limit: number): NameFault | undefined => {
  if (name === "") return "empty";
  if (name.length > limit && [...name].length > limit) return "value_too_long";
  return UNPRINTABLE.test(name) ? "control_character" : undefined;
};
