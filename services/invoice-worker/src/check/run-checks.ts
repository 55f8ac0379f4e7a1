import { type Decimal, formatDecimal, sumOf } from "@stockwire/contracts/decimal";
import { type Check, type CheckName, EARLIEST_INVOICE_DATE } from "@stockwire/contracts/invoice";
import type { SettledFigures } from "../settle/settled-invoice.ts";

const NO_FIGURES: SettledFigures = {
  amount: undefined,
  tax: undefined,
  taxes: [],
  total: undefined,
  words: undefined,
  items: [],
};

/**
 * Holds the figures of an invoice against each other. A check whose figures are missing or undecided is `unchecked`.
 * @param allItemsRead whether every item in the file could be read; a sum of fewer would say nothing
 * @param areMixed figures in different currencies have nothing to say about each other
 * @param today ISO date; an invoice may be dated up to a year from it
 */
export const runChecks = (
  settled: SettledFigures,
  date: string | undefined,
  allItemsRead: boolean,
  areMixed: boolean,
  today: string,
): Check[] => {
  const figures = areMixed ? NO_FIGURES : settled;
  const { amount, tax, taxes, total, words } = figures;
  const taxText = taxes.length > 1 ? taxes.map(({ label }) => label).join(" + ") : "the tax";
  return [
    compareItems("item_prices_equal_amount", figures, allItemsRead),
    compareItems("item_taxes_equal_tax", figures, allItemsRead),
    compare(
      "amount_and_tax_equal_total",
      [`Amount and ${taxText}`, amount === undefined || tax === undefined ? undefined : amount + tax],
      ["the Total", total],
    ),
    compare("words_equal_total", ["the words", words], ["the Total", total]),
    checkDate(date, today),
  ];
};

type Side = readonly [what: string, value: Decimal | undefined];

const compare = (name: CheckName, [what, value]: Side, [other, expected]: Side): Check => {
  if (value === undefined || expected === undefined) {
    const absent = [value === undefined ? what : [], expected === undefined ? other : []].flat();
    return { name, outcome: "unchecked", message: `there is no certain figure for ${absent.join(" and ")}` };
  }
  const figures = `${what}: ${formatDecimal(value)}; ${other}: ${formatDecimal(expected)}`;
  if (value === expected) return { name, outcome: "passed", message: figures };
  const difference = value > expected ? value - expected : expected - value;
  return { name, outcome: "failed", message: `${figures}; they differ by ${formatDecimal(difference)}` };
};

const compareItems = (
  name: "item_prices_equal_amount" | "item_taxes_equal_tax",
  { items, amount, tax }: SettledFigures,
  allItemsRead: boolean,
): Check => {
  const isPrices = name === "item_prices_equal_amount";
  const what = isPrices ? "the items' prices" : "the items' taxes";
  const read = items.map(({ figures }) => figures).filter((figures) => figures !== undefined);
  const values = isPrices
    ? read.map(({ price }) => price)
    : read.map((item) => item.tax).filter((value) => value !== null);
  const isWhole = allItemsRead && read.length === items.length && values.length > 0;
  return compare(
    name,
    [what, isWhole ? sumOf(values) : undefined],
    isPrices ? ["the Amount", amount] : ["the tax", tax],
  );
};

const checkDate = (date: string | undefined, today: string): Check => {
  const name = "date_in_range";
  if (date === undefined) return { name, outcome: "unchecked", message: "there is no certain date" };
  // ISO dates compare as text; the 29th of a February that is not there sorts where it belongs.
  const latest = `${Number(today.slice(0, 4)) + 1}${today.slice(4)}`;
  const isInRange = date >= EARLIEST_INVOICE_DATE && date <= latest;
  const message = `date: ${date}; invoices are dated from ${EARLIEST_INVOICE_DATE} to ${latest}`;
  return { name, outcome: isInRange ? "passed" : "failed", message };
};
