import { createHash } from "node:crypto";

/** What one invoice's file says. */
export interface InvoiceFile {
  readonly content: Buffer;
  readonly sha256: string;
  readonly customerId: string;
  readonly invoiceId: string;
  /** ISO. */
  readonly date: string;
  readonly amount: number;
  readonly tax: number;
  readonly total: number;
  /** False: its figures contradict each other, so it is to be quarantined. */
  readonly sound: boolean;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

export const makeInvoice = (wanted: {
  readonly customerId: string;
  readonly invoiceId: string;
  readonly date: string;
  readonly prices: readonly number[];
  readonly sound: boolean;
}): InvoiceFile => {
  const { customerId, invoiceId, date, prices, sound } = wanted;
  const [year, month, day] = date.split("-");
  const amount = prices.reduce((sum, price) => sum + price, 0);
  const tax = Math.round(amount / 10);
  const total = amount + tax;
  const text = [
    "Invoice",
    `Customer-ID: ${customerId}`,
    `Inv-ID: ${invoiceId} Dated: ${MONTHS[Number(month) - 1]} ${Number(day)} ${year}`,
    "From: Space Mechanics Inc.\nTo: Starfleet Interplanatory HQ",
    `Amount: ${amount} SGST: ${tax} Total: ${sound ? total : total + 1_000}`,
    "Items",
    prices.map((price, index) => `${index + 1}) Part ${index + 1}, ${price}`).join("\n"),
  ].join("\n\n");
  const content = Buffer.from(`${text}\n`);
  const sha256 = createHash("sha256").update(content).digest("hex");
  return { content, sha256, customerId, invoiceId, date, amount, tax, total, sound };
};
