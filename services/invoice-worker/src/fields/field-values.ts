import type { Decimal } from "@stockwire/contracts/decimal";
import type { FieldName } from "@stockwire/contracts/invoice";
import type { AmountReading } from "../parse/read-amount.ts";

/** A figure of the invoice's foot that could be read, if only in two ways. */
export interface Figure {
  readonly field: "amount" | "tax" | "total";
  readonly label: string;
  readonly line: number;
  /** As written. */
  readonly text: string;
  readonly reading: Exclude<AmountReading, { kind: "unreadable" }>;
}

/** What stands behind the labels, each value read by itself. */
export interface FieldValues {
  /** Values that need no arithmetic: ids, date, names, words. */
  readonly texts: ReadonlyMap<FieldName, { readonly value: string; readonly line: number }>;
  /** The total in words, as a number. */
  readonly words: Decimal | undefined;
  readonly amount: Figure | undefined;
  readonly total: Figure | undefined;
  /** Several where an invoice states several taxes; undefined where one of them cannot be read. */
  readonly taxes: readonly Figure[] | undefined;
  /** Where fields stand that have no value, because they could not be read: their line. */
  readonly unreadable: ReadonlyMap<FieldName, number>;
}
