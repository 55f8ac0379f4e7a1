import type { Decimal } from "@stockwire/contracts/decimal";
import type { DecimalSeparator, Layout } from "../layout/layout.ts";
import { type AmountReading, readAmount } from "../parse/read-amount.ts";
import { areDigits, collapseSpaces, isDigit, isSpace } from "../text/characters.ts";
import { conventionsOf, currenciesOf, type ItemFigures } from "./conventions.ts";
import { isDamagedFigure, isPlaceholder } from "./damaged-figure.ts";

/** Separators that no amount contains; where one of them sets off the figures, commas belong to the name. */
const PLAIN_SEPARATORS = ["\t", ";", "|"];

/** An item whose figures may still be meant in two ways each. */
interface OpenItem {
  readonly name: string;
  readonly price: ReadableAmount;
  readonly tax: ReadableAmount | null;
}
type ReadableAmount = Exclude<AmountReading, { kind: "unreadable" }>;

export interface ItemText {
  /** One for each convention, in their order; undefined where one gives no price. */
  readonly readings: readonly (ItemFigures | undefined)[];
  /** A figure stands there that cannot be read; it is part of no name. */
  readonly isDamaged: boolean;
}

/**
 * Reads `name, price` or `name, price, tax`. The last one or two cells are the figures, the name is everything before:
 * it may have commas and digits of its own. But what was meant as a figure is not: of `Discount, -100, 0` the price
 * is not 0.
 */
export const readItemText = (text: string, layout: Layout): ItemText => {
  const { join, separate, onlyWithPoint, isDamaged = false } = readCommas(text, layout);
  const readings = conventionsOf(layout).map(({ decimal, commas }) => {
    if (commas === "separate") return separate && under(separate, decimal);
    return join && !(onlyWithPoint && decimal === ",") ? under(join, decimal) : undefined;
  });
  return { readings, isDamaged: isDamaged && !readings.some(Boolean) };
};

interface CommaReadings {
  readonly isDamaged?: boolean;
  /** With commas between digits as part of a number. */
  readonly join?: OpenItem | undefined;
  /** With such commas between two numbers. */
  readonly separate?: OpenItem | undefined;
  /** A comma for thousands, which rules the decimal comma out. */
  readonly onlyWithPoint?: boolean;
}

const readCommas = (text: string, layout: Layout): CommaReadings => {
  for (const separator of PLAIN_SEPARATORS) {
    const cells = text.includes(separator) ? readCells(text.split(separator), layout) : {};
    if (cells.item !== undefined) return { join: cells.item };
    if (cells.isPriceDamaged) return { isDamaged: true };
  }
  const spaced = splitAtSpacedCommas(text);
  const join = readCells(spaced, layout);
  if (join.isPriceDamaged) return { isDamaged: true };
  if (join.item === undefined) return readBareCommas(text, layout);
  // `Phaser, 500,35`: one figure with a comma in it, or two. A layout that knows its decimal separator decides.
  const last = spaced.at(-1) ?? "";
  if (join.item.tax !== null || layout.decimal !== null || !hasCommaBetweenDigits(last)) {
    return { join: join.item };
  }
  const separate = readCells([...spaced.slice(0, -1), ...last.split(",")], layout);
  return { join: join.item, separate: separate.item };
};

/** Commas without a space behind them: between two cells, or in one figure. */
const readBareCommas = (text: string, layout: Layout): CommaReadings => {
  const bare = text.split(",");
  const joined = joinThousands(bare);
  // `000` may be what a thousands separator was taken from.
  const separate = readCells(bare, layout, joined.length !== bare.length);
  // Where another separator stands as well, what lies between two commas need not be one cell.
  const isOneCell = !PLAIN_SEPARATORS.some((separator) => text.includes(separator));
  const isDamaged = isOneCell && (separate.isPriceDamaged ?? separate.isLastDamaged ?? false);
  if (joined.length === bare.length) return { separate: separate.item, isDamaged };
  const join = readCells(joined, layout);
  if (join.isPriceDamaged) return { isDamaged: isOneCell };
  return { join: join.item, separate: separate.item, onlyWithPoint: true, isDamaged };
};

const under = ({ name, price, tax }: OpenItem, decimal: DecimalSeparator): ItemFigures => ({
  name,
  price: valueUnder(price, decimal),
  tax: tax === null ? null : valueUnder(tax, decimal),
  ...currenciesOf(price, tax),
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

interface CellsReading {
  readonly item?: OpenItem;
  /** The last cell is a figure, and the one before it was meant as one. */
  readonly isPriceDamaged?: true;
  /** The last cell was meant as a figure. */
  readonly isLastDamaged?: true;
}

const readCells = (cells: readonly string[], layout: Layout, hasGroups = false): CellsReading => {
  if (cells.length < 2) return {};
  const last = readFigure(cells.at(-1), layout);
  if (last === undefined) return isDamagedFigure(cells.at(-1) ?? "", layout) ? { isLastDamaged: true } : {};
  const cell = cells.at(-2) ?? "";
  const before = readFigure(cell, layout);
  const isDamaged =
    before === undefined &&
    !(hasGroups && isThousandsGroup(cell)) &&
    (isDamagedFigure(cell, layout) || isPlaceholder(cell, layout));
  if (cells.length === 2) {
    // A figure and another, or none: the name is missing, and which of the two it stands for cannot be known.
    const name = nameOf(cells.slice(0, -1));
    if (before !== undefined || isDamaged || name === "") return {};
    return { item: { name, price: last, tax: null } };
  }
  if (isDamaged) return { isPriceDamaged: true };
  const name = nameOf(cells.slice(0, before === undefined ? -1 : -2));
  if (name === "") return {};
  return { item: before ? { name, price: before, tax: last } : { name, price: last, tax: null } };
};

const readFigure = (cell: string | undefined, { currencyNames }: Layout): ReadableAmount | undefined => {
  const text = cell?.trim() ?? "";
  // `007` is part of a name or of a number that was cut in two, not a figure of its own.
  if (text.length > 1 && text.startsWith("0") && isDigit(text[1])) return undefined;
  const reading = readAmount(text, null, currencyNames);
  return reading.kind === "unreadable" ? undefined : reading;
};

/** Cells that only keep the columns in line are no part of it. */
const nameOf = (cells: readonly string[]): string => {
  const end = cells.findLastIndex((cell) => cell.trim() !== "");
  return collapseSpaces(
    cells
      .slice(0, end + 1)
      .join(",")
      .trim(),
  );
};

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
