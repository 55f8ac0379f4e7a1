import { formatDecimal, sumOf } from "@stockwire/contracts/decimal";
import type { InvoiceReading } from "@stockwire/contracts/invoice";
import { reportUnreadMoney } from "./check/report-unread-money.ts";
import { runChecks } from "./check/run-checks.ts";
import { composeReading, composeRejected } from "./compose-reading.ts";
import { readFields } from "./fields/read-fields.ts";
import { createFindings, type Findings } from "./findings.ts";
import { readItems } from "./items/read-items.ts";
import { chooseLayout } from "./layout/choose-layout.ts";
import type { Layout } from "./layout/layout.ts";
import type { Scan } from "./parse/scan-invoice.ts";
import { type CurrencyMentions, mention, settleCurrency } from "./settle/settle-currency.ts";
import { settleFigures } from "./settle/settle-figures.ts";
import type { SettledFigures } from "./settle/settled-invoice.ts";
import { collapseSpaces, hasForbidden, shorten } from "./text/characters.ts";
import { linesOf } from "./text/lines.ts";
import { readText } from "./text/read-text.ts";

/**
 * Reads one invoice: every stage in order. Pure, and never throws for what a file holds: whatever it is, the reading
 * says what was found, what was not, and why. Takes time and memory linear in the file's size, up to a limit.
 * @param layouts in order of preference, see `loadLayouts`
 * @param today ISO date, UTC
 */
export const parseInvoice = (
  input: Uint8Array | string,
  layouts: readonly Layout[],
  today: string,
): InvoiceReading => {
  const text = readText(input);
  if (typeof text !== "string") return composeRejected(text);
  const chosen = chooseLayout(text, layouts);
  if (chosen === undefined) {
    const message = "no label of any layout stands in the file; write labels like Customer-ID: and Total:";
    return composeRejected({ code: "not_an_invoice", message, line: null });
  }
  const { layout, scan, because } = chosen;
  const findings = createFindings();
  reportText(text, scan, findings);
  const mentions: CurrencyMentions = new Map();
  const values = readFields(scan, layout, mentions, findings);
  const { candidates, areAllRead } = readItems(scan, layout, findings);
  const figures = settleFigures(values, candidates, findings);
  reportFigures(figures, values.taxes?.length === 0, findings);
  reportUnreadMoney(scan, figures.total, layout, mentions, findings);
  for (const { settled, open, line } of candidates) {
    mention(mentions, (settled ?? open?.find((reading) => reading !== undefined))?.currencies, line);
  }
  const currency = settleCurrency(mentions, layout.currencyNames, findings);
  const checks = runChecks(figures, values.texts.get("date")?.value, areAllRead, currency.isMixed, today);
  return composeReading({ name: layout.name, because }, values, figures, currency.code, checks, findings);
};

/** What is to be said about the text as such. */
const reportText = (text: string, scan: Scan, findings: Findings): void => {
  if (hasForbidden(text)) {
    for (const { number, start, end } of linesOf(text)) {
      if (!hasForbidden(text.slice(start, end))) continue;
      const message = "the file holds a control character or an invisible mark, here first; remove it";
      findings.problem({ code: "control_character", message, line: number, field: null });
      break;
    }
  }
  if (scan.refused !== undefined) {
    const { line, text: heading } = scan.refused;
    const message = `"${shorten(collapseSpaces(heading))}" is no invoice: credit notes are not booked as expenses; book it by hand`;
    findings.problem({ code: "credit_note", message, line, field: null });
  }
  for (const { line, text: unread } of scan.unread) {
    const message = `"${shorten(collapseSpaces(unread))}" was not read: no known label stands before it`;
    findings.note({ code: "unread_line", message, line, field: null });
  }
  const more = scan.unreadCount - scan.unread.length;
  if (more > 0) {
    const message = `${more} more lines were not read`;
    findings.note({ code: "unread_line", message, line: null, field: null });
  }
};

const reportFigures = (
  { amount, total, taxes, items }: SettledFigures,
  isWithoutTax: boolean,
  findings: Findings,
): void => {
  if (taxes.length > 1) {
    const sum = taxes.map(({ label, value }) => `${label} ${formatDecimal(value)}`).join(" + ");
    const message = `the tax is the sum of ${sum}`;
    findings.note({ code: "taxes_added", message, line: taxes[0]?.line ?? null, field: "tax" });
  }
  if (!isWithoutTax) return;
  const report = (code: string, message: string): void =>
    findings.problem({ code, message, line: null, field: "tax" });
  // Without a tax there is nothing to check Amount and Total with, yet they cannot both be right.
  if (amount !== undefined && total !== undefined && amount !== total) {
    const figures = `Amount: ${formatDecimal(amount)}; Total: ${formatDecimal(total)}`;
    report(
      "unexplained_difference",
      `${figures}; no tax is stated that makes the difference; write it behind its own label`,
    );
    return;
  }
  const itemTaxes = sumOf(items.map(({ figures }) => figures?.tax ?? 0n));
  if (itemTaxes === 0n) return;
  report(
    "unexplained_item_taxes",
    `the items' taxes: ${formatDecimal(itemTaxes)}; the invoice states no tax; write it behind its own label`,
  );
};
