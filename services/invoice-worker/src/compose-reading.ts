import { formatDecimal } from "@stockwire/contracts/decimal";
import type { Check, FieldReading, InvoiceReading, ItemReading } from "@stockwire/contracts/invoice";
import { FIELD_NAMES, type FieldName } from "@stockwire/contracts/invoice";
import { judgeStanding } from "./check/judge-standing.ts";
import type { FieldValues } from "./fields/field-values.ts";
import type { Findings } from "./findings.ts";
import type { SettledFigures, SettledItem } from "./settle/settled-invoice.ts";
import type { FileFault } from "./text/read-text.ts";

const MISSING: FieldReading = { value: null, line: null, standing: "missing" };

/** The reading of a file that is no invoice. */
export const composeRejected = ({ code, message, line }: FileFault): InvoiceReading => ({
  status: "rejected",
  reasons: [code],
  layout: null,
  fields: allFields(() => MISSING),
  currency: null,
  items: [],
  checks: [],
  problems: [{ code, message, line, field: null }],
  notes: [],
  omitted: 0,
});

/** Puts together what was read, decided and checked, and says whether that is enough. */
export const composeReading = (
  layout: NonNullable<InvoiceReading["layout"]>,
  values: FieldValues,
  figures: SettledFigures,
  currency: string | null,
  checks: readonly Check[],
  findings: Findings,
): InvoiceReading => {
  const fields = allFields((field) => readingOf(field, values, figures, checks));
  const failed = checks.filter(({ outcome }) => outcome === "failed").map(({ name }) => name);
  const hasIds = fields.customer_id.value !== null && fields.invoice_id.value !== null;
  const reasons = [...findings.codes, ...failed];
  return {
    status: hasIds ? (reasons.length === 0 ? "accepted" : "quarantined") : "rejected",
    reasons,
    layout,
    fields,
    currency,
    items: figures.items.map((item) => itemOf(item, checks)),
    checks,
    problems: findings.problems,
    notes: findings.notes,
    omitted: findings.omitted(),
  };
};

const allFields = (read: (field: FieldName) => FieldReading): Record<FieldName, FieldReading> =>
  Object.fromEntries(FIELD_NAMES.map((field) => [field, read(field)])) as Record<FieldName, FieldReading>;

const readingOf = (
  field: FieldName,
  values: FieldValues,
  figures: SettledFigures,
  checks: readonly Check[],
): FieldReading => {
  const unreadableLine = values.unreadable.get(field);
  if (unreadableLine !== undefined) return { value: null, line: unreadableLine, standing: "unreadable" };
  const found =
    field === "amount" || field === "tax" || field === "total"
      ? figureOf(field, values, figures)
      : values.texts.get(field);
  if (found === undefined) return MISSING;
  if (found.value === undefined) return { value: null, line: found.line, standing: "unreadable" };
  const { value, line } = found;
  const standing = judgeStanding(field, checks);
  if (field !== "tax" || figures.taxes.length < 2) return { value, line, standing };
  const parts = figures.taxes.map((tax) => ({ ...tax, value: formatDecimal(tax.value) }));
  return { value, line, standing, parts };
};

const figureOf = (
  field: "amount" | "tax" | "total",
  values: FieldValues,
  figures: SettledFigures,
): { value: string | undefined; line: number } | undefined => {
  const first = field === "tax" ? values.taxes?.[0] : values[field];
  const value = figures[field];
  if (first === undefined) return undefined;
  return { value: value === undefined ? undefined : formatDecimal(value), line: first.line };
};

const itemOf = ({ number, line, name, figures }: SettledItem, checks: readonly Check[]): ItemReading => {
  if (figures === undefined) {
    return {
      number,
      line,
      name,
      price: null,
      tax: null,
      priceStanding: "unreadable",
      taxStanding: "unreadable",
    };
  }
  const { price, tax } = figures;
  return {
    number,
    line,
    name,
    price: formatDecimal(price),
    tax: tax === null ? null : formatDecimal(tax),
    priceStanding: judgeStanding("item_price", checks),
    taxStanding: tax === null ? "missing" : judgeStanding("item_tax", checks),
  };
};
