import { type Decimal, formatDecimal, sumOf } from "@stockwire/contracts/decimal";
import type { Findings } from "../findings.ts";
import { type ItemCandidate, type ItemFigures, isSameReading } from "../items/conventions.ts";
import { shorten } from "../text/characters.ts";
import type { SettledItem } from "./settled-invoice.ts";

interface Sums {
  readonly amount: Decimal | undefined;
  readonly tax: Decimal | undefined;
}

/**
 * Decides items that can be read in several ways: by the one convention under which all items together give Amount
 * and tax, both of which the words vouch for.
 * @param sums undefined where nothing vouches for Amount and tax; then such items stay undecided
 */
export const settleItems = (
  candidates: readonly ItemCandidate[],
  sums: Sums | undefined,
  findings: Findings,
): SettledItem[] => {
  const settled = candidates.map((item) => item.settled);
  const firstOpen = candidates.find(({ open }) => open !== undefined);
  if (firstOpen === undefined) return candidates.map(asItem(settled));
  const fitting: ItemFigures[][] = [];
  const conventions = firstOpen.open?.length ?? 0;
  for (let convention = 0; convention < conventions; convention++) {
    const readings = candidates.map((item) => item.settled ?? item.open?.[convention]);
    const whole = readings.filter((reading) => reading !== undefined);
    if (whole.length === candidates.length && adds(whole, sums) && !fitting.some(sameAs(whole))) {
      fitting.push(whole);
    }
  }
  const [only] = fitting;
  if (only !== undefined && fitting.length === 1) {
    const message = "items that can be read in several ways were read so that they add up to Amount and tax";
    findings.note({ code: "decided_by_words", message, line: firstOpen.line, field: "items" });
    return candidates.map(asItem(only));
  }
  for (const item of candidates) if (item.open !== undefined) findings.problem(undecided(item));
  return candidates.map(asItem(settled));
};

const asItem =
  (figures: readonly (ItemFigures | undefined)[]) =>
  (item: ItemCandidate, index: number): SettledItem => ({
    number: item.number,
    line: item.line,
    name: figures[index]?.name ?? commonName(item),
    figures: figures[index],
  });

const commonName = ({ open = [] }: ItemCandidate): string | null => {
  const names = new Set(open.filter((reading) => reading !== undefined).map(({ name }) => name));
  return names.size === 1 ? ([...names][0] ?? null) : null;
};

const adds = (items: readonly ItemFigures[], sums: Sums | undefined): boolean => {
  if (sums?.amount === undefined || sumOf(items.map(({ price }) => price)) !== sums.amount) return false;
  const taxes = items.map(({ tax }) => tax).filter((tax) => tax !== null);
  return sums.tax === undefined || taxes.length === 0 || sumOf(taxes) === sums.tax;
};

const sameAs = (one: readonly ItemFigures[]) => (other: readonly ItemFigures[]) =>
  one.every((reading, index) => isSameReading(reading, other[index]));

const undecided = ({ line, number, open = [] }: ItemCandidate) => {
  const ways = new Set(open.filter((reading) => reading !== undefined).map(describe));
  const which = number === null ? "the item" : `item ${number}`;
  return {
    code: "ambiguous_amount",
    message: `${which} may be ${[...ways].join(" or ")}; write amounts without separator or with two decimals`,
    line,
    field: "items" as const,
  };
};

const describe = ({ name, price, tax }: ItemFigures): string => {
  const of = `"${shorten(name, 30)}" at ${formatDecimal(price)}`;
  return tax === null ? of : `${of} with tax ${formatDecimal(tax)}`;
};
