import type { S3Client } from "@aws-sdk/client-s3";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { UploadItem } from "@stockwire/contracts/items";
import { compositeKey } from "@stockwire/contracts/keys";
import { isFinal } from "@stockwire/contracts/receipt";
import { codeOf } from "@stockwire/service-kit/errors";
import type { UploadsTable } from "@stockwire/service-kit/uploads-table";
import { type Inspection, inspectFile } from "./file/inspect-file.ts";
import { type ObjectReference, readObject } from "./file/read-object.ts";
import { readRows } from "./file/read-rows.ts";
import { createRejectedRowsFile } from "./file/write-rejected.ts";
import { type Claim, claimStores } from "./order/claim-stores.ts";
import type { ContentLock } from "./order/content-lock.ts";
import type { LoadsTable } from "./order/loads-table.ts";
import type { Ending, Progress } from "./progress.ts";
import { asDuplicate, asLoaded, asUnusable } from "./report-ending.ts";
import type { InventoryTable } from "./table/inventory-table.ts";
import { loadRows } from "./table/load-rows.ts";
import { summariseStores } from "./table/summarise-stores.ts";

/** What loading a file works with. */
export interface IngestTools {
  readonly s3: S3Client;
  readonly dynamo: DynamoDBDocumentClient;
  readonly uploads: UploadsTable;
  readonly progress: Progress;
  readonly loads: LoadsTable;
  readonly contentLock: ContentLock;
  readonly inventory: InventoryTable;
  readonly tables: { readonly Inventory: string; readonly Stores: string };
  readonly resultsBucket: string;
  /** Reads of 100 rows at the same time, for one file. */
  readonly parallelReads: number;
}

/**
 * Loads one file: every stage in order. Any stage may be the last one before a crash; the next delivery starts
 * here again and ends in the same table and the same receipt. Resolves with the ending, or undefined when the
 * upload had ended before. Throws WorkErrors `waiting` while it is another load's turn.
 */
export const ingestFile = async (
  tools: IngestTools,
  upload: UploadItem,
  signal: AbortSignal,
): Promise<Ending | undefined> => {
  if (isFinal(upload.Status) && upload.Status !== "failed") {
    await releaseLeftover(tools, upload);
    return undefined;
  }
  await tools.progress.begin(upload);

  const inspection = await inspect(tools, upload, signal);
  if (!inspection.usable) return conclude(tools, upload, asUnusable(inspection));

  const content = contentOf(upload, inspection.sha256);
  await tools.contentLock.acquire(content, upload.UploadId);
  // Only now: while it waits for the lock nobody may wait for it (see claim-stores.ts).
  if (upload.Status === "failed") await tools.progress.reopen(upload.UploadId);
  const claim = await claimStores(tools.loads, tools.uploads, inspection.stores, {
    version: upload.Version,
    content,
    object: referenceOf(upload),
    storeRestriction: upload.StoreRestriction,
  });
  const ending = await carryOut(tools, upload, inspection, claim, signal);
  await conclude(tools, upload, ending);
  await tools.contentLock.release(content, upload.UploadId);
  return ending;
};

type Usable = Extract<Inspection, { usable: true }>;

const carryOut = async (
  tools: IngestTools,
  upload: UploadItem,
  inspection: Usable,
  claim: Claim,
  signal: AbortSignal,
): Promise<Ending> => {
  if (claim.action === "duplicate") {
    await tools.loads.finishAsDuplicate(inspection.stores, upload.Version, claim.of);
    return asDuplicate(inspection, claim.of, await tools.uploads.get(claim.of));
  }
  if (claim.action === "conclude") {
    const { own } = claim;
    if (own.duplicateOf !== undefined) {
      await tools.loads.finishAsDuplicate(inspection.stores, upload.Version, own.duplicateOf);
      return asDuplicate(inspection, own.duplicateOf, await tools.uploads.get(own.duplicateOf));
    }
    await tools.loads.finish(inspection.stores, upload.Version, own);
    return asLoaded(inspection, { ...own, warnings: [] });
  }
  const outcome = await loadRows(
    readRows(readObject(tools.s3, referenceOf(upload), signal), upload.StoreRestriction),
    {
      table: tools.inventory,
      s3: tools.s3,
      repeats: inspection.repeats,
      newerFiles: claim.newerFiles,
      writer: { version: upload.Version, uploadId: upload.UploadId, writeEveryRowOf: claim.writeEveryRowOf },
      parallel: tools.parallelReads,
      signal,
    },
  );
  const load = { uploadId: upload.UploadId, receivedAt: upload.ReceivedAt };
  await summariseStores(tools.dynamo, tools.tables, inspection.stores, load);
  await tools.loads.finish(inspection.stores, upload.Version, outcome);
  return asLoaded(inspection, outcome);
};

/** The first pass, with the refused rows stored as they are found. */
const inspect = async (tools: IngestTools, upload: UploadItem, signal: AbortSignal): Promise<Inspection> => {
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
    return inspection;
  } catch (error) {
    await rejectedRows.abort();
    if (!codeOf(error).startsWith("object_")) throw error;
    const message = error instanceof Error ? error.message : String(error);
    return { usable: false, error: { code: codeOf(error), message }, rejected: [], rejectedCount: 0 };
  }
};

const conclude = async (tools: IngestTools, upload: UploadItem, ending: Ending): Promise<Ending> => {
  await tools.progress.end(upload.UploadId, ending);
  return ending;
};

/** A crash after the receipt's end can leave the content locked; the event's repeat lets go. */
const releaseLeftover = async (tools: IngestTools, upload: UploadItem): Promise<void> => {
  if (upload.Sha256 === undefined) return;
  await tools.contentLock.release(contentOf(upload, upload.Sha256), upload.UploadId);
};

const contentOf = (upload: UploadItem, sha256: string): string =>
  compositeKey(sha256, upload.Mode, upload.StoreRestriction ?? "");

const referenceOf = (upload: UploadItem): ObjectReference => ({
  bucket: upload.Bucket,
  key: upload.Key,
  etag: upload.ETag ?? "",
  ...(upload.VersionId !== undefined && { versionId: upload.VersionId }),
});
