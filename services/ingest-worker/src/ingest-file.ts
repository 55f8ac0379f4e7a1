import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { ThresholdsItem, UploadItem } from "@stockwire/contracts/items";
import { levelOf } from "@stockwire/contracts/level";
import { isFinal } from "@stockwire/contracts/receipt";
import { kindOf } from "@stockwire/service-kit/errors";
import type { LiveEventWriter } from "@stockwire/service-kit/live/live-events";
import { readTogether } from "@stockwire/service-kit/read-together";
import { summariesOf } from "@stockwire/service-kit/stock/summarise-store";
import { type ThresholdsTable, thresholdOf } from "@stockwire/service-kit/stock/thresholds-table";
import type { Ending, Progress } from "@stockwire/service-kit/uploads/progress";
import type { UploadsTable } from "@stockwire/service-kit/uploads/uploads-table";
import { createFileSource, type FileSource } from "./file-source.ts";
import { contentOf, type LoadJob, toLoadJob } from "./load-job.ts";
import { type Claim, claimStores } from "./order/claim-stores.ts";
import type { ContentLock } from "./order/content-lock.ts";
import type { LoadCounts, LoadToRegister } from "./order/ledger-entry.ts";
import type { LoadsTable } from "./order/loads-table.ts";
import { registerLoad } from "./order/register-load.ts";
import { asDuplicate, asLoaded, asUndone, asUnsure, asUnusable, asValidated } from "./report-ending.ts";
import { createLoadProgress, type LoadProgress } from "./report-progress.ts";
import { settleAfterLoad } from "./table/settle-after-load.ts";
import { summariseStores } from "./table/summarise-stores.ts";
import { tellOfSummary } from "./tell-pages.ts";
import {
  firstPass,
  type LevelOf,
  loadFile,
  type PassTools,
  previewFile,
  type Usable,
  undoLoad,
  warningsOf,
} from "./two-passes.ts";

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
  readonly live: LiveEventWriter;
  readonly tables: { readonly Inventory: string; readonly Stores: string };
}

/**
 * Loads one file, says what loading it would do, or undoes a load: every stage in order. Any stage may be the last one
 * before a crash; the next delivery starts here again and ends in the same table and the same receipt. Resolves with
 * the ending, or undefined when the upload had ended before. Throws WorkErrors `waiting` while it is another load's
 * turn.
 */
export const ingestFile = async (
  tools: IngestTools,
  upload: UploadItem,
  signal: AbortSignal,
): Promise<Ending | undefined> => {
  if (isFinal(upload.Status) && upload.Status !== "failed") {
    // A crash after the receipt's end can leave behind what the first pass found; an undoing keeps nothing.
    if (upload.Mode !== "undo") await tools.inspections.forget(await toLoadJob(tools.uploads, upload));
    return undefined;
  }
  const job = await toLoadJob(tools.uploads, upload);
  const hadToWait = upload.NamedStores !== undefined;
  const source = createFileSource(tools.s3, job.file, signal, !hadToWait);
  await tools.progress.begin(upload);
  // A load that had to wait asks whether it is its turn before it reads its file again.
  const { sha256 } = job.file;
  if (sha256 !== undefined && upload.NamedStores !== undefined) {
    await takeTurn(tools, job, sha256, new Set(upload.NamedStores), upload.NamesEveryItem === true);
  }
  const progress = createLoadProgress(tools.progress, job);
  const inspection = await firstPass(tools, job, source, progress);
  if (!inspection.usable) {
    if (upload.Status === "failed") await tools.progress.reopen(upload.UploadId);
    return conclude(tools, job, asUnusable(inspection));
  }
  if (job.mode === "validate") {
    const [thresholds] = await readTogether(tools.dynamo, tools.thresholds.of(inspection.stores));
    if (upload.Status === "failed") await tools.progress.reopen(upload.UploadId);
    const outcome = await previewFile(tools, job, source, inspection, levelBy(thresholds), signal);
    return conclude(
      tools,
      job,
      "gone" in outcome ? asUnusable(outcome.gone) : asValidated(inspection, outcome),
    );
  }
  const { stores, namesEveryItem } = inspection;
  const turn = await takeTurn(tools, job, inspection.sha256, stores, namesEveryItem);
  return conclude(tools, job, await carryOut(tools, job, source, inspection, turn, progress, signal));
};

/** What a load knows when it is its turn. */
interface Turn {
  readonly claim: Claim;
  readonly thresholds: ReadonlyMap<string, ThresholdsItem>;
}

/** Waits for nobody: throws a `waiting` WorkError, with what is known of the file kept, while it is another's turn. */
const takeTurn = async (
  tools: IngestTools,
  job: LoadJob,
  sha256: string,
  stores: ReadonlySet<string>,
  namesEveryItem: boolean,
): Promise<Turn> => {
  const { upload, file, mode, undoes } = job;
  const load: LoadToRegister = {
    version: job.version,
    content: contentOf(job, sha256),
    // A file of which nobody can say what it omits decides the rows that it names, and no others.
    mode: mode === "undo" || (mode === "replace" && namesEveryItem) ? mode : "load",
    ...(undoes !== undefined && { undoes: undoes.uploadId }),
    object: file.object,
    storeRestriction: file.storeRestriction,
  };
  try {
    await registerLoad(tools, upload, stores, load);
    // Only now that the load is registered: see order/load-order.ts and docs/decisions/0014-thresholds.md.
    const [open, thresholds] = await readTogether(
      tools.dynamo,
      tools.loads.openIn(stores),
      tools.thresholds.of(stores),
    );
    return { claim: await claimStores(tools.loads, tools.uploads, stores, load, open), thresholds };
  } catch (error) {
    const isNew = upload.NamedStores === undefined && stores.size <= MAX_REMEMBERED_STORES;
    if (kindOf(error) === "waiting" && isNew) {
      const known = mode === "undo" ? {} : { Sha256: sha256 };
      await tools.progress.note(upload.UploadId, {
        ...known,
        NamedStores: [...stores],
        NamesEveryItem: namesEveryItem,
      });
    }
    throw error;
  }
};

const carryOut = async (
  tools: IngestTools,
  job: LoadJob,
  source: FileSource,
  inspection: Usable,
  { claim, thresholds }: Turn,
  progress: LoadProgress,
  signal: AbortSignal,
): Promise<Ending> => {
  const asEnded = job.mode === "undo" ? asUndone : asLoaded;
  if (await isUnsure(tools.loads, job, inspection.stores, claim)) {
    await tools.loads.finish(inspection.stores, job.version, NOTHING_DONE);
    return asUnsure(inspection);
  }
  if (claim.action === "duplicate") {
    await tools.loads.finishAsDuplicate(inspection.stores, job.version, claim.of);
    return asDuplicate(inspection, claim.of, await tools.uploads.get(claim.of));
  }
  if (claim.action === "conclude") {
    const { own } = claim;
    if (own.duplicateOf !== undefined) {
      await tools.loads.finishAsDuplicate(inspection.stores, job.version, own.duplicateOf);
      return asDuplicate(inspection, own.duplicateOf, await tools.uploads.get(own.duplicateOf));
    }
    await tools.loads.finish(inspection.stores, job.version, own);
    return asEnded(inspection, { ...own, warnings: warningsOf(job, inspection) });
  }
  await noteCompany(tools.loads, job, claim);
  const level = levelBy(thresholds);
  const outcome =
    job.mode === "undo"
      ? await undoLoad(tools, job, source, inspection, claim, level, signal)
      : await loadFile(tools, job, source, inspection, claim, level, progress, signal);
  if ("gone" in outcome) return asUnusable(outcome.gone);
  const { UploadId: uploadId, ReceivedAt: receivedAt } = job.upload;
  const [latest, summaries] = await readTogether(
    tools.dynamo,
    tools.thresholds.of(inspection.stores),
    summariesOf(tools.tables.Stores, inspection.stores),
  );
  const resettled = await settleAfterLoad(tools, latest, job.version, thresholds);
  await summariseStores(
    tools.dynamo,
    tools.tables,
    inspection.stores,
    { uploadId, receivedAt },
    (store) => (resettled.has(store) ? undefined : { summary: summaries.get(store) }),
    (summary) => tellOfSummary(tools.live, summary),
  );
  const { written, unchanged, stale } = outcome.rows;
  const counts: LoadCounts = { written, unchanged, stale, retired: outcome.retired };
  await tools.loads.finish(inspection.stores, job.version, counts);
  return asEnded(inspection, { ...counts, warnings: outcome.warnings });
};

const NOTHING_DONE: LoadCounts = { written: 0, unchanged: 0, stale: 0, retired: 0 };

/**
 * The table keeps of each row what stood before it. Where an older load came beside or behind the one to be undone, its
 * rows never stood there, and to put back what did would bring a count back that had been out of date even then.
 */
const isUnsure = async (
  loads: LoadsTable,
  { version, undoes }: LoadJob,
  stores: ReadonlySet<string>,
  claim: Claim,
): Promise<boolean> => {
  const [first] = [...stores].sort();
  if (undoes === undefined || first === undefined) return false;
  // Once begun it is carried out: what was put back stands.
  if (await loads.isSure(first, version)) return false;
  // An older load that is open may not have left its note yet.
  const olderOpen = claim.action === "load" && claim.olderOpen.size > 0;
  if (olderOpen || (await loads.wasOvertaking(stores, undoes.version))) return true;
  await loads.noteCompany(first, version, { Sure: true });
  return false;
};

/** Before any row: whoever undoes one of these loads later must know. On the usual path there is nothing to note. */
const noteCompany = async (
  loads: LoadsTable,
  { version, mode }: LoadJob,
  claim: Extract<Claim, { action: "load" }>,
): Promise<void> => {
  if (mode === "undo") return;
  for (const store of claim.writeEveryRowOf) await loads.noteCompany(store, version, { BesideOlder: true });
  for (const [store, newest] of claim.newestOf)
    await loads.noteCompany(store, version, { OvertakenBy: newest });
};

/** A changed threshold between two attempts is no matter: levels are settled when all rows stand. */
const levelBy =
  (thresholds: ReadonlyMap<string, ThresholdsItem>): LevelOf =>
  (store, item, count) =>
    levelOf(count, thresholdOf(thresholds.get(store), item));

const conclude = async (tools: IngestTools, job: LoadJob, ending: Ending): Promise<Ending> => {
  await tools.progress.end(job.upload.UploadId, ending);
  await tools.inspections.forget(job);
  return ending;
};
