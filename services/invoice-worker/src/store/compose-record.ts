import { createHash } from "node:crypto";
import type { FieldName, InvoiceReading } from "@stockwire/contracts/invoice";
import { type InvoiceItem, MAX_INLINE_BYTES, type UploadItem } from "@stockwire/contracts/items";
import { dayOf, invoiceCsvKey, invoiceLinesCsvKey, originalKey, readingKey } from "@stockwire/contracts/keys";
import type { OriginalFile } from "./read-original.ts";

/** A record, and the reading that it only points to, as JSON. */
export interface ComposedRecord {
  readonly item: InvoiceItem;
  readonly readingJson: string | undefined;
}

/**
 * The record of an invoice that has both its ids. What would outgrow the item is left to S3: first the original,
 * which lies there anyway, then the reading.
 */
export const composeRecord = (
  upload: UploadItem,
  file: OriginalFile,
  reading: InvoiceReading & { readonly status: "accepted" | "quarantined" },
): ComposedRecord => {
  const value = (field: FieldName): string | undefined => reading.fields[field].value ?? undefined;
  const CustomerId = required(value("customer_id"));
  const InvoiceId = required(value("invoice_id"));
  const date = value("date");
  // JSON is never smaller than the item's own encoding.
  const json = JSON.stringify(reading);
  const readingBytes = Buffer.byteLength(json);
  const holdsReading = readingBytes <= MAX_INLINE_BYTES;
  const holdsOriginal = file.bytes + (holdsReading ? readingBytes : 0) <= MAX_INLINE_BYTES;
  const values = {
    Date: date,
    From: value("from"),
    To: value("to"),
    Amount: value("amount"),
    Tax: value("tax"),
    Total: value("total"),
    InWords: value("in_words"),
  };
  const item: InvoiceItem = {
    CustomerId,
    InvoiceId,
    Status: reading.status,
    ...(reading.status === "quarantined" && { Quarantined: "yes" as const }),
    UploadId: upload.UploadId,
    Version: upload.Version,
    ReceivedAt: upload.ReceivedAt,
    Day: dayOf(upload.ReceivedAt),
    Sha256: file.sha256,
    ...Object.fromEntries(Object.entries(values).filter(([, text]) => text !== undefined)),
    OriginalKey: originalKey(upload.UploadId),
    ...(holdsOriginal && { Original: Buffer.from(file.content).toString("utf8") }),
    ...(holdsReading ? { Reading: reading } : { ReadingKey: readingKey(upload.UploadId, digestOf(json)) }),
    ...(reading.status === "accepted" &&
      date !== undefined && {
        CsvKey: invoiceCsvKey(date, CustomerId, InvoiceId),
        LinesCsvKey: invoiceLinesCsvKey(date, CustomerId, InvoiceId),
      }),
  };
  return { item, readingJson: holdsReading ? undefined : json };
};

/** Two attempts may read a file with different layouts: each record points to its own reading. */
const digestOf = (json: string): string => createHash("sha256").update(json).digest("hex").slice(0, 16);

const required = (id: string | undefined): string => {
  if (id === undefined) throw new Error("an invoice without its ids is rejected before it gets here");
  return id;
};
