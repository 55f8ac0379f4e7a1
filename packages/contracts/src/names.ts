/** Names of stores and items, as files write them and as the API is asked for them. */

export const MAX_STORE_CHARACTERS = 128;
export const MAX_ITEM_CHARACTERS = 256;

/**
 * Control characters, line and paragraph separators, marks that turn the reading direction around, and characters
 * without width that make two names look alike. The joiners U+200C and U+200D stay: scripts and emoji need them.
 */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u00ad\u180e\u200b\u202a-\u202e\u2060-\u2069\ufeff]/u;
/** A name of nothing but joiners, marks, fillers and blanks shows nothing. */
const VISIBLE = /[^\p{C}\p{M}\p{Z}\p{DI}\u2800]/u;

/**
 * What shows nothing wherever it stands: format characters, variation selectors, tags, fillers, the Braille blank.
 * Joiners too, so this is for ids, which no script's spelling depends on.
 */
const INVISIBLE = /[\p{Cf}\p{DI}\u2800]/u;

/** Finds a character that would let two ids differ and look the same. */
export const holdsInvisible = (text: string): boolean => INVISIBLE.test(text);

/** Whether there is a character in it that shows: a mark alone has nothing to stand on. */
export const isVisible = (text: string): boolean => VISIBLE.test(text);

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
  if (UNPRINTABLE.test(name)) return "control_character";
  if (!isVisible(name)) return "empty";
  return name.length > limit && [...name].length > limit ? "value_too_long" : undefined;
};
