import { type Static, Type } from "typebox";

/** An invoice as it was read: shapes that cross from the worker to the API and to its callers. */

/** What can be read from an invoice, named as the CSV's columns; `in_words` is the total in words. */
export const FIELD_NAMES = [
  "customer_id",
  "invoice_id",
  "date",
  "from",
  "to",
  "amount",
  "tax",
  "total",
  "in_words",
] as const;
export type FieldName = (typeof FIELD_NAMES)[number];

/** The first date that an invoice may have, and the first partition of the report's tables. */
export const EARLIEST_INVOICE_DATE = "2000-01-01";

const literals = <const Names extends readonly string[]>(names: Names, description?: string) =>
  Type.Unsafe<Names[number]>(Type.Enum([...names], description === undefined ? {} : { description }));
const nullable = <Schema extends Parameters<typeof Type.Union>[0][number]>(
  schema: Schema,
  description?: string,
) => Type.Union([schema, Type.Null()], description === undefined ? {} : { description });

export const Standing = literals(
  ["confirmed", "disputed", "unchecked", "unreadable", "missing"],
  "confirmed: a check that passed covers the value and none that failed does; disputed: a failed check covers " +
    "it; unchecked: no check could say; unreadable: something stands there, see the problems; missing: nothing does",
);
export type Standing = Static<typeof Standing>;

const TaxPart = Type.Object({ label: Type.String(), value: Type.String(), line: Type.Integer() });

export const FieldReading = Type.Object({
  value: nullable(Type.String(), "null where it is missing or could not be read without guessing"),
  line: nullable(Type.Integer(), "physical line in the file, from 1"),
  standing: Standing,
  parts: Type.Optional(Type.Array(TaxPart, { description: "several taxes that add up to this one" })),
});
export type FieldReading = Static<typeof FieldReading>;

export const ItemReading = Type.Object({
  number: nullable(Type.String(), "as numbered in the file; null in a table without numbers"),
  line: Type.Integer(),
  name: nullable(Type.String(), "null where it depends on figures that could not be decided"),
  price: nullable(Type.String()),
  tax: nullable(Type.String(), "null where the item states none, or where it could not be read"),
  priceStanding: Standing,
  taxStanding: Standing,
});
export type ItemReading = Static<typeof ItemReading>;

export const CHECK_NAMES = [
  "item_prices_equal_amount",
  "item_taxes_equal_tax",
  "amount_and_tax_equal_total",
  "words_equal_total",
  "date_in_range",
] as const;
export type CheckName = (typeof CHECK_NAMES)[number];

export const Check = Type.Object({
  name: literals(CHECK_NAMES),
  outcome: literals(["passed", "failed", "unchecked"]),
  message: Type.String({ description: "both figures; what is missing where it is unchecked" }),
});
export type Check = Static<typeof Check>;

export const Finding = Type.Object({
  code: Type.String(),
  message: Type.String({ description: "what is wrong and what to do about it" }),
  line: nullable(Type.Integer(), "physical line, from 1; null where it is about the whole file"),
  field: nullable(literals([...FIELD_NAMES, "items"])),
});
export type Finding = Static<typeof Finding>;

export const Layout = Type.Object({ name: Type.String(), because: Type.String() });

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
  readonly layout: Static<typeof Layout> | null;
  readonly fields: Readonly<Record<FieldName, FieldReading>>;
  /** ISO 4217, or a layout's own code like it; null where the file names none, or one that several share (`$`). */
  readonly currency: string | null;
  readonly items: readonly ItemReading[];
  readonly checks: readonly Check[];
  /** Each one keeps the invoice from being accepted. */
  readonly problems: readonly Finding[];
  /** What the sender may want to know and what disturbs nothing. */
  readonly notes: readonly Finding[];
  /** Problems and notes beyond those listed. */
  readonly omitted: number;
}

export const InvoiceStatus = literals(
  ["accepted", "quarantined"],
  "accepted: every required field is there and no check failed; quarantined: kept, not exported, until a corrected file comes",
);
export type InvoiceStatus = Static<typeof InvoiceStatus>;

const REPORTED_FIELDS = Type.Object(
  Object.fromEntries(FIELD_NAMES.map((name) => [name, FieldReading])) as Record<
    FieldName,
    typeof FieldReading
  >,
);

/** What a receipt says about the invoice in its file; the items stand in the invoice itself. */
export const InvoiceReport = Type.Object({
  customerId: nullable(Type.String()),
  invoiceId: nullable(Type.String()),
  status: literals(["accepted", "quarantined", "rejected"]),
  layout: nullable(Layout),
  fields: REPORTED_FIELDS,
  itemCount: Type.Integer(),
  checks: Type.Array(Check),
  problems: Type.Array(Finding, {
    description: "each one keeps the invoice from being accepted; the first 20",
  }),
  notes: Type.Array(Finding, { description: "what disturbs nothing; the first 20" }),
});
export type InvoiceReport = Static<typeof InvoiceReport>;

/** Problems, and notes, listed in the receipt itself. */
export const MAX_REPORTED_FINDINGS = 20;

export const toInvoiceReport = (reading: InvoiceReading): InvoiceReport => ({
  customerId: reading.fields.customer_id.value,
  invoiceId: reading.fields.invoice_id.value,
  status: reading.status,
  layout: reading.layout,
  fields: reading.fields,
  itemCount: reading.items.length,
  checks: [...reading.checks],
  problems: reading.problems.slice(0, MAX_REPORTED_FINDINGS),
  notes: reading.notes.slice(0, MAX_REPORTED_FINDINGS),
});
