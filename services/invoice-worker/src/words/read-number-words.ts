import { type Decimal, decimalFromDigits, MAX_AMOUNT, wholeDecimal } from "@stockwire/contracts/decimal";
import type { Layout } from "../layout/layout.ts";
import { areDigits, isSpace, shorten } from "../text/characters.ts";
import { isNumberWord, mayAndFollow, readCardinal } from "./number-grammar.ts";

export type WordsReading =
  | {
      readonly kind: "exact";
      readonly value: Decimal;
      /** In lower case, as the layout names them. */
      readonly currencies: readonly string[];
    }
  | { readonly kind: "unreadable"; readonly why: string };

type Names = Pick<Layout, "currencyNames" | "fractionNames">;
/** What a word is for: part of a number, a currency's name, its hundredth's, `and`, `only`, or `50/100`. */
type Token =
  | { readonly is: "number"; readonly word: string }
  | { readonly is: "fraction"; readonly value: Decimal }
  | { readonly is: "currency" | "hundredths" | "and" | "only" | "point" };

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
  const currencies: string[] = [];
  for (let at = 0; at < words.length; ) {
    const length = nameLength(words, at, names.currencyNames);
    const word = words[at] ?? "";
    const token = length > 0 ? ({ is: "currency" } as const) : classify(word, names);
    if (token === undefined) return unreadable(`the word "${shorten(word, 30)}" is not part of a number`);
    tokens.push(token);
    if (length > 0) currencies.push(words.slice(at, at + length).join(" "));
    at += Math.max(1, length);
  }
  const value = readTokens(withoutOnly(tokens));
  if (value === undefined) return unreadable("the words do not make one number");
  return value > MAX_AMOUNT ? unreadable("the number is above 10^12") : { kind: "exact", value, currencies };
};

const unreadable = (why: string): WordsReading => ({ kind: "unreadable", why });

const classify = (word: string, names: Names): Token | undefined => {
  if (isNumberWord(word)) return { is: "number", word };
  if (word === "and" || word === "&") return { is: "and" };
  if (word === "only") return { is: "only" };
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

/** `only` closes the whole, with a currency behind it at most; some begin with it. Inside a number it is a fault. */
const withoutOnly = (tokens: readonly Token[]): readonly Token[] => {
  if (tokens[0]?.is === "only") return tokens.slice(1);
  const at = tokens.findLastIndex(({ is }) => is !== "currency");
  return tokens[at]?.is === "only" ? tokens.toSpliced(at, 1) : tokens;
};

/*
 * Every token is consumed by one of these rules, or the words say nothing:
 *   amount  = units | units [and] fraction currency* | units-without-currency point digits currency* |
 *             [units [and]] part
 *   units   = currency* number currency*
 *   part    = number hundredths | hundredths number
 *   number  = words of a number, with `and` inside it behind `hundred` or a scale
 */
const readTokens = (tokens: readonly Token[]): Decimal | undefined => {
  const at = tokens.findIndex(({ is }) => is === "fraction" || is === "point" || is === "hundredths");
  const before = tokens.slice(0, at);
  const behind = tokens.slice(at + 1);
  switch (tokens[at]?.is) {
    case "fraction":
      return behind.every(isCurrencyName) ? withFraction(before, tokens[at]) : undefined;
    case "point":
      return withDigits(before, behind);
    case "hundredths":
      return behind.length === 0 ? withHundredths(before) : withHundredthsFirst(before, behind);
    default:
      return readUnits(tokens);
  }
};

const isCurrencyName = ({ is }: Token): boolean => is === "currency";
const isAnd = (token: Token | undefined): boolean => token?.is === "and";

const withoutEndingAnd = (tokens: readonly Token[]): readonly Token[] =>
  isAnd(tokens.at(-1)) ? tokens.slice(0, -1) : tokens;

const withFraction = (before: readonly Token[], fraction: Token): Decimal | undefined => {
  const units = readUnits(withoutEndingAnd(before));
  return units === undefined || fraction.is !== "fraction" ? undefined : units + fraction.value;
};

const DIGITS = "zero one two three four five six seven eight nine".split(" ");

/** `eight point two five` */
const withDigits = (before: readonly Token[], behind: readonly Token[]): Decimal | undefined => {
  const units = before.at(-1)?.is === "number" ? readUnits(before) : undefined;
  const spoken = behind.slice(0, behind.findLastIndex((token) => !isCurrencyName(token)) + 1);
  const digits = spoken.map((token) => (token.is === "number" ? DIGITS.indexOf(token.word) : -1));
  if (units === undefined || digits.length === 0 || digits.length > 4 || digits.includes(-1)) {
    return undefined;
  }
  return units + decimalFromDigits("0", digits.join(""));
};

/** `fifty paise`, alone or behind whole units: they end at the last `and` or currency before. */
const withHundredths = (tokens: readonly Token[]): Decimal | undefined => {
  const end = tokens.findLastIndex(({ is }) => is === "and" || is === "currency");
  return together(tokens.slice(0, end + 1), tokens.slice(end + 1));
};

/** `paise fifty`, alone or behind whole units that a currency or `and` tells from hundredths. */
const withHundredthsFirst = (before: readonly Token[], behind: readonly Token[]): Decimal | undefined => {
  const isTold = before.length === 0 || before.some(isCurrencyName) || isAnd(before.at(-1));
  return isTold ? together(before, behind) : undefined;
};

const together = (before: readonly Token[], part: readonly Token[]): Decimal | undefined => {
  const count = readPlain(part);
  const units = before.length === 0 ? 0n : readUnits(withoutEndingAnd(before));
  if (count === undefined || count >= 100n || units === undefined) return undefined;
  return units + decimalFromDigits("0", count.toString().padStart(2, "0"));
};

/** Whole units, with the currency before or behind. */
const readUnits = (tokens: readonly Token[]): Decimal | undefined => {
  const first = tokens.findIndex((token) => !isCurrencyName(token));
  const last = tokens.findLastIndex((token) => !isCurrencyName(token));
  const units = first === -1 ? undefined : readPlain(tokens.slice(first, last + 1));
  return units === undefined ? undefined : wholeDecimal(units);
};

/** Nothing but a number; `and` may stand in it where English has one. */
const readPlain = (tokens: readonly Token[]): bigint | undefined => {
  const words: string[] = [];
  for (const [index, token] of tokens.entries()) {
    const next = tokens[index + 1];
    if (token.is === "number") words.push(token.word);
    else if (token.is !== "and" || next?.is !== "number") return undefined;
    else if (!mayAndFollow(words.at(-1)) || mayAndFollow(next.word)) return undefined;
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

/** Lower-case words without punctuation. */
const splitWords = (text: string): string[] => {
  const words: string[] = [];
  let word = "";
  for (const character of `${text.toLowerCase()} `) {
    const separates = isSpace(character) || "-\u2010\u2011\u2013,.;()*:".includes(character);
    if (!separates) word += character;
    else if (word !== "") {
      words.push(word);
      word = "";
    }
  }
  return words;
};
