import type { CheckName, FieldName, InvoiceReading } from "@stockwire/contracts/invoice";
import { loadLayouts } from "../src/layout/load-layouts.ts";
import { parseInvoice } from "../src/parse-invoice.ts";

const TODAY = "2026-01-15";
export const layouts = loadLayouts();

export const read = (text: string | Uint8Array): InvoiceReading => parseInvoice(text, layouts, TODAY);

/** An invoice in the default layout, with some lines in other words. */
export const invoice = (lines: Partial<Record<FieldName | "items", string>> = {}): string => {
  const all = {
    customer_id: "Customer-ID: c-1",
    invoice_id: "Inv-ID: i-1",
    date: "Dated: 2018-03-31",
    from: "From: Space Mechanics Inc.",
    to: "To: Starfleet HQ",
    amount: "Amount: 7650",
    tax: "SGST: 500",
    total: "Total: 8150",
    in_words: "InWords: Space Rupees Eight thousand one hundred fifty only",
    items: "Items\n1) Controller, 5000, 300\n2) Damper, 2650, 200",
    ...lines,
  };
  return `${Object.values(all)
    .filter((line) => line !== "")
    .join("\n")}\n`;
};

export const valuesOf = ({ fields }: InvoiceReading): Record<string, string | null> =>
  Object.fromEntries(Object.entries(fields).map(([name, { value }]) => [name, value]));

export const outcome = ({ checks }: InvoiceReading, name: CheckName): string | undefined =>
  checks.find((check) => check.name === name)?.outcome;

/** `name|price|tax` */
export const itemsOf = ({ items }: InvoiceReading): string[] =>
  items.map(({ name, price, tax }) => `${name}|${price}|${tax ?? ""}`);
