import type { Layout } from "../layout/layout.ts";
import { findCurrencies } from "../parse/currency-names.ts";
import { collapseSpaces, isDigit, isSpace } from "../text/characters.ts";

/** What people write where a figure should be. */
const PLACEHOLDERS = new Set(
  "n/a na n.a. nil none null tbd tba tbc free foc poa gratis included incl incl.".split(" "),
);
const SIGNS = "+-\u2010\u2011\u2012\u2013\u2014\u2212~*()?!<>\u00b1\u2248/=_";
const CREDIT = new Set(["cr", "cr.", "dr", "dr."]);
const MAX_LENGTH = 60;

/**
 * Whether a cell that is no amount was meant as one: digits and separators, with a sign, parentheses or a currency
 * around them (`-100`, `(900)`, `12.5.3`, `Rs. 1O0`). `M8`, `5 m`, `3/4`, `5 x 100` and `100%` belong to a name.
 * @param cell one that `readAmount` makes nothing of
 */
export const isDamagedFigure = (cell: string, { currencyNames }: Pick<Layout, "currencyNames">): boolean => {
  const text = cell.trim();
  if (text.length > MAX_LENGTH) return false;
  const core = findCore(text);
  if (core === undefined) return false;
  for (let at = core.start; at < core.end; at++) if (!isOfFigure(text, at)) return false;
  // What another separator sets apart is not one cell.
  if (text.includes(";") || text.includes("|")) return false;
  const around = [text.slice(0, core.start), text.slice(core.end)].map(withoutSigns);
  return around.every(
    (one) => findCurrencies(one, currencyNames) !== undefined || CREDIT.has(one.toLowerCase()),
  );
};

/** Whether a cell holds no figure but its place: nothing, a dash, a question mark, a currency alone, `n/a`. */
export const isPlaceholder = (cell: string, { currencyNames }: Pick<Layout, "currencyNames">): boolean => {
  const text = cell.trim();
  if (text.length > MAX_LENGTH) return false;
  return (
    PLACEHOLDERS.has(text.toLowerCase()) || findCurrencies(withoutSigns(text), currencyNames) !== undefined
  );
};

/** From the first digit to the last, with letters and separators beside them that stand for a digit (`l00`, `5O`). */
const findCore = (text: string): { start: number; end: number } | undefined => {
  let start = 0;
  let end = text.length;
  while (start < end && !isDigit(text[start])) start += 1;
  while (end > start && !isDigit(text[end - 1])) end -= 1;
  if (start === end) return undefined;
  const digits = { start, end };
  while (start > 0 && "OoIl.,".includes(text.charAt(start - 1))) start -= 1;
  // `1l` is a litre; `1O` is no unit.
  while (end < text.length && "Oo.,".includes(text.charAt(end))) end += 1;
  // `O2` and `I5` are names of things, `O.50` and `l00` are figures.
  return end - start > 2 ? { start, end } : { start: digits.start, end };
};

const isOfFigure = (text: string, at: number): boolean =>
  isDigit(text[at]) || isSpace(text[at]) || ".,'\u2019OoIl".includes(text.charAt(at));

const withoutSigns = (text: string): string => {
  let rest = "";
  for (const character of text) if (!SIGNS.includes(character)) rest += character;
  return collapseSpaces(rest);
};
