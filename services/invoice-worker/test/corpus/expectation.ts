import { formatDecimal } from "@stockwire/contracts/decimal";
import type { CheckName } from "@stockwire/contracts/invoice";
import { FIELD_NAMES, type FieldName } from "@stockwire/contracts/invoice";
import { amountOf, type Rendered, type Source, taxOf } from "../render-invoice.ts";

/** What a person would say that an invoice says. */
export interface Expectation {
  readonly status: "accepted" | "quarantined" | "rejected";
  /** Sorted. */
  readonly reasons: readonly string[];
  readonly layout: string | null;
  /** Null where a value is missing, or cannot be known without guessing. */
  readonly fields: Readonly<
    Record<FieldName, { readonly value: string | null; readonly line: number | null }>
  >;
  readonly items: readonly {
    readonly name: string | null;
    readonly price: string | null;
    readonly tax: string | null;
  }[];
  readonly checks: Readonly<Partial<Record<CheckName, "passed" | "failed" | "unchecked">>>;
}

export interface CorpusFile {
  readonly name: string;
  readonly text: string;
  readonly expected: Expectation;
}

const PASSED = {
  item_prices_equal_amount: "passed",
  item_taxes_equal_tax: "passed",
  amount_and_tax_equal_total: "passed",
  words_equal_total: "passed",
  date_in_range: "passed",
} as const;

/** Expected of a file that was rendered from `source`: what the source says, never what the parser does. */
export const expectedOf = (source: Source, { lines, words }: Rendered, layout: string): Expectation => {
  const amount = amountOf(source);
  const tax = taxOf(source);
  const values: Record<FieldName, string> = {
    customer_id: source.customerId,
    invoice_id: source.invoiceId,
    date: source.date,
    from: source.from,
    to: source.to,
    amount: formatDecimal(amount),
    tax: formatDecimal(tax),
    total: formatDecimal(amount + tax),
    in_words: words,
  };
  const isThere = (field: FieldName): boolean => lines[field] !== undefined;
  const hasItemTax = source.items.some((item) => item.tax !== null);
  return {
    status: "accepted",
    reasons: [],
    layout,
    fields: fieldsOf((field) => ({
      value: isThere(field) ? values[field] : null,
      line: lines[field] ?? null,
    })),
    items: source.items.map(({ name, price, tax: itemTax }) => ({
      name,
      price: formatDecimal(price),
      tax: itemTax === null ? null : formatDecimal(itemTax),
    })),
    checks: {
      ...PASSED,
      ...(!hasItemTax && { item_taxes_equal_tax: "unchecked" as const }),
      ...(!(isThere("in_words") && layout === "default") && { words_equal_total: "unchecked" as const }),
    },
  };
};

const fieldsOf = (value: (field: FieldName) => Expectation["fields"][FieldName]): Expectation["fields"] =>
  Object.fromEntries(FIELD_NAMES.map((field) => [field, value(field)])) as Expectation["fields"];
