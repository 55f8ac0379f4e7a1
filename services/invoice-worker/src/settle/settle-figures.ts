import { type Decimal, formatDecimal, sumOf } from "@stockwire/contracts/decimal";
import type { FieldValues, Figure } from "../fields/field-values.ts";
import type { Findings } from "../findings.ts";
import type { ItemCandidate } from "../items/conventions.ts";
import { shorten } from "../text/characters.ts";
import { settleItems } from "./settle-items.ts";
import type { SettledFigures } from "./settled-invoice.ts";

const SEPARATORS = ["point", "comma"] as const;
type Separator = (typeof SEPARATORS)[number];

const under = ({ reading }: Figure, separator: Separator): Decimal =>
  reading.kind === "exact" ? reading.value : reading[separator];

/**
 * Decides what figures like `7.650` mean, from the words outwards: the words decide the Total, the Total decides
 * Amount and taxes together, these decide the items. Every step needs a figure that is certain and exactly one
 * reading that fits it; otherwise the figures stay undecided and are reported. Nothing is decided without the words:
 * 7.650 + 0.500 = 8.150 fits just as well a thousand times larger.
 */
export const settleFigures = (
  values: FieldValues,
  candidates: readonly ItemCandidate[],
  findings: Findings,
): SettledFigures => {
  const { words } = values;
  const total = settleTotal(values.total, words, findings);
  const anchor = words !== undefined && total === words ? total : undefined;
  const base = settleBase(values, anchor, findings);
  const isAnchored = anchor !== undefined && base.amount !== undefined && base.sum === anchor;
  const items = settleItems(candidates, isAnchored ? base : undefined, findings);
  return { amount: base.amount, tax: base.tax, taxes: base.taxes, total, words, items };
};

const settleTotal = (
  total: Figure | undefined,
  words: Decimal | undefined,
  findings: Findings,
): Decimal | undefined => {
  if (total === undefined) return undefined;
  if (total.reading.kind === "exact") return total.reading.value;
  const { point, comma } = total.reading;
  if (words === point || words === comma) {
    findings.note(decided(total, words));
    return words;
  }
  findings.problem(undecided(total, words));
  return undefined;
};

interface Base {
  readonly amount: Decimal | undefined;
  readonly tax: Decimal | undefined;
  readonly taxes: SettledFigures["taxes"];
  /** Amount and taxes together. */
  readonly sum: Decimal | undefined;
}

const settleBase = (values: FieldValues, anchor: Decimal | undefined, findings: Findings): Base => {
  const { amount, taxes } = values;
  const stated = [...(amount === undefined ? [] : [amount]), ...(taxes ?? [])];
  const open = stated.filter(({ reading }) => reading.kind === "ambiguous");
  let separator: Separator | undefined;
  if (open.length > 0) {
    const isWhole = anchor !== undefined && amount !== undefined && taxes !== undefined;
    const fitting = isWhole
      ? SEPARATORS.filter((one) => sumOf(stated.map((figure) => under(figure, one))) === anchor)
      : [];
    separator = fitting.length === 1 ? fitting[0] : undefined;
  }
  const settledValue = (figure: Figure): Decimal | undefined =>
    figure.reading.kind === "exact" || separator !== undefined
      ? under(figure, separator ?? "point")
      : undefined;
  for (const figure of open) {
    const value = settledValue(figure);
    if (value === undefined) findings.problem(undecided(figure, undefined));
    else findings.note(decided(figure, value));
  }
  return combine(amount === undefined ? undefined : settledValue(amount), taxes, settledValue);
};

const combine = (
  amount: Decimal | undefined,
  taxes: readonly Figure[] | undefined,
  settledValue: (figure: Figure) => Decimal | undefined,
): Base => {
  const settled = (taxes ?? []).flatMap((figure) => {
    const value = settledValue(figure);
    return value === undefined ? [] : [{ label: figure.label, line: figure.line, value }];
  });
  const isWhole = taxes !== undefined && settled.length === taxes.length;
  const stated = isWhole && settled.length > 0 ? sumOf(settled.map(({ value }) => value)) : undefined;
  const sum = amount === undefined || !isWhole ? undefined : amount + (stated ?? 0n);
  return { amount, tax: stated, taxes: settled, sum };
};

const decided = ({ field, line, text }: Figure, value: Decimal) => ({
  code: "decided_by_words",
  message: `"${shorten(text, 40)}" was read as ${formatDecimal(value)}, which the total in words decides`,
  line,
  field,
});

const undecided = ({ field, line, text, reading }: Figure, words: Decimal | undefined) => {
  const readings =
    reading.kind === "ambiguous"
      ? `${formatDecimal(reading.point)} or ${formatDecimal(reading.comma)}`
      : formatDecimal(reading.value);
  const said = words === undefined ? "" : `, and the words say ${formatDecimal(words)}`;
  return {
    code: "ambiguous_amount",
    message: `"${shorten(text, 40)}" may be ${readings}${said}; write it without separator or with two decimals`,
    line,
    field,
  };
};
