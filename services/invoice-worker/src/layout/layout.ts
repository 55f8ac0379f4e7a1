import type { FieldName } from "@stockwire/contracts/invoice";
import type { CurrencyNames } from "../parse/currency-names.ts";
import { createLabelIndex, foldLabel, type LabelNode } from "./label-index.ts";
import type { FieldTemplate, ItemTable, LayoutTemplate } from "./layout-schema.ts";

export type DateOrder = "dmy" | "mdy" | "ymd" | null;
/** Money that is not read: what is left to pay, which may say the Total again, or what makes it another. */
export type MoneyTarget = "payable" | "adjustment";
export type DecimalSeparator = "." | ",";

/** Where a label leads: one field, or money that is in none, under the name that the template gives the label. */
export interface LabelTarget {
  readonly field: FieldName | "items" | MoneyTarget;
  readonly label: string;
}

/** A checked template, arranged for reading. */
export interface Layout {
  readonly name: string;
  readonly decimal: DecimalSeparator | null;
  readonly dateOrder: DateOrder;
  /** Lower case, English names included. */
  readonly months: ReadonlyMap<string, number>;
  readonly currencyNames: CurrencyNames;
  /** Lower case. */
  readonly fractionNames: ReadonlySet<string>;
  /** Folded as labels are; lines that say nothing more need no mention. */
  readonly headings: ReadonlySet<string>;
  readonly fields: ReadonlyMap<FieldName, FieldTemplate>;
  readonly itemLabels: ReadonlySet<string>;
  readonly itemsRequired: boolean;
  /** Absent: items are a numbered list. */
  readonly itemTable?: ItemTable;
  readonly labels: LabelNode<LabelTarget>;
  /** Headings of what is no invoice, from their first character to the last. */
  readonly refused: LabelNode<string>;
}

const ENGLISH_MONTHS = [
  "january",
  "february",
  "march",
  "april",
  "may",
  "june",
  "july",
  "august",
  "september",
  "october",
  "november",
  "december",
];

/** @param template one that `checkTemplate` let pass */
export const createLayout = (template: LayoutTemplate): Layout => {
  const fields = template.fields.filter((field) => field.field !== "items");
  const items = template.fields.find((field) => field.field === "items");
  const months = new Map<string, number>([["sept", 9]]);
  for (const [index, name] of ENGLISH_MONTHS.entries()) {
    months.set(name, index + 1).set(name.slice(0, 3), index + 1);
  }
  for (const [name, month] of Object.entries(template.locale.months ?? {})) {
    months.set(name.normalize("NFC").toLowerCase(), month);
  }
  const labels = template.fields.flatMap(({ field, labels: names }) =>
    names.map((label) => [label.normalize("NFC"), { field, label }] as const),
  );
  const money = [
    ...(template.unread?.payable ?? []).map((label) => [label, "payable"] as const),
    ...(template.unread?.adjustments ?? []).map((label) => [label, "adjustment"] as const),
  ].map(([label, field]) => [label.normalize("NFC"), { field, label }] as const);
  return {
    name: template.name,
    decimal: template.locale.decimal,
    dateOrder: template.locale.dateOrder,
    months,
    currencyNames: readCurrencies(template.currency.codes),
    fractionNames: lowerCase(template.currency.fractions),
    headings: new Set((template.headings ?? []).map(foldLabel)),
    fields: new Map(fields.map((field) => [field.field, field])),
    itemLabels: new Set((items?.labels ?? []).map(foldLabel)),
    itemsRequired: items?.required ?? false,
    ...(items?.kind === "items" && items.form === "table" && { itemTable: items }),
    labels: createLabelIndex<LabelTarget>([...labels, ...money]),
    refused: createLabelIndex<string>(
      (template.refused ?? []).map((heading) => [reversed(heading.normalize("NFC")), heading]),
    ),
  };
};

/** Turns codes and their names into names and their codes: `$` is that of several. */
const readCurrencies = (codes: LayoutTemplate["currency"]["codes"]): CurrencyNames => {
  const names = new Map<string, string[]>();
  for (const [code, written] of Object.entries(codes)) {
    for (const name of lowerCase(written)) {
      const known = names.get(name);
      if (known === undefined) names.set(name, [code]);
      else known.push(code);
    }
  }
  return names;
};

/** The index is walked from the last character to the first. */
const reversed = (text: string): string => text.split("").reverse().join("");

const lowerCase = (names: readonly string[]): Set<string> =>
  new Set(names.map((name) => name.normalize("NFC").toLowerCase()));
