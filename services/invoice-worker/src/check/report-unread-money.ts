import { type Decimal, formatDecimal } from "@stockwire/contracts/decimal";
import type { Findings } from "../findings.ts";
import { isDamagedFigure } from "../items/damaged-figure.ts";
import type { Layout } from "../layout/layout.ts";
import { readAmount } from "../parse/read-amount.ts";
import { readDate } from "../parse/read-date.ts";
import { MAX_STATEMENTS, type MoneyStatement, type Scan } from "../parse/scan-invoice.ts";
import { type CurrencyMentions, mention } from "../settle/settle-currency.ts";
import { shorten } from "../text/characters.ts";

const SIGNS = "+-\u2212\u2013()=@";

/**
 * Reports money that the invoice states and that is in no field: a discount, what is left to pay. Nothing and 0 change
 * nothing, and what is payable may say the Total again.
 */
export const reportUnreadMoney = (
  { money, moneyExcess }: Scan,
  total: Decimal | undefined,
  layout: Layout,
  mentions: CurrencyMentions,
  findings: Findings,
): void => {
  for (const statement of money) {
    const { label, line, text } = statement;
    if (!isMoney(statement, total, layout, mentions)) continue;
    const than = total === undefined ? "" : `, and the Total is ${formatDecimal(total)}`;
    const message =
      `${label}: "${shorten(text, 40)}"${than}; this label is not read: ` +
      "work it into Amount, tax and Total, or leave it out";
    findings.problem({ code: "unread_amount", message, line, field: null });
  }
  if (moneyExcess === undefined) return;
  const message = `more than ${MAX_STATEMENTS} labels of amounts that are not read; leave them out`;
  findings.problem({ code: "unread_amount", message, line: moneyExcess, field: null });
};

const isMoney = (
  { target, text, line }: MoneyStatement,
  total: Decimal | undefined,
  layout: Layout,
  mentions: CurrencyMentions,
): boolean => {
  // Behind its rate, where it has one: `5% 150`.
  const figure = text.slice(text.lastIndexOf("%") + 1).trim();
  if (!holdsMoreThanZero(figure)) return false;
  const reading = readAmount(withoutSigns(figure), layout.decimal, layout.currencyNames);
  if (reading.kind === "unreadable") {
    return (
      reading.code === "amount_out_of_range" ||
      (isDamagedFigure(figure, layout) && readDate(figure, layout).kind === "unreadable")
    );
  }
  mention(mentions, reading.currencies, line);
  if (target === "adjustment") return true;
  if (total === undefined) return false;
  return reading.kind === "exact"
    ? reading.value !== total
    : reading.point !== total && reading.comma !== total;
};

const holdsMoreThanZero = (text: string): boolean => {
  for (const character of text) if ("123456789".includes(character)) return true;
  return false;
};

const withoutSigns = (text: string): string => {
  let rest = "";
  for (const [at, character] of [...text].entries()) {
    // `150/-` keeps its dash.
    if (!SIGNS.includes(character) || (character === "-" && "/,".includes(text[at - 1] ?? " "))) {
      rest += character;
    }
  }
  return rest.trim();
};
