import type { Decimal } from "@stockwire/contracts/decimal";
import type { DecimalSeparator, Layout } from "../layout/layout.ts";

/**
 * How a file's figures may be meant: which separator is the decimal one, and whether a comma between two digits
 * belongs to a number or separates two. One file keeps to one convention, which is what makes it possible to find
 * it out: there are four, not two to the power of the number of items.
 */
export interface Convention {
  readonly decimal: DecimalSeparator;
  readonly commas: "join" | "separate";
}

const ALL: readonly Convention[] = [
  { decimal: ".", commas: "join" },
  { decimal: ",", commas: "join" },
  { decimal: ".", commas: "separate" },
  { decimal: ",", commas: "separate" },
];

export const conventionsOf = ({ decimal }: Layout): readonly Convention[] =>
  decimal === null ? ALL : ALL.filter((convention) => convention.decimal === decimal);

/** One way to read an item. */
export interface ItemFigures {
  readonly name: string;
  readonly price: Decimal;
  readonly tax: Decimal | null;
  /** Named beside the figures, in lower case; absent where none is. */
  readonly currencies?: readonly string[];
}

/** The currencies beside two figures, for an item that names any. */
export const currenciesOf = (
  ...figures: readonly ({ readonly currencies?: readonly string[] } | null)[]
): Pick<ItemFigures, "currencies"> => {
  const currencies = figures.flatMap((figure) => figure?.currencies ?? []);
  return currencies.length === 0 ? {} : { currencies };
};

/** One item and what it may mean. */
export interface ItemCandidate {
  readonly number: string | null;
  readonly line: number;
  /** The one reading that every convention agrees on. */
  readonly settled?: ItemFigures;
  /** Otherwise each convention's reading, in the order of `conventionsOf`; undefined where it gives none. */
  readonly open?: readonly (ItemFigures | undefined)[];
}

/** @param readings one for each convention; undefined where none of them gives a reading */
export const createCandidate = (
  number: string | null,
  line: number,
  readings: readonly (ItemFigures | undefined)[],
): ItemCandidate | undefined => {
  const settled = readings.find((reading) => reading !== undefined);
  if (settled === undefined) return undefined;
  const agrees = readings.every((reading) => reading === undefined || isSameReading(reading, settled));
  return agrees ? { number, line, settled } : { number, line, open: readings };
};

export const isSameReading = (one: ItemFigures, other: ItemFigures | undefined): boolean =>
  one.price === other?.price && one.tax === other.tax && one.name === other.name;
