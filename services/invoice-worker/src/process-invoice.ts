import type { S3Client } from "@aws-sdk/client-s3";
import type { InvoiceReading } from "@stockwire/contracts/invoice";
import type { UploadItem } from "@stockwire/contracts/items";
import { isFinal } from "@stockwire/contracts/receipt";
import { waiting } from "@stockwire/service-kit/errors";
import type { Limiter } from "@stockwire/service-kit/limiter";
import type { Logger } from "@stockwire/service-kit/logger";
import type { Ending, Progress } from "@stockwire/service-kit/uploads/progress";
import { isObjectGone } from "@stockwire/service-kit/uploads/read-object";
import type { UploadsTable } from "@stockwire/service-kit/uploads/uploads-table";
import { composeRejected } from "./compose-reading.ts";
import { isLarge } from "./large-files.ts";
import type { Parser } from "./parser/create-parser.ts";
import { asConflict, asDuplicate, asGone, asRecorded, asRejected, asTooLarge } from "./report-ending.ts";
import { composeRecord } from "./store/compose-record.ts";
import type { InvoicesTable } from "./store/invoices-table.ts";
import { keepOriginal } from "./store/keep-original.ts";
import { type OriginalFile, readOriginal } from "./store/read-original.ts";
import { type Recorded, readingOf, recordInvoice } from "./store/record-invoice.ts";
import { writeCsv } from "./store/write-csv.ts";

/** What working on an invoice needs. */
export interface InvoiceTools {
  readonly s3: S3Client;
  readonly uploads: UploadsTable;
  readonly progress: Progress;
  readonly parser: Parser;
  readonly invoices: InvoicesTable;
  /** See `createLargeFiles`. */
  readonly largeFiles: Limiter;
  readonly log: Logger;
  /** `invoice-csv-dest`. */
  readonly bucket: string;
}

/** What is larger cannot have come through the API, and is not worth a copy. */
const MAX_KEPT_BYTES = 256 * 1024 * 1024;

const BUSY_SECONDS = 1;

/**
 * Works on one invoice: every stage in order. Any stage may be the last one before a crash; the next delivery starts
 * here again and ends in the same record, the same CSV and the same receipt. Resolves with the ending, or undefined
 * when the upload had ended before. Throws a `waiting` WorkError while the same file, or too many large ones, are being
 * worked on.
 */
export const processInvoice = async (
  tools: InvoiceTools,
  upload: UploadItem,
  signal: AbortSignal,
): Promise<Ending | undefined> => {
  if (isFinal(upload.Status) && upload.Status !== "failed") return undefined;
  const work = () => beginAndEnd(tools, upload, signal);
  return isLarge(upload.Bytes) ? tools.largeFiles(work) : work();
};

/** Between the two its receipt says `loading`. */
const beginAndEnd = async (tools: InvoiceTools, upload: UploadItem, signal: AbortSignal): Promise<Ending> => {
  signal.throwIfAborted();
  if (upload.Status === "failed") await tools.progress.reopen(upload.UploadId);
  else await tools.progress.begin(upload);
  const ending = await carryOut(tools, upload, signal);
  await tools.progress.end(upload.UploadId, ending);
  return ending;
};

const carryOut = async (tools: InvoiceTools, upload: UploadItem, signal: AbortSignal): Promise<Ending> => {
  if (upload.Bytes > MAX_KEPT_BYTES) return asTooLarge(upload.Bytes);
  let file: OriginalFile;
  try {
    file = await readOriginal(tools.s3, await keepOriginal(tools, upload), signal);
  } catch (error) {
    if (isObjectGone(error)) return asGone(error);
    throw error;
  }
  const reading = await readInvoice(tools.parser, upload, file, signal);
  if (!isRecordable(reading)) return asRejected(file, reading);
  return settle(tools, await recordInvoice(tools, composeRecord(upload, file, reading)), file, reading);
};

const readInvoice = async (
  parser: Parser,
  upload: UploadItem,
  file: OriginalFile,
  signal: AbortSignal,
): Promise<InvoiceReading> => {
  if (upload.Sha256 !== undefined && upload.Sha256 !== file.sha256) {
    const message = `the stored bytes have the sha-256 ${file.sha256}, those sent had ${upload.Sha256}; send the file again`;
    return composeRejected({ code: "digest_mismatch", message, line: null });
  }
  return parser.parse(file.content, new Date().toISOString().slice(0, 10), signal);
};

type Recordable = InvoiceReading & { readonly status: "accepted" | "quarantined" };

const isRecordable = (reading: InvoiceReading): reading is Recordable => reading.status !== "rejected";

/** What follows from what now stands in the table. */
const settle = async (
  tools: InvoiceTools,
  { as, standing }: Recorded,
  file: OriginalFile,
  reading: InvoiceReading,
): Promise<Ending> => {
  if (as === "conflict") return asConflict(file, reading, standing);
  if (as === "duplicate") {
    const original = await tools.uploads.get(standing.UploadId);
    const isOpen = original !== undefined && !isFinal(original.Status);
    if (isOpen) {
      throw waiting("invoice_busy", `upload ${standing.UploadId} has the same content`, BUSY_SECONDS);
    }
  }
  // An earlier attempt may have read the file with other layouts, on another day: the record counts. Where the first
  // of two equal files was given up between record and CSV, the second one completes it.
  const recorded = as === "written" ? reading : await readingOf(tools, standing);
  await writeCsv(tools, standing, recorded);
  return as === "duplicate" ? asDuplicate(file, recorded, standing) : asRecorded(file, recorded);
};
