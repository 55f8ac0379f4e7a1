import { type Decimal, decimalFromDigits, MAX_AMOUNT, wholeDecimal } from "@stockwire/contracts/decimal";
import type { Layout } from "../layout/layout.ts";
import { areDigits, isSpace, shorten } from "../text/characters.ts";
import { isNumberWord, readCardinal } from "./number-grammar.ts";

export type WordsReading =
  | { readonly kind: "exact"; readonly value: Decimal }
  | { readonly kind: "unreadable"; readonly why: string };

type Names = Pick<Layout, "currencyNames" | "fractionNames">;
/** What a word is for: part of a number, a currency's name, its hundredth's, `and`, or `50/100`. */
type Token =
  | { readonly is: "number"; readonly word: string }
  | { readonly is: "fraction"; readonly value: Decimal }
  | { readonly is: "currency" | "hundredths" | "and" | "point" };

const MAX_WORDS = 80;
const MAX_NAME_WORDS = 4;
const DENOMINATORS = new Map([
  ["100", 2],
  ["1000", 3],
  ["10000", 4],
]);

/**
 * Reads an amount in English words: `Space Rupees Eight thousand one hundred fifty only`, `Two crore five lakh and
 * 50/100`, `One hundred dollars and five cents`. Currencies' names are those of the layout; a word that is neither
 * that nor part of a number makes the whole unreadable rather than being passed over.
 */
export const readNumberWords = (text: string, names: Names): WordsReading => {
  const words = splitWords(text);
  if (words.length === 0 || words.length > MAX_WORDS) return unreadable("it is not a number in words");
  const tokens: Token[] = [];
  for (let at = 0; at < words.length; ) {
    const length = nameLength(words, at, names.currencyNames);
    const word = words[at] ?? "";
    const token = length > 0 ? ({ is: "currency" } as const) : classify(word, names);
    if (token === undefined) return unreadable(`the word "${shorten(word, 30)}" is not part of a number`);
    tokens.push(token);
    at += Math.max(1, length);
  }
  const value = readTokens(tokens);
  if (value === undefined) return unreadable("the words do not make one number");
  return value > MAX_AMOUNT ? unreadable("the number is above 10^12") : { kind: "exact", value };
};

const unreadable = (why: string): WordsReading => ({ kind: "unreadable", why });

const classify = (word: string, names: Names): Token | undefined => {
  if (isNumberWord(word)) return { is: "number", word };
  if (word === "and" || word === "&") return { is: "and" };
  if (word === "point") return { is: "point" };
  if (names.fractionNames.has(word)) return { is: "hundredths" };
  const value = readFraction(word);
  return value === undefined ? undefined : { is: "fraction", value };
};

/** Words of the longest currency name that begins here; 0 where none does. */
const nameLength = (words: readonly string[], at: number, names: Layout["currencyNames"]): number => {
  for (let length = MAX_NAME_WORDS; length > 0; length--) {
    if (at + length <= words.length && names.has(words.slice(at, at + length).join(" "))) return length;
  }
  return 0;
};

const readTokens = (tokens: readonly Token[]): Decimal | undefined => {
  const fraction = tokens.findIndex(({ is }) => is === "fraction");
  if (fraction !== -1) {
    const behind = tokens.slice(fraction + 1).every(({ is }) => is === "currency");
    return behind ? withFraction(tokens.slice(0, fraction), tokens[fraction]) : undefined;
  }
  const point = tokens.findIndex(({ is }) => is === "point");
  if (point !== -1) return withDigits(tokens.slice(0, point), tokens.slice(point + 1));
  const hundredths = tokens.findIndex(({ is }) => is === "hundredths");
  return hundredths === -1 ? readUnits(tokens) : withHundredths(tokens, hundredths);
};

const withFraction = (before: readonly Token[], fraction: Token | undefined): Decimal | undefined => {
  const units = readUnits(before);
  return units === undefined || fraction?.is !== "fraction" ? undefined : units + fraction.value;
};

const DIGITS = "zero one two three four five six seven eight nine".split(" ");

/** `eight point two five` */
const withDigits = (before: readonly Token[], behind: readonly Token[]): Decimal | undefined => {
  const units = readUnits(before);
  const spoken = behind.filter(({ is }) => is !== "currency");
  const digits = spoken.map((token) => (token.is === "number" ? DIGITS.indexOf(token.word) : -1));
  if (units === undefined || digits.length === 0 || digits.length > 4 || digits.includes(-1)) {
    return undefined;
  }
  return units + decimalFromDigits("0", digits.join(""));
};

/** `fifty paise`, `paise fifty`, alone or behind whole units: they end at the last `and` or currency before. */
const withHundredths = (tokens: readonly Token[], at: number): Decimal | undefined => {
  const behind = tokens.slice(at + 1).filter(({ is }) => is !== "currency");
  let from = at;
  if (behind.length === 0) {
    from = tokens.slice(0, at).findLastIndex(({ is }) => is === "and" || is === "currency") + 1;
  }
  const count = readPlain(behind.length === 0 ? tokens.slice(from, at) : behind);
  if (count === undefined || count >= 100n) return undefined;
  const before = tokens.slice(0, from);
  const hasUnits = before.some(({ is }) => is === "number");
  const units = hasUnits ? readUnits(before) : 0n;
  return units === undefined ? undefined : units + decimalFromDigits("0", count.toString().padStart(2, "0"));
};

/** Whole units, with the currency before or behind. */
const readUnits = (tokens: readonly Token[]): Decimal | undefined => {
  const isSaid = ({ is }: Token): boolean => is === "number";
  const first = tokens.findIndex(isSaid);
  const last = tokens.findLastIndex(isSaid);
  if (first === -1) return undefined;
  const around = [...tokens.slice(0, first), ...tokens.slice(last + 1)];
  if (around.some(({ is }) => is !== "currency" && is !== "and")) return undefined;
  const units = readPlain(tokens.slice(first, last + 1));
  return units === undefined ? undefined : wholeDecimal(units);
};

const readPlain = (tokens: readonly Token[]): bigint | undefined => {
  const words: string[] = [];
  for (const token of tokens) {
    if (token.is === "number") words.push(token.word);
    else if (token.is !== "and") return undefined;
  }
  return readCardinal(words);
};

/** `50/100`; also `00/100`, `no/100` and `xx/100` for none. */
const readFraction = (word: string): Decimal | undefined => {
  const slash = word.indexOf("/");
  const above = word.slice(0, slash);
  const decimals = DENOMINATORS.get(word.slice(slash + 1));
  if (slash === -1 || decimals === undefined) return undefined;
  if (above === "no" || above === "xx") return 0n;
  if (!areDigits(above) || above.length > decimals) return undefined;
  return decimalFromDigits("0", above.padStart(decimals, "0"));
};

/** Lower-case words without punctuation; `only` and what it closes are left out. */
const splitWords = (text: string): string[] => {
  const words: string[] = [];
  let word = "";
  for (const character of `${text.toLowerCase()} `) {
    const separates = isSpace(character) || "-\u2010\u2011\u2013,.;()*:".includes(character);
    if (!separates) word += character;
    else if (word !== "") {
      if (word !== "only") words.push(word);
      word = "";
    }
  }
  return words;
};
