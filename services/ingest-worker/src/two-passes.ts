import type { S3Client } from "@aws-sdk/client-s3";
import type { ThresholdsItem, UploadItem } from "@stockwire/contracts/items";
import type { AlertKind } from "@stockwire/contracts/level";
import { codeOf } from "@stockwire/service-kit/errors";
import { thresholdOf } from "@stockwire/service-kit/stock/thresholds-table";
import { isObjectGone, type ObjectReference, readObject } from "@stockwire/service-kit/uploads/read-object";
import { type Inspection, inspectFile } from "./file/inspect-file.ts";
import { readRows } from "./file/read-rows.ts";
import { createRejectedRowsFile } from "./file/write-rejected.ts";
import type { Claim } from "./order/claim-stores.ts";
import type { InventoryTable } from "./table/inventory-table.ts";
import { type LoadOutcome, loadRows } from "./table/load-rows.ts";

/** What reading a file and loading its rows work with. */
export interface PassTools {
  readonly s3: S3Client;
  readonly inventory: InventoryTable;
  readonly resultsBucket: string;
  /** Reads of 100 rows at the same time, for one file. */
  readonly parallelReads: number;
  readonly onTransition: (kind: AlertKind) => void;
}

export type Usable = Extract<Inspection, { usable: true }>;
export type Unusable = Extract<Inspection, { usable: false }>;

/** The first pass, with the refused rows stored as they are found. */
export const firstPass = async (
  tools: PassTools,
  upload: UploadItem,
  signal: AbortSignal,
): Promise<Inspection> => {
  const rejectedRows = createRejectedRowsFile(tools.s3, tools.resultsBucket, upload.UploadId);
  try {
    const inspection = await inspectFile(
      readObject(tools.s3, referenceOf(upload), signal),
      upload.Bytes,
      upload.StoreRestriction,
      rejectedRows.write,
    );
    if (inspection.rejectedCount > 0) await rejectedRows.complete();
    else await rejectedRows.abort();
    const differs = upload.Sha256 !== undefined && upload.Sha256 !== inspection.sha256;
    return differs && inspection.usable ? mismatch(upload, inspection) : inspection;
  } catch (error) {
    await rejectedRows.abort();
    return asGone(error, "");
  }
};

/** The second pass. An object that goes away in its middle ends the upload: nobody can bring its rows back. */
export const secondPass = async (
  tools: PassTools,
  upload: UploadItem,
  inspection: Usable,
  claim: Extract<Claim, { action: "load" }>,
  thresholds: ReadonlyMap<string, ThresholdsItem>,
  signal: AbortSignal,
): Promise<LoadOutcome | { readonly gone: Unusable }> => {
  try {
    return await loadRows(
      readRows(readObject(tools.s3, referenceOf(upload), signal), upload.StoreRestriction),
      {
        table: tools.inventory,
        s3: tools.s3,
        repeats: inspection.repeats,
        newerFiles: claim.newerFiles,
        writer: {
          version: upload.Version,
          uploadId: upload.UploadId,
          writeEveryRowOf: claim.writeEveryRowOf,
          thresholdOf: (store, item) => thresholdOf(thresholds.get(store), item),
          onTransition: tools.onTransition,
        },
        parallel: tools.parallelReads,
        signal,
      },
    );
  } catch (error) {
    return { gone: asGone(error, "; rows before that may have been loaded") };
  }
};

/** What an inspection says of an object that is not there any more; any other error is thrown on. */
const asGone = (error: unknown, consequence: string): Unusable => {
  if (!isObjectGone(error)) throw error;
  const message = (error instanceof Error ? error.message : String(error)) + consequence;
  return { usable: false, error: { code: codeOf(error), message }, rejected: [], rejectedCount: 0 };
};

/** S3 has kept other bytes than the API took in. */
const mismatch = (upload: UploadItem, { sha256, bytes }: Usable): Unusable => ({
  usable: false,
  sha256,
  bytes,
  error: {
    code: "digest_mismatch",
    message: `the stored bytes have the sha-256 ${sha256}, those sent had ${upload.Sha256}; send the file again`,
  },
  rejected: [],
  rejectedCount: 0,
});

export const referenceOf = (upload: UploadItem): ObjectReference => ({
  bucket: upload.Bucket,
  key: upload.Key,
  etag: upload.ETag ?? "",
  ...(upload.VersionId !== undefined && { versionId: upload.VersionId }),
});
