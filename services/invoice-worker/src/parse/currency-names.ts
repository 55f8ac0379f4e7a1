import { collapseSpaces, isCurrencySign } from "../text/characters.ts";

/** What the layout calls currencies, in lower case, and the codes that each name may stand for. */
export type CurrencyNames = ReadonlyMap<string, readonly string[]>;

const MAX_LENGTH = 40;
const NONE: readonly string[] = [];

/**
 * The currencies that a text beside a figure names, in lower case: none, or `us$`, or a sign and a name (`USD $`).
 * Undefined where something else stands there.
 */
export const findCurrencies = (text: string, names: CurrencyNames): readonly string[] | undefined => {
  if (text === "") return NONE;
  if (text.length > MAX_LENGTH) return undefined;
  const whole = text.trim().toLowerCase();
  if (names.has(whole)) return [whole];
  const found: string[] = [];
  let name = "";
  for (const character of text) {
    if (isCurrencySign(character)) found.push(character);
    else name += character;
  }
  name = collapseSpaces(name).toLowerCase();
  while (name !== "" && !names.has(name) && ".,;".includes(name.charAt(name.length - 1))) {
    name = name.slice(0, -1).trimEnd();
  }
  if (name === "") return found;
  return names.has(name) ? [...found, name] : undefined;
};
