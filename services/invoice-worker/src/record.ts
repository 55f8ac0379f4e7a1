import type { FieldName } from "./layout/layout-schema.ts";

/** What reading one invoice says. Plain data: amounts are strings of exact decimals, dates are ISO. */
export interface InvoiceReading {
  /**
   * `accepted`: every required field is there and no check failed; `quarantined`: kept and listed, not exported;
   * `rejected`: not an invoice, or without the two ids that it would be kept under.
   */
  readonly status: "accepted" | "quarantined" | "rejected";
  /** Why it is not accepted, by name: codes of problems and names of failed checks, each once. */
  readonly reasons: readonly string[];
  /** Null where the file could not be read at all. */
  readonly layout: { readonly name: string; readonly because: string } | null;
  readonly fields: Readonly<Record<FieldName, FieldReading>>;
  readonly items: readonly ItemReading[];
  readonly checks: readonly Check[];
  /** Each one keeps the invoice from being accepted. */
  readonly problems: readonly Finding[];
  /** What the sender may want to know and what disturbs nothing. */
  readonly notes: readonly Finding[];
  /** Problems and notes beyond those listed. */
  readonly omitted: number;
}

/**
 * `confirmed`: a check that passed covers the value and none that failed does; `disputed`: a failed check covers it;
 * `unchecked`: no check could say; `unreadable`: something stands there, see the problems.
 */
export type Standing = "confirmed" | "disputed" | "unchecked" | "unreadable" | "missing";

export interface FieldReading {
  /** Null where it is missing or could not be read without guessing. */
  readonly value: string | null;
  /** Physical line of the value's beginning, 1-based. */
  readonly line: number | null;
  readonly standing: Standing;
  /** The several taxes that add up to `tax`; absent where there is one. */
  readonly parts?: readonly TaxPart[];
}

interface TaxPart {
  readonly label: string;
  readonly value: string;
  readonly line: number;
}

export interface ItemReading {
  /** As numbered in the file; null in a table without numbers. */
  readonly number: string | null;
  readonly line: number;
  /** Null where it depends on figures that could not be decided. */
  readonly name: string | null;
  readonly price: string | null;
  /** Null where the item states none, or where it could not be read. */
  readonly tax: string | null;
  readonly priceStanding: Standing;
  readonly taxStanding: Standing;
}

export type CheckName =
  | "item_prices_equal_amount"
  | "item_taxes_equal_tax"
  | "amount_and_tax_equal_total"
  | "words_equal_total"
  | "date_in_range";

export interface Check {
  readonly name: CheckName;
  readonly outcome: "passed" | "failed" | "unchecked";
  /** With both figures where there are two; what is missing where it is unchecked. */
  readonly message: string;
}

export interface Finding {
  readonly code: string;
  /** What is wrong and what to do about it. */
  readonly message: string;
  /** Physical line, 1-based; null where it is about the whole file. */
  readonly line: number | null;
  readonly field: FieldName | "items" | null;
}
