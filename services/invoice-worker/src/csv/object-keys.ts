/** Object keys of an invoice's CSV: the same invoice always has the same ones, so a retry overwrites. */

/** @param date ISO */
export const invoiceCsvKey = (date: string, customerId: string, invoiceId: string): string =>
  `invoices/dt=${date}/${encodeId(customerId)}_${encodeId(invoiceId)}.csv`;

/** @param date ISO */
export const invoiceLinesCsvKey = (date: string, customerId: string, invoiceId: string): string =>
  `invoice-lines/dt=${date}/${encodeId(customerId)}_${encodeId(invoiceId)}.csv`;

/** Percent-encodes all but ASCII letters, digits, `.` and `-`: `_` too, since it stands between two ids. */
export const encodeId = (id: string): string => {
  let encoded = "";
  for (const byte of Buffer.from(id, "utf8")) {
    const character = String.fromCharCode(byte);
    encoded += KEPT.has(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return encoded;
};

const KEPT = new Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-");
