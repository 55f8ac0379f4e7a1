import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { invoiceCsvKey, invoiceLinesCsvKey } from "@stockwire/contracts/keys";
import { createLimiter } from "@stockwire/service-kit/limiter";
import type { RunningApi } from "./helpers.ts";

/** Accepted invoices as the worker leaves them in the bucket, written out here by hand. */

export const INVOICE_HEADER = "customer_id,invoice_id,date,from,to,amount,tax,total,in_words";
export const LINES_HEADER = "customer_id,invoice_id,date,line,item,price,tax";

interface StoredInvoice {
  readonly customer?: string;
  readonly invoice: string;
  readonly date: string;
  /** As a CSV cell, with its quotes if it needs any. */
  readonly from?: string;
  readonly amount?: string;
  readonly tax?: string;
  readonly total?: string;
  /** item (a CSV cell), price, tax; absent: no object with lines. */
  readonly lines?: readonly (readonly [item: string, price: string, tax: string])[];
}

export const recordOf = (one: StoredInvoice): string =>
  [
    one.customer ?? "sm-LK0080145",
    one.invoice,
    one.date,
    one.from ?? "Space Mechanics Inc.",
    "Starfleet Interplanatory HQ",
    one.amount ?? "",
    one.tax ?? "",
    one.total ?? "",
    "",
  ].join();

const putObject = (s3: S3Client, Bucket: string, Key: string, Body: string) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body }));

/** Puts the objects of an invoice, and of its lines where it has any. */
export const storeInvoice = async ({ s3, context }: RunningApi, one: StoredInvoice): Promise<string> => {
  const bucket = context.resources.buckets["invoice-csv-dest"];
  const customer = one.customer ?? "sm-LK0080145";
  if (one.lines) {
    const rows = one.lines.map((cells, index) =>
      [customer, one.invoice, one.date, index + 1, ...cells].join(),
    );
    const body = [LINES_HEADER, ...rows, ""].join("\r\n");
    await putObject(s3, bucket, invoiceLinesCsvKey(one.date, customer, one.invoice), body);
  }
  const key = invoiceCsvKey(one.date, customer, one.invoice);
  await putObject(s3, bucket, key, `${INVOICE_HEADER}\r\n${recordOf(one)}\r\n`);
  return key;
};

export const storeInvoices = async (api: RunningApi, all: readonly StoredInvoice[]): Promise<string[]> => {
  const limit = createLimiter(16);
  return Promise.all(all.map((one) => limit(() => storeInvoice(api, one))));
};
