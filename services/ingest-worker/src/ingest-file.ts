import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { UploadItem } from "@stockwire/contracts/items";
import { compositeKey } from "@stockwire/contracts/keys";
import { isFinal } from "@stockwire/contracts/receipt";
import { kindOf } from "@stockwire/service-kit/errors";
import type { ThresholdsTable } from "@stockwire/service-kit/stock/thresholds-table";
import type { Ending, Progress } from "@stockwire/service-kit/uploads/progress";
import type { UploadsTable } from "@stockwire/service-kit/uploads/uploads-table";
import { type Claim, claimStores } from "./order/claim-stores.ts";
import type { ContentLock } from "./order/content-lock.ts";
import type { LoadsTable } from "./order/loads-table.ts";
import { asDuplicate, asLoaded, asUnusable } from "./report-ending.ts";
import { settleAfterLoad } from "./table/settle-after-load.ts";
import { summariseStores } from "./table/summarise-stores.ts";
import { firstPass, type PassTools, referenceOf, secondPass, type Usable } from "./two-passes.ts";

/** Stores that a waiting load remembers in its receipt; with more it reads its file again. */
const MAX_REMEMBERED_STORES = 500;

/** What loading a file works with. */
export interface IngestTools extends PassTools {
  readonly dynamo: DynamoDBDocumentClient;
  readonly uploads: UploadsTable;
  readonly progress: Progress;
  readonly loads: LoadsTable;
  readonly contentLock: ContentLock;
  readonly thresholds: ThresholdsTable;
  readonly tables: { readonly Inventory: string; readonly Stores: string };
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
  // A load that had to wait asks whether it is its turn before it reads its file again.
  if (upload.Sha256 !== undefined && upload.NamedStores !== undefined) {
    await takeTurn(tools, upload, upload.Sha256, new Set(upload.NamedStores));
  }
  const inspection = await firstPass(tools, upload, signal);
  if (!inspection.usable) {
    if (upload.Status === "failed") await tools.progress.reopen(upload.UploadId);
    return conclude(tools, upload, asUnusable(inspection));
  }

  const claim = await takeTurn(tools, upload, inspection.sha256, inspection.stores);
  return conclude(tools, upload, await carryOut(tools, upload, inspection, claim, signal));
};

/** Waits for nobody: throws a `waiting` WorkError, with what is known of the file kept, while it is another's turn. */
const takeTurn = async (
  tools: IngestTools,
  upload: UploadItem,
  sha256: string,
  stores: ReadonlySet<string>,
): Promise<Claim> => {
  const content = contentOf(upload, sha256);
  try {
    await tools.contentLock.acquire(content, upload.UploadId);
    // Only now: while it waits for the lock nobody may wait for it (see claim-stores.ts).
    if (upload.Status === "failed") await tools.progress.reopen(upload.UploadId);
    return await claimStores(tools.loads, tools.uploads, stores, {
      version: upload.Version,
      content,
      object: referenceOf(upload),
      storeRestriction: upload.StoreRestriction,
    });
  } catch (error) {
    const isNew = upload.NamedStores === undefined && stores.size <= MAX_REMEMBERED_STORES;
    if (kindOf(error) === "waiting" && isNew) {
      await tools.progress.note(upload.UploadId, { Sha256: sha256, NamedStores: [...stores] });
    }
    throw error;
  }
};

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
  // Only now that the load is registered: see docs/decisions/0014-thresholds.md.
  const thresholds = await tools.thresholds.getMany(inspection.stores);
  const outcome = await secondPass(tools, upload, inspection, claim, thresholds, signal);
  if ("gone" in outcome) return asUnusable(outcome.gone);
  const load = { uploadId: upload.UploadId, receivedAt: upload.ReceivedAt };
  await settleAfterLoad(tools, inspection.stores, upload.Version, thresholds);
  await summariseStores(tools.dynamo, tools.tables, inspection.stores, load);
  await tools.loads.finish(inspection.stores, upload.Version, outcome);
  return asLoaded(inspection, outcome);
};

/** The receipt's end, then the lock: whoever finds the lock held by an ended upload may take it over. */
const conclude = async (tools: IngestTools, upload: UploadItem, ending: Ending): Promise<Ending> => {
  await tools.progress.end(upload.UploadId, ending);
  const sha256 = ending.sha256 ?? upload.Sha256;
  if (sha256 !== undefined) await tools.contentLock.release(contentOf(upload, sha256), upload.UploadId);
  return ending;
};

/** A crash after the receipt's end can leave the content locked; the event's repeat lets go. */
const releaseLeftover = async (tools: IngestTools, upload: UploadItem): Promise<void> => {
  if (upload.Sha256 === undefined) return;
  await tools.contentLock.release(contentOf(upload, upload.Sha256), upload.UploadId);
};

const contentOf = (upload: UploadItem, sha256: string): string =>
  compositeKey(sha256, upload.Mode, upload.StoreRestriction ?? "");
