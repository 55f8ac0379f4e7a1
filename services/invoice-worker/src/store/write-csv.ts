import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { InvoiceReading } from "@stockwire/contracts/invoice";
import type { InvoiceItem } from "@stockwire/contracts/items";
import { renderInvoiceCsv, renderInvoiceLinesCsv } from "../csv/render-csv.ts";

/**
 * Writes an accepted invoice's CSV objects; a quarantined one has none. The record decides their keys and the reading
 * in it their bytes, so any number of attempts leaves the same. The lines come first: whoever finds the invoice finds
 * its lines.
 */
export const writeCsv = async (
  { s3, bucket }: { readonly s3: S3Client; readonly bucket: string },
  { CsvKey, LinesCsvKey }: InvoiceItem,
  reading: InvoiceReading,
): Promise<void> => {
  if (CsvKey === undefined || LinesCsvKey === undefined) return;
  const put = async (Key: string, Body: string): Promise<void> => {
    await s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key,
        Body,
        ContentType: "text/csv; charset=utf-8",
        ChecksumAlgorithm: "CRC64NVME",
      }),
    );
  };
  await put(LinesCsvKey, await renderInvoiceLinesCsv(reading));
  await put(CsvKey, renderInvoiceCsv(reading));
};
