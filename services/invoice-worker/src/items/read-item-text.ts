import type { Decimal } from "@stockwire/contracts/decimal";
import type { DecimalSeparator, Layout } from "../layout/layout.ts";
import { type AmountReading, readAmount } from "../parse/read-amount.ts";
import { areDigits, collapseSpaces, isDigit, isSpace } from "../text/characters.ts";
import { conventionsOf, type ItemFigures } from "./conventions.ts";

/** Separators that no amount contains; where one of them sets off the figures, commas belong to the name. */
const PLAIN_SEPARATORS = ["\t", ";", "|"];

/** An item whose figures may still be meant in two ways each. */
interface OpenItem {
  readonly name: string;
  readonly price: ReadableAmount;
  readonly tax: ReadableAmount | null;
}
type ReadableAmount = Exclude<AmountReading, { kind: "unreadable" }>;

/**
 * Reads `name, price` or `name, price, tax`: under each convention, in their order, undefined where one gives no
 * price. The last one or two cells are the figures, the name is everything before: it may have commas and digits of
 * its own.
 */
export const readItemText = (text: string, layout: Layout): (ItemFigures | undefined)[] => {
  const { join, separate, onlyWithPoint } = readCommas(text, layout);
  return conventionsOf(layout).map(({ decimal, commas }) => {
    if (commas === "separate") return separate && under(separate, decimal);
    return join && !(onlyWithPoint && decimal === ",") ? under(join, decimal) : undefined;
  });
};

interface CommaReadings {
  /** With commas between digits as part of a number. */
  readonly join?: OpenItem | undefined;
  /** With such commas between two numbers. */
  readonly separate?: OpenItem | undefined;
  /** A comma for thousands, which rules the decimal comma out. */
  readonly onlyWithPoint?: boolean;
}

const readCommas = (text: string, layout: Layout): CommaReadings => {
  for (const separator of PLAIN_SEPARATORS) {
    const join = text.includes(separator) ? readCells(text.split(separator), layout) : undefined;
    if (join !== undefined) return { join };
  }
  const spaced = splitAtSpacedCommas(text);
  const join = readCells(spaced, layout);
  if (join === undefined) {
    const bare = text.split(",");
    const joined = joinThousands(bare);
    const separate = readCells(bare, layout);
    if (joined.length === bare.length) return { separate };
    return { join: readCells(joined, layout), separate, onlyWithPoint: true };
  }
  // `Phaser, 500,35`: one figure with a comma in it, or two. A layout that knows its decimal separator decides.
  const last = spaced.at(-1) ?? "";
  if (join.tax !== null || layout.decimal !== null || !hasCommaBetweenDigits(last)) return { join };
  return { join, separate: readCells([...spaced.slice(0, -1), ...last.split(",")], layout) };
};

const under = ({ name, price, tax }: OpenItem, decimal: DecimalSeparator): ItemFigures => ({
  name,
  price: valueUnder(price, decimal),
  tax: tax === null ? null : valueUnder(tax, decimal),
});

const valueUnder = (amount: ReadableAmount, decimal: DecimalSeparator): Decimal => {
  if (amount.kind === "exact") return amount.value;
  return decimal === "." ? amount.point : amount.comma;
};

const hasCommaBetweenDigits = (text: string): boolean => {
  for (let at = text.indexOf(","); at !== -1; at = text.indexOf(",", at + 1)) {
    if (isDigit(text[at - 1]) && isDigit(text[at + 1])) return true;
  }
  return false;
};

const readCells = (cells: readonly string[], layout: Layout): OpenItem | undefined => {
  const last = readFigure(cells.at(-1), layout);
  if (last === undefined || cells.length < 2) return undefined;
  const before = cells.length > 2 ? readFigure(cells.at(-2), layout) : undefined;
  const name = nameOf(cells.slice(0, before === undefined ? -1 : -2));
  if (name === "") return undefined;
  return before === undefined ? { name, price: last, tax: null } : { name, price: before, tax: last };
};

const readFigure = (cell: string | undefined, { currencyNames }: Layout): ReadableAmount | undefined => {
  const text = cell?.trim() ?? "";
  // `007` is part of a name or of a number that was cut in two, not a figure of its own.
  if (text.length > 1 && text.startsWith("0") && isDigit(text[1])) return undefined;
  const reading = readAmount(text, null, currencyNames);
  return reading.kind === "unreadable" ? undefined : reading;
};

const nameOf = (cells: readonly string[]): string => collapseSpaces(cells.join(",").trim());

const splitAtSpacedCommas = (text: string): string[] => {
  const cells: string[] = [];
  let start = 0;
  for (let at = text.indexOf(","); at !== -1; at = text.indexOf(",", at + 1)) {
    if (!isSpace(text[at + 1])) continue;
    cells.push(text.slice(start, at));
    start = at + 1;
  }
  cells.push(text.slice(start));
  return cells;
};

/** Puts together again what a comma for thousands was split at: `1`, `250`, `30` is `1,250`, `30`. */
const joinThousands = (cells: readonly string[]): string[] => {
  const joined: string[] = [];
  let mayGoOn = false;
  for (const cell of cells) {
    if (mayGoOn && isThousandsGroup(cell)) {
      joined.push(`${joined.pop()},${cell}`);
      mayGoOn = cell.trimEnd().length === 3;
      continue;
    }
    joined.push(cell);
    const digits = cell.trimStart();
    mayGoOn = areDigits(digits) && digits.length <= 3 && !digits.startsWith("0");
  }
  return joined;
};

/** Three digits, and decimals behind a point at most. */
const isThousandsGroup = (cell: string): boolean =>
  areDigits(cell.slice(0, 3)) && cell.length >= 3 && !isDigit(cell[3]);
