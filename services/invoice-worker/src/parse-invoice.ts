import { formatDecimal } from "@stockwire/contracts/decimal";
import type { InvoiceReading } from "@stockwire/contracts/invoice";
import { runChecks } from "./check/run-checks.ts";
import { composeReading, composeRejected } from "./compose-reading.ts";
import { readFields } from "./fields/read-fields.ts";
import { createFindings, type Findings } from "./findings.ts";
import { readItems } from "./items/read-items.ts";
import { chooseLayout } from "./layout/choose-layout.ts";
import type { Layout } from "./layout/layout.ts";
import type { Scan } from "./parse/scan-invoice.ts";
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
  const values = readFields(scan, layout, findings);
  const { candidates, areAllRead } = readItems(scan, layout, findings);
  const figures = settleFigures(values, candidates, findings);
  reportFigures(figures, values.taxes?.length === 0, findings);
  const checks = runChecks(figures, values.texts.get("date")?.value, areAllRead, today);
  return composeReading({ name: layout.name, because }, values, figures, checks, findings);
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
  { amount, total, taxes }: SettledFigures,
  isWithoutTax: boolean,
  findings: Findings,
): void => {
  if (taxes.length > 1) {
    const sum = taxes.map(({ label, value }) => `${label} ${formatDecimal(value)}`).join(" + ");
    const message = `the tax is the sum of ${sum}`;
    findings.note({ code: "taxes_added", message, line: taxes[0]?.line ?? null, field: "tax" });
  }
  // Without a tax there is nothing to check Amount and Total with, yet they cannot both be right.
  if (isWithoutTax && amount !== undefined && total !== undefined && amount !== total) {
    const message =
      `Amount: ${formatDecimal(amount)}; Total: ${formatDecimal(total)}; no tax is stated that makes the ` +
      "difference; write it behind its own label";
    findings.problem({ code: "unexplained_difference", message, line: null, field: "tax" });
  }
};
