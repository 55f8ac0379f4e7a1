import type { Decimal } from "@stockwire/contracts/decimal";
import type { FieldName } from "@stockwire/contracts/invoice";
import type { Findings } from "../findings.ts";
import { foldLabel } from "../layout/label-index.ts";
import type { Layout } from "../layout/layout.ts";
import { readAmount } from "../parse/read-amount.ts";
import { readDate } from "../parse/read-date.ts";
import { MAX_OCCURRENCES, type Occurrence, type Scan } from "../parse/scan-invoice.ts";
import { type CurrencyMentions, mention } from "../settle/settle-currency.ts";
import { hasForbidden, shorten } from "../text/characters.ts";
import { readNumberWords } from "../words/read-number-words.ts";
import type { FieldValues, Figure } from "./field-values.ts";
import { readIdentifier, readTextField } from "./read-texts.ts";

/**
 * Reads each field's value by itself. What is missing, repeated or unreadable is told to `findings`, what names a
 * currency to `mentions`.
 */
export const readFields = (
  scan: Scan,
  layout: Layout,
  mentions: CurrencyMentions,
  findings: Findings,
): FieldValues => {
  const texts = new Map<FieldName, { value: string; line: number }>();
  const figures = new Map<FieldName, Figure[]>();
  const unreadable = new Map<FieldName, number>();
  let words: Decimal | undefined;

  for (const [field, template] of layout.fields) {
    const excess = scan.excess.get(field);
    if (excess !== undefined) {
      // What lies beyond the limit may differ, and some of the rest may be empty: nothing of it is certain.
      findings.problem(tooOften(field, excess));
      unreadable.set(field, excess);
      continue;
    }
    const occurrences = (scan.occurrences.get(field) ?? []).filter(({ text }) => text !== "");
    const [first] = occurrences;
    if (first === undefined) {
      if (template.required) findings.problem(missing(field, template.labels));
      continue;
    }
    if (field === "amount" || field === "tax" || field === "total") {
      const read = readFigures(field, occurrences, layout, findings);
      for (const figure of read ?? []) mention(mentions, figure.reading.currencies, figure.line);
      mentionLabels(occurrences, layout, mentions);
      if (read === undefined) unreadable.set(field, first.line);
      else figures.set(field, read);
      continue;
    }
    const value = isOnce(field, occurrences, findings)
      ? readText(field, template.kind, first, layout, findings)
      : undefined;
    if (value === undefined) unreadable.set(field, first.line);
    else texts.set(field, { value, line: first.line });
    if (template.kind !== "words" || value === undefined) continue;
    mentionLabels(occurrences, layout, mentions);
    const read = readWords(first, layout, findings);
    words = read?.value;
    mention(mentions, read?.currencies, first.line);
  }
  return {
    texts,
    words,
    amount: figures.get("amount")?.[0],
    total: figures.get("total")?.[0],
    taxes: unreadable.has("tax") ? undefined : (figures.get("tax") ?? []),
    unreadable,
  };
};

/** `Total (INR): …`, `Rupees in Words: …` */
const mentionLabels = (
  occurrences: readonly Occurrence[],
  { currencyNames }: Layout,
  mentions: CurrencyMentions,
): void => {
  for (const { label, currency, line } of occurrences) {
    if (currency !== undefined) mention(mentions, [currency], line);
    const words = label.toLowerCase().split(" ");
    mention(
      mentions,
      words.filter((word) => currencyNames.has(word)),
      line,
    );
  }
};

const missing = (field: FieldName, labels: readonly string[]) => ({
  code: "missing_field",
  message: `${field} is missing; write it behind "${labels[0]}:"`,
  line: null,
  field,
});

const tooOften = (field: FieldName, line: number) => ({
  code: "repeated_field",
  message: `${field} stands there more than ${MAX_OCCURRENCES} times; state it once`,
  line,
  field,
});

/** The same value twice is one value; two values are none, for which would count? */
const isOnce = (field: FieldName, occurrences: readonly Occurrence[], findings: Findings): boolean => {
  const [first] = occurrences;
  const other = occurrences.find(({ text }) => text !== first?.text);
  if (first === undefined || other === undefined) return true;
  const message =
    `${field} is "${shorten(first.text, 40)}" in line ${first.line} and "${shorten(other.text, 40)}" here; ` +
    "leave the right one";
  findings.problem({ code: "repeated_field", message, line: other.line, field });
  return false;
};

const readText = (
  field: FieldName,
  kind: string,
  occurrence: Occurrence,
  layout: Layout,
  findings: Findings,
): string | undefined => {
  if (kind === "identifier") return readIdentifier(field, occurrence, findings);
  const text = readTextField(field, occurrence, findings);
  if (text === undefined || kind !== "date") return text;
  const reading = readDate(text, layout);
  if (reading.kind === "exact") return reading.date;
  const report = (code: string, message: string): undefined => {
    findings.problem({ code, message, line: occurrence.line, field });
    return undefined;
  };
  const quoted = `"${shorten(text, 40)}"`;
  return reading.kind === "ambiguous"
    ? report(
        "ambiguous_date",
        `${quoted} may be ${reading.dates.join(" or ")}; write the month's name or ${reading.dates[0]}`,
      )
    : report("bad_date", `${quoted} is not a date; write it like 2018-03-31 or 31 March 2018`);
};

const readWords = ({ text, line }: Occurrence, layout: Layout, findings: Findings) => {
  const reading = readNumberWords(text, layout);
  if (reading.kind === "exact") return reading;
  const message = `"${shorten(text)}" cannot be read as a number: ${reading.why}`;
  findings.problem({ code: "unreadable_words", message, line, field: "in_words" });
  return undefined;
};

/** Taxes under different labels add up; under the same label twice, one of them is too many. */
const readFigures = (
  field: Figure["field"],
  occurrences: readonly Occurrence[],
  layout: Layout,
  findings: Findings,
): Figure[] | undefined => {
  const broken = occurrences.find(({ goesOnInLine }) => goesOnInLine !== undefined);
  if (broken !== undefined) {
    const message =
      `"${shorten(broken.text, 40)}" behind ${broken.label} seems to go on in line ${broken.goesOnInLine}, which holds ` +
      "a figure without a label; write the whole figure on one line";
    findings.problem({ code: "bad_amount", message, line: broken.line, field });
    return undefined;
  }
  const seen = new Map<string, Occurrence>();
  for (const occurrence of occurrences) {
    const key = field === "tax" ? foldLabel(occurrence.label) : field;
    const before = seen.get(key);
    if (before === undefined) seen.set(key, occurrence);
    else if (field === "tax") {
      const message = `${occurrence.label} stands in line ${before.line} already; state each tax once`;
      findings.problem({ code: "repeated_field", message, line: occurrence.line, field });
      return undefined;
    } else if (!isOnce(field, [before, occurrence], findings)) return undefined;
  }
  const figures: Figure[] = [];
  for (const occurrence of seen.values()) {
    const { label, line, text } = occurrence;
    const reading = readAmount(text, layout.decimal, layout.currencyNames);
    if (reading.kind !== "unreadable") {
      figures.push({ field, label, line, text, reading });
      continue;
    }
    const code = hasForbidden(text) ? "control_character" : reading.code;
    const message = `"${shorten(text, 40)}" behind ${label} is not an amount: ${reading.why}`;
    findings.problem({ code, message, line, field });
  }
  return figures.length === seen.size ? figures : undefined;
};
