import type { Decimal } from "@stockwire/contracts/decimal";
import { formatDecimal } from "@stockwire/contracts/decimal";
import { parseDecimal } from "../reports/exact-decimal.ts";

/**
 * The columns of Xero's bill import template (Business, Bills to pay, Import, "Download template"), as programs that
 * feed it have them; Xero asks that headings be left as they are, asterisks included, which mark what it requires.
 * The template of sales invoices has a few more (Reference, Discount, BrandingTheme), that of bills has not: what a
 * bill calls its reference is the InvoiceNumber. Rows with the same number and contact become one bill. Unit amounts
 * are tax exclusive if so chosen when importing.
 * Sources: skipentry.com/blog/xero-invoice-import-guide;
 * spreadsheetbroccoli.com/platforms/xero/import-bill-guide.
 */
export const XERO_BILL_COLUMNS = [
  "*ContactName",
  "EmailAddress",
  "POAddressLine1",
  "POAddressLine2",
  "POAddressLine3",
  "POAddressLine4",
  "POCity",
  "PORegion",
  "POPostalCode",
  "POCountry",
  "*InvoiceNumber",
  "*InvoiceDate",
  "*DueDate",
  "Total",
  "InventoryItemCode",
  "Description",
  "*Quantity",
  "*UnitAmount",
  "*AccountCode",
  "*TaxType",
  "TaxAmount",
  "TrackingName1",
  "TrackingOption1",
  "TrackingName2",
  "TrackingOption2",
  "Currency",
] as const;

/** What the organisation's own books call things; empty where they are to be filled in in Xero. */
export interface XeroCodes {
  readonly account: string;
  readonly taxType: string;
}

/** An invoice as its CSV has it, by column. */
export type InvoiceCells = Readonly<
  Record<"invoice_id" | "date" | "from" | "amount" | "tax" | "total", string>
>;

/** One row of a bill. */
export interface BillLine {
  readonly description: string;
  readonly unitAmount: string;
  readonly taxAmount: string;
}

/** Before tax, tax, and both; what the invoice leaves out follows from the other two. */
export const amountsOf = ({ amount, tax, total }: InvoiceCells): Record<"net" | "tax" | "total", Decimal> => {
  const [before, itsTax, withTax] = [amount, tax, total].map((cell) =>
    cell === "" ? undefined : parseDecimal(cell),
  );
  const net = before ?? (withTax ?? 0n) - (itsTax ?? 0n);
  const taxes = itsTax ?? (withTax ?? net) - net;
  return { net, tax: taxes, total: withTax ?? net + taxes };
};

export const xeroRow = (invoice: InvoiceCells, codes: XeroCodes, line: BillLine): string[] => {
  const date = invoice.date.split("-").reverse().join("/");
  const cells: Partial<Record<(typeof XERO_BILL_COLUMNS)[number], string>> = {
    "*ContactName": invoice.from,
    "*InvoiceNumber": invoice.invoice_id,
    "*InvoiceDate": date,
    // The files state none.
    "*DueDate": date,
    Total: formatDecimal(amountsOf(invoice).total),
    Description: line.description,
    "*Quantity": "1",
    "*UnitAmount": line.unitAmount,
    "*AccountCode": codes.account,
    "*TaxType": codes.taxType,
    TaxAmount: line.taxAmount,
  };
  return XERO_BILL_COLUMNS.map((column) => cells[column] ?? "");
};
