import type { S3Client } from "@aws-sdk/client-s3";
import type { FileCode, WarningCode } from "@stockwire/contracts/codes";
import type { InventoryItem } from "@stockwire/contracts/items";
import type { AlertKind, Level } from "@stockwire/contracts/level";
import type { RowCounts, Warning } from "@stockwire/contracts/receipt";
import { codeOf } from "@stockwire/service-kit/errors";
import { isObjectGone } from "@stockwire/service-kit/uploads/read-object";
import { type ChangesFile, createChangesFile } from "./changes/changes-file.ts";
import { type Inspection, inspectFile } from "./file/inspect-file.ts";
import { type RowBatch, readRows, readRowsFrom } from "./file/read-rows.ts";
import { createRejectedRowsFile } from "./file/write-rejected.ts";
import type { FileSource } from "./file-source.ts";
import type { InspectionStore } from "./keep-inspection.ts";
import type { LoadJob } from "./load-job.ts";
import type { Claim } from "./order/claim-stores.ts";
import type { LoadProgress } from "./report-progress.ts";
import { inBlocks } from "./table/in-blocks.ts";
import type { InventoryTable } from "./table/inventory-table.ts";
import { loadRows, loadWriter } from "./table/load-rows.ts";
import { previewRows } from "./table/preview-rows.ts";
import { retireOmitted } from "./table/retire-omitted.ts";
import { scanStores } from "./table/scan-stores.ts";
import type { StandingRowsReader } from "./table/standing-rows.ts";
import { undoRows } from "./table/undo-rows.ts";

/** What reading a file and loading its rows work with. */
export interface PassTools {
  readonly s3: S3Client;
  readonly inventory: InventoryTable;
  readonly standingRows: StandingRowsReader;
  readonly inspections: InspectionStore;
  readonly resultsBucket: string;
  /** Reads of 100 rows at the same time, for one file. */
  readonly parallelReads: number;
  readonly onTransition: (kind: AlertKind) => void;
  /** Told of each row as the load left it. */
  readonly onWritten: (row: InventoryItem) => void;
}

export type Usable = Extract<Inspection, { usable: true }>;
export type Unusable = Extract<Inspection, { usable: false }>;

/** What the second pass did. */
export interface PassOutcome {
  readonly rows: RowCounts;
  readonly retired: number;
  readonly warnings: readonly Warning[];
}

/** The level that a count has, by the thresholds of its store. */
export type LevelOf = (store: string, item: string, count: number) => Level;

type Gone = { readonly gone: Unusable };
type LoadClaim = Extract<Claim, { action: "load" }>;

/** The first pass, with the refused rows stored as they are found; or what an earlier attempt had found. */
export const firstPass = async (
  tools: PassTools,
  job: LoadJob,
  source: FileSource,
  progress: LoadProgress,
): Promise<Inspection> => {
  const { upload, file } = job;
  const kept = await tools.inspections.find(job);
  if (kept !== undefined) return kept;
  // The refused rows of a file are told to its own sender; what undoes its load has none.
  const rejectedRows =
    job.mode === "undo" ? undefined : createRejectedRowsFile(tools.s3, tools.resultsBucket, upload.UploadId);
  try {
    const inspection = await inspectFile(
      source(),
      file.storeRestriction,
      async (header, refused) => rejectedRows?.write(header, refused),
      progress.reading,
    );
    const differs = file.sha256 !== undefined && file.sha256 !== inspection.sha256;
    if (inspection.rejectedCount > 0 && !differs) await rejectedRows?.complete();
    else await rejectedRows?.abort();
    if (!inspection.usable || differs) return differs ? mismatch(file.sha256, inspection) : inspection;
    await tools.inspections.keep(job, inspection);
    return inspection;
  } catch (error) {
    await rejectedRows?.abort();
    return asGone(error, "").gone;
  }
};

/** The second pass of a load: the rows, and where it replaces, what the file omits. */
export const loadFile = async (
  tools: PassTools,
  job: LoadJob,
  source: FileSource,
  inspection: Usable,
  claim: LoadClaim,
  level: LevelOf,
  progress: LoadProgress,
  signal: AbortSignal,
): Promise<PassOutcome | Gone> => {
  const { upload, file } = job;
  // Once it was given up, nobody waited for it any more: what it had found unchanged may have changed since.
  const before = upload.Status === "failed" ? undefined : upload.Checkpoint;
  const batches: AsyncIterable<RowBatch> = before
    ? readRowsFrom(source, file.storeRestriction, { offset: before.Offset, line: before.Line })
    : readRows(source(), file.storeRestriction);
  const common = {
    table: tools.inventory,
    s3: tools.s3,
    newer: claim,
    parallel: tools.parallelReads,
    signal,
  };
  const standing = tools.standingRows.open(rowsPerStore(inspection), signal);
  try {
    const loaded = await loadRows(inBlocks(batches, inspection.repeats, claim.newerFiles.length > 0), {
      ...common,
      standing,
      writer: loadWriter({
        version: job.version,
        uploadId: upload.UploadId,
        writeEveryRowOf: claim.writeEveryRowOf,
        level,
        onTransition: tools.onTransition,
        onWritten: tools.onWritten,
      }),
      ...(before !== undefined && { before }),
      onMoving: progress.moving,
      onLoaded: progress.loaded,
    });
    if (job.mode !== "replace") return { ...loaded, retired: 0 };
    if (!inspection.namesEveryItem) {
      return { ...loaded, retired: 0, warnings: [...loaded.warnings, ...warningsOf(job, inspection)] };
    }
    const { retired, warnings } = await withChanges(tools, job, (changes) =>
      retireOmitted(job, inspection.stores, {
        ...common,
        olderOpen: claim.olderOpen,
        onWritten: tools.onWritten,
        changes,
      }),
    );
    return { ...loaded, retired, warnings: [...loaded.warnings, ...warnings] };
  } catch (error) {
    return asGone(error, "; rows before that may have been loaded");
  } finally {
    standing.close();
  }
};

const rowsPerStore = ({ acceptedCount, stores }: Usable): number => acceptedCount / stores.size;

/** The second pass of an undoing: over the rows of the file whose load it undoes, or over all that its stores have. */
export const undoLoad = async (
  tools: PassTools,
  job: LoadJob,
  source: FileSource,
  inspection: Usable,
  claim: LoadClaim,
  level: LevelOf,
  signal: AbortSignal,
): Promise<PassOutcome | Gone> => {
  const blocks = job.undoes?.replaced
    ? scanStores(tools.inventory, inspection.stores, claim.newerFiles.length > 0)
    : inBlocks(
        readRows(source(), job.file.storeRestriction),
        inspection.repeats,
        claim.newerFiles.length > 0,
      );
  try {
    const undone = await withChanges(tools, job, (changes) =>
      undoRows(job, blocks, {
        table: tools.inventory,
        s3: tools.s3,
        newer: claim,
        parallel: tools.parallelReads,
        level,
        onTransition: tools.onTransition,
        onWritten: tools.onWritten,
        changes,
        signal,
      }),
    );
    return { ...undone, retired: 0 };
  } catch (error) {
    return asGone(error, "; rows before that may have been put back");
  }
};

/** The second pass of a dry run. */
export const previewFile = async (
  tools: PassTools,
  job: LoadJob,
  source: FileSource,
  inspection: Usable,
  level: LevelOf,
  signal: AbortSignal,
): Promise<PassOutcome | Gone> => {
  const batches = readRows(source(), job.file.storeRestriction);
  const standing = tools.standingRows.open(rowsPerStore(inspection), signal);
  try {
    const rows = await withChanges(tools, job, (changes) =>
      previewRows(inBlocks(batches, inspection.repeats, false), job.version, {
        standing,
        level,
        parallel: tools.parallelReads,
        changes,
        signal,
      }),
    );
    return { rows, retired: 0, warnings: [] };
  } catch (error) {
    return asGone(error, "");
  } finally {
    standing.close();
  }
};

/** Work that writes the upload's list of changes, whole or not at all. */
const withChanges = async <T>(
  tools: PassTools,
  job: LoadJob,
  work: (changes: ChangesFile["write"]) => Promise<T>,
): Promise<T> => {
  const file = createChangesFile(tools.s3, tools.resultsBucket, job.upload.UploadId);
  try {
    const result = await work(file.write);
    await file.complete();
    return result;
  } catch (error) {
    await file.abort();
    throw error;
  }
};

const NOTHING_RETIRED: Warning = {
  code: "nothing_retired" satisfies WarningCode,
  message:
    "rows were rejected, so it is not known what the file omits; nothing was retired. Correct the rows and send the whole file again",
};

/** What follows from the file alone. */
export const warningsOf = ({ mode }: LoadJob, { namesEveryItem }: Usable): readonly Warning[] =>
  mode === "replace" && !namesEveryItem ? [NOTHING_RETIRED] : [];

/** What an inspection says of an object that is not there any more; any other error is thrown on. */
const asGone = (error: unknown, consequence: string): Gone => {
  if (!isObjectGone(error)) throw error;
  const message = (error instanceof Error ? error.message : String(error)) + consequence;
  return {
    gone: { usable: false, error: { code: codeOf(error), message }, rejected: [], rejectedCount: 0 },
  };
};

/** S3 has kept other bytes than the sender said. */
const mismatch = (announced: string | undefined, { sha256, bytes }: Inspection): Unusable => ({
  usable: false,
  ...(sha256 !== undefined && { sha256 }),
  ...(bytes !== undefined && { bytes }),
  error: {
    code: "digest_mismatch" satisfies FileCode,
    message: `the stored bytes have the sha-256 ${sha256}, those sent had ${announced}; send the file again`,
  },
  rejected: [],
  rejectedCount: 0,
});
