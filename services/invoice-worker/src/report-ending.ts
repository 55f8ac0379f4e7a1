import { type InvoiceReading, toInvoiceReport } from "@stockwire/contracts/invoice";
import type { InvoiceItem } from "@stockwire/contracts/items";
import { NO_ROWS, type UploadError } from "@stockwire/contracts/receipt";
import { codeOf } from "@stockwire/service-kit/errors";
import type { Ending } from "@stockwire/service-kit/uploads/progress";
import type { OriginalFile } from "./store/read-original.ts";

/** How each outcome reads in the sender's receipt. */

/** Neither an invoice nor to be kept as one. */
export const asRejected = (file: OriginalFile, reading: InvoiceReading): Ending => ({
  ...commonOf(file, reading),
  status: "rejected",
  error: whyOf(reading, "the file is no invoice"),
});

/** The file went away before it was read: nobody can bring it back. */
export const asGone = (error: unknown): Ending => ({
  ...NOTHING,
  status: "rejected",
  error: { code: codeOf(error), message: error instanceof Error ? error.message : String(error) },
});

/** A drop of a size that nobody types. */
export const asTooLarge = (bytes: number): Ending => ({
  ...NOTHING,
  status: "rejected",
  error: {
    code: "too_large",
    message: `the file has ${bytes} bytes and was not read; send one invoice a file, of at most 16 MiB`,
  },
});

/** The record stands; a quarantined one says why it goes no further. */
export const asRecorded = (file: OriginalFile, reading: InvoiceReading): Ending => {
  const common = commonOf(file, reading);
  if (reading.status === "accepted") return { ...common, status: "loaded" };
  const { code, message } = whyOf(reading, "the invoice does not agree with itself");
  const rest = "quarantined: kept and listed, not exported; a corrected file with the same ids replaces it";
  return { ...common, status: "partial", error: { code, message: `${message} (${rest})` } };
};

/** The very same file stands already. */
export const asDuplicate = (file: OriginalFile, reading: InvoiceReading, standing: InvoiceItem): Ending => ({
  ...commonOf(file, reading),
  status: "duplicate",
  duplicateOf: standing.UploadId,
});

/** Another file stands under the same ids and was not touched. */
export const asConflict = (file: OriginalFile, reading: InvoiceReading, standing: InvoiceItem): Ending => {
  const { CustomerId, InvoiceId, UploadId, Status } = standing;
  const stands = Status === "accepted" ? "another file" : "a newer file";
  const message =
    `invoice ${InvoiceId} of customer ${CustomerId} stands already from ${stands} (upload ${UploadId}); nothing was ` +
    "changed; compare the two, and send what is new under an invoice id of its own";
  return { ...commonOf(file, reading), status: "conflict", error: { code: "conflict", message } };
};

const NOTHING = { rows: NO_ROWS, rejected: [], warnings: [] } as const;

const commonOf = (file: OriginalFile, reading: InvoiceReading) => ({
  ...NOTHING,
  sha256: file.sha256,
  bytes: file.bytes,
  invoice: toInvoiceReport(reading),
});

/** The first reason, by its name, with its own words. */
const whyOf = (reading: InvoiceReading, otherwise: string): UploadError => {
  const code = reading.reasons[0] ?? "bad_invoice";
  const problem = reading.problems.find((one) => one.code === code);
  const check = reading.checks.find(({ name }) => name === code);
  return { code, message: (problem ?? check)?.message ?? otherwise };
};
