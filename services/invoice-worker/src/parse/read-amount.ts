import { type Decimal, decimalFromDigits, MAX_AMOUNT, MAX_DECIMALS } from "@stockwire/contracts/decimal";
import type { DecimalSeparator, Layout } from "../layout/layout.ts";
import { areDigits, isDigit, isLetter, isSpace } from "../text/characters.ts";
import { findCurrencies } from "./currency-names.ts";

export type AmountReading =
  | ({ readonly kind: "exact"; readonly value: Decimal } & Marks)
  /** One separator before exactly three digits: what it is with a decimal point, and with a decimal comma. */
  | ({ readonly kind: "ambiguous"; readonly point: Decimal; readonly comma: Decimal } & Marks)
  | { readonly kind: "unreadable"; readonly code: AmountFault; readonly why: string };
/** Currencies named beside the figure, in lower case; absent where none is. */
interface Marks {
  readonly currencies?: readonly string[];
}
type AmountFault = "bad_amount" | "amount_out_of_range";

/** Longest amount: 13 digits and four decimals, grouped, with room to spare. */
const MAX_LENGTH = 40;
/** So many digits alone are an amount in range. */
const MAX_PLAIN_DIGITS = 12;

/**
 * Reads an amount in figures: currency signs and names before or after, `/-` behind, groups of three (or the Indian
 * 3, 2, 2) set apart by comma, point, space or apostrophe, up to four decimals. What has lost a digit before its
 * separator (`.50`) is none.
 * @param decimal the layout's decimal separator; where it is null `7.650` stays ambiguous
 */
export const readAmount = (
  text: string,
  decimal: DecimalSeparator | null,
  currencyNames: Layout["currencyNames"],
): AmountReading => {
  if (text.length <= MAX_PLAIN_DIGITS && areDigits(text)) {
    return { kind: "exact", value: decimalFromDigits(text, "") };
  }
  let start = 0;
  let end = text.length;
  while (start < end && !isDigit(text[start])) start += 1;
  while (end > start && !isDigit(text[end - 1])) end -= 1;
  if (start === end) return bad("there are no digits in it");
  const before = text.slice(0, start);
  if (isNegative(before)) return bad("negative amounts are not taken; credit notes go another way");
  const after = text.slice(end);
  const afterDash = withoutDash(after);
  const marksBefore = findCurrencies(before, currencyNames);
  const marksAfter = findCurrencies(afterDash, currencyNames);
  if (marksBefore === undefined || marksAfter === undefined) {
    return bad("something besides one amount stands there");
  }
  if (holdsLooseSeparator(before)) return bad("there is no digit before its separator");
  if (end - start > MAX_LENGTH) return bad("it is too long for an amount");
  const reading = interpret(text.slice(start, end), decimal);
  // Where nothing follows the whole units, a separator cannot be the decimal one.
  const isWhole = reading.kind === "ambiguous" && afterDash !== after.trimStart();
  const settled: AmountReading = isWhole
    ? { kind: "exact", value: larger(reading.point, reading.comma) }
    : reading;
  const currencies = [...marksBefore, ...marksAfter];
  return settled.kind === "unreadable" || currencies.length === 0 ? settled : { ...settled, currencies };
};

const larger = (one: Decimal, other: Decimal): Decimal => (one > other ? one : other);

/** `Rs.` has its point, `$.` and `,` have lost the digits before theirs. */
const holdsLooseSeparator = (before: string): boolean => {
  for (let at = 0; at < before.length; at++) {
    if (".,;".includes(before.charAt(at)) && !isLetter(before[at - 1])) return true;
  }
  return false;
};

const bad = (why: string, code: AmountFault = "bad_amount"): AmountReading => ({
  kind: "unreadable",
  code,
  why,
});

const isNegative = (before: string): boolean =>
  before.includes("-") || before.includes("\u2212") || before.includes("(");

/** `7650/-` and `7650,-` say that no hundredths follow. */
const withoutDash = (after: string): string => {
  const text = after.trimStart();
  return text.startsWith("/-") || text.startsWith(",-") ? text.slice(2) : text;
};

const interpret = (figures: string, decimal: DecimalSeparator | null): AmountReading => {
  const parts = splitGroups(figures);
  if (parts === undefined) return bad("its separators do not make a number");
  const integer = asInteger(parts);
  const fractional = asFractional(parts);
  if (integer !== undefined && fractional !== undefined) {
    const isPoint = parts.separators[0] === ".";
    const point = isPoint ? fractional : integer;
    const comma = isPoint ? integer : fractional;
    if (decimal !== null) return { kind: "exact", value: decimal === "." ? point : comma };
    return { kind: "ambiguous", point, comma };
  }
  const value = integer ?? fractional;
  if (value === undefined) return bad("its separators do not make a number of at most four decimals");
  if (value > MAX_AMOUNT) return bad("it is above 10^12", "amount_out_of_range");
  return { kind: "exact", value };
};

interface Groups {
  readonly groups: readonly string[];
  /** One fewer than groups: comma, point, space or apostrophe. */
  readonly separators: readonly string[];
}

const splitGroups = (figures: string): Groups | undefined => {
  const groups: string[] = [""];
  const separators: string[] = [];
  for (const character of figures) {
    if (isDigit(character)) {
      groups[groups.length - 1] += character;
      continue;
    }
    const separator = isSpace(character) ? " " : character === "\u2019" ? "'" : character;
    if (!",. '".includes(separator) || groups.at(-1) === "") return undefined;
    separators.push(separator);
    groups.push("");
  }
  return groups.at(-1) === "" ? undefined : { groups, separators };
};

/** All separators group digits. */
const asInteger = ({ groups, separators }: Groups): Decimal | undefined =>
  isGrouped(groups, separators) ? decimalFromDigits(groups.join(""), "") : undefined;

/** The last separator is the decimal one, the others group digits and are of another kind. */
const asFractional = ({ groups, separators }: Groups): Decimal | undefined => {
  const last = separators.at(-1);
  const fraction = groups.at(-1) ?? "";
  if ((last !== "." && last !== ",") || fraction.length > MAX_DECIMALS) return undefined;
  const head = groups.slice(0, -1);
  if (separators[0] === last && separators.length > 1) return undefined;
  return isGrouped(head, separators.slice(0, -1)) ? decimalFromDigits(head.join(""), fraction) : undefined;
};

const isGrouped = (groups: readonly string[], separators: readonly string[]): boolean => {
  const [first = "", ...rest] = groups;
  if (rest.length === 0) return areDigits(first);
  const separator = separators[0];
  if (separators.some((other) => other !== separator)) return false;
  if (first.startsWith("0") || first.length > 3) return false;
  if (rest.every((group) => group.length === 3)) return true;
  const isIndian = rest.slice(0, -1).every((group) => group.length === 2) && rest.at(-1)?.length === 3;
  return separator === "," && first.length <= 2 && isIndian;
};
