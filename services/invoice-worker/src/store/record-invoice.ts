import { GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { InvoiceReading } from "@stockwire/contracts/invoice";
import type { InvoiceItem } from "@stockwire/contracts/items";
import type { ComposedRecord } from "./compose-record.ts";
import { decideRecord, type RecordDecision } from "./decide-record.ts";
import type { InvoicesTable } from "./invoices-table.ts";

interface Tools {
  readonly s3: S3Client;
  readonly invoices: InvoicesTable;
  /** Where readings lie that are too large for the table. */
  readonly bucket: string;
}

/** What stands in the table once an invoice was put to it, and how it came to be there. */
export interface Recorded {
  readonly as: Exclude<RecordDecision["action"], "write"> | "written";
  readonly standing: InvoiceItem;
}

/**
 * Puts the record where it may stand. A reading that the item only points to is there before the item is. Decides
 * anew whenever another invoice with the same ids was quicker.
 */
export const recordInvoice = async (
  tools: Tools,
  { item, readingJson }: ComposedRecord,
): Promise<Recorded> => {
  for (;;) {
    const standing = await tools.invoices.get(item.CustomerId, item.InvoiceId);
    const decision = decideRecord(standing, item);
    if (decision.action !== "write") return { as: decision.action, standing: decision.standing };
    if (readingJson !== undefined) {
      await tools.s3.send(
        new PutObjectCommand({
          Bucket: tools.bucket,
          Key: item.ReadingKey,
          Body: readingJson,
          ContentType: "application/json",
          ChecksumAlgorithm: "CRC64NVME",
        }),
      );
    }
    if (await tools.invoices.put(item, decision.replaces)) return { as: "written", standing: item };
  }
};

/** The reading that a record holds or points to. */
export const readingOf = async (
  { s3, bucket }: Pick<Tools, "s3" | "bucket">,
  { Reading, ReadingKey }: InvoiceItem,
): Promise<InvoiceReading> => {
  if (Reading !== undefined) return Reading;
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: ReadingKey }));
  return JSON.parse((await Body?.transformToString()) ?? "") as InvoiceReading;
};
