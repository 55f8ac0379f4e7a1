import { setTimeout as sleep } from "node:timers/promises";
import type { S3Client } from "@aws-sdk/client-s3";
import { LOADS_DAYS } from "@stockwire/contracts/items";
import { dayOf, undoIdOf } from "@stockwire/contracts/keys";
import { isFinal, type UploadKind, UploadStatus } from "@stockwire/contracts/receipt";
import { uploadKinds } from "@stockwire/contracts/upload-kinds";
import { createRecordedDays, uploadsDaysKey } from "../recorded-days.ts";
import { dropIdOf, identifyUpload } from "../uploads/identify-upload.ts";
import { createUploadsTable } from "../uploads/uploads-table.ts";
import { type Announcing, announceUpload } from "./announce-upload.ts";
import { findDrops } from "./find-drops.ts";
import { isStuck, PATIENCE, type Patience, patienceForObjects } from "./judge-upload.ts";
import { type ListedObject, listObjects } from "./list-objects.ts";
import { type Backlog, readBacklog } from "./read-backlog.ts";
import { createReceiptReader, type KnownUpload, type ReceiptReader } from "./read-receipts.ts";
import { createSightings, isMadeOfParts, type Sighted, type Sightings } from "./sightings.ts";

/** The files of one kind: where they lie, where their receipts stand, where their events go. */
export interface FileSources extends Announcing {
  readonly s3: S3Client;
  readonly kind: UploadKind;
  readonly bucket: string;
  /** Days that a receipt is kept. */
  readonly receiptDays: number;
}

export interface FilePass {
  /** `recent`: what the API took in within the last hours; `full`: everything that may still be loaded. */
  readonly depth: "recent" | "full";
  /** Only say what would be done. */
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  /** Rest between two pages, so that loads come first. */
  readonly pauseMilliseconds: number;
  readonly patience?: Patience;
  /** What the pass before left under this name. */
  readonly sighted?: Sighted;
  /** Told of each file that is not accounted for. */
  readonly onFound?: (found: FoundFile) => void;
}

export interface FoundFile {
  readonly why: "no receipt" | "received" | "loading";
  readonly bucket: string;
  readonly key: string;
  readonly uploadId: string;
}

export interface FilesReport {
  /** Objects and open receipts that were looked at. */
  readonly looked: number;
  /** Files without a receipt, or whose receipt has no end and nobody works on. */
  readonly unaccounted: number;
  /** Those among them, and among the sighted, that only a full pass finds. */
  readonly older: number;
  /** Those among them whose event was sent again. */
  readonly announced: number;
  /** Objects made of parts without a receipt, for a later pass to judge. */
  readonly sighted: Sighted;
}

const HOUR = 3_600_000;
const RECENT = 2 * HOUR;
/** What is older than the order protocol remembers must not be loaded: it could overwrite what came after it. */
const OLDEST = (LOADS_DAYS - 1) * 24 * HOUR;
const OPEN = UploadStatus.anyOf.map(({ const: status }) => status).filter((status) => !isFinal(status));

interface Looking extends Omit<FilePass, "sighted"> {
  readonly sources: FileSources;
  readonly receipts: ReceiptReader;
  readonly patience: Patience;
  readonly backlog: Backlog;
  readonly now: number;
  readonly sightings: Sightings;
  readonly count: { looked: number; unaccounted: number; older: number; announced: number };
}

/**
 * Holds a bucket against the receipts, once: what has no receipt gets one and is announced, what nobody works on is
 * announced again. What it sends may come twice or be late like any event, and is as harmless. Memory is that of a page.
 */
export const reconcileFiles = async (sources: FileSources, pass: FilePass): Promise<FilesReport> => {
  const { dynamo, sqs, uploadsTable } = sources;
  const { sighted = {}, ...rest } = pass;
  const now = Date.now();
  const looking: Looking = {
    ...rest,
    sources,
    receipts: createReceiptReader(dynamo, uploadsTable, pass.signal),
    patience: pass.patience ?? PATIENCE,
    backlog: await readBacklog(sqs, sources.queueUrl, pass.signal),
    now,
    sightings: createSightings(sighted, pass.depth === "full", now),
    count: { looked: 0, unaccounted: 0, older: 0, announced: 0 },
  };
  await lookAtReceipts(looking);
  await lookAtObjects(looking);
  return { ...looking.count, sighted: looking.sightings.left() };
};

/** Before the objects: what they add is announced as it is found. */
const lookAtReceipts = async (looking: Looking): Promise<void> => {
  const { sources, receipts, depth, now, count } = looking;
  const from = new Date(now - (depth === "full" ? OLDEST : RECENT)).toISOString();
  const to = new Date(now).toISOString();
  const days = await createRecordedDays(sources.dynamo, sources.uploadsTable, uploadsDaysKey).list();
  for (const day of days.filter((one) => one >= dayOf(from) && one <= dayOf(to))) {
    for await (const uploadIds of receipts.ofDay(day, [from, `${to}~`], OPEN)) {
      for (const upload of (await receipts.getMany(uploadIds)).values()) {
        if (upload.Kind !== sources.kind) continue;
        count.looked += 1;
        await settle(looking, upload, upload.Status === "loading" ? "loading" : "received");
      }
      await rest(looking);
    }
  }
};

const lookAtObjects = async (looking: Looking): Promise<void> => {
  const { sources, depth, now, signal, patience, backlog, count } = looking;
  const { prefix, after, until } = rangeOf(sources.kind, depth, now);
  const settled = now - patienceForObjects(patience, backlog);
  for await (const page of listObjects({ s3: sources.s3, bucket: sources.bucket, prefix, after, signal })) {
    const inRange = page.filter(({ key }) => until === undefined || key <= until);
    const objects = inRange.filter(({ lastModified }) => {
      const time = Date.parse(lastModified);
      return time <= settled && time >= now - OLDEST;
    });
    count.looked += objects.length;
    for (const object of await withoutReceipt(looking, objects)) {
      const receivedAt = isMadeOfParts(object) ? sight(looking, object, settled) : object.lastModified;
      if (receivedAt === undefined) continue;
      const upload = await makeReceipt(looking, object, receivedAt);
      if (upload !== undefined) await settle(looking, upload, "no receipt");
    }
    if (inRange.length < page.length) return;
    await rest(looking);
  }
};

/** @returns when the object counts as received; undefined where it is left to a later pass */
const sight = (looking: Looking, object: ListedObject, settled: number): string | undefined => {
  const { named, drop } = idsOf(looking.sources, object);
  const receivedAt = looking.sightings.ripe(named ?? drop, settled);
  const isOld = Date.parse(object.lastModified) < looking.now - RECENT;
  if (receivedAt === undefined && isOld) looking.count.older += 1;
  return receivedAt;
};

/** Keys of files sent through the API begin with the time of their upload id, so the last hours' stand together. */
const rangeOf = (kind: UploadKind, depth: FilePass["depth"], now: number) => {
  if (depth === "full") return { prefix: "", after: "", until: undefined };
  const { keyPrefix } = uploadKinds[kind];
  const at = (time: number): string => {
    const hex = time.toString(16).padStart(12, "0");
    return `${keyPrefix}${hex.slice(0, 8)}-${hex.slice(8)}`;
  };
  return { prefix: keyPrefix, after: at(now - RECENT), until: at(now + HOUR) };
};

/** The id in an object's key, where the API may have put it, and the one that it has as a drop. */
const idsOf = (
  { kind, bucket }: FileSources,
  object: ListedObject,
): { named: string | undefined; drop: string } => ({
  named:
    uploadKinds[kind].uploadIdOf(object.key) ?? (kind === "inventory" ? undoIdOf(object.key) : undefined),
  drop: dropIdOf({ ...object, bucket, eventTime: object.lastModified }),
});

const withoutReceipt = async (
  { sources, receipts }: Looking,
  objects: readonly ListedObject[],
): Promise<readonly ListedObject[]> => {
  const first = await receipts.getMany(
    objects.map((object) => idsOf(sources, object)).map(({ named, drop }) => named ?? drop),
  );
  const missing = objects.filter((object) => {
    const { named, drop } = idsOf(sources, object);
    const known = first.get(named ?? drop);
    return known === undefined || (named !== undefined && known.Kind !== sources.kind);
  });
  // Keys that look like the API's can be drops.
  const asDrops = await receipts.getMany(missing.map((object) => idsOf(sources, object).drop));
  const left = missing.filter((object) => !asDrops.has(idsOf(sources, object).drop));
  const known = await findDrops(receipts, sources.bucket, left);
  return left.filter((object) => !known.has(object));
};

/** @returns undefined where the object is gone and was never answered for */
const makeReceipt = async (
  { sources, dryRun }: Looking,
  object: ListedObject,
  receivedAt: string,
): Promise<KnownUpload | undefined> => {
  const { kind, bucket, s3, dynamo, uploadsTable, receiptDays } = sources;
  if (dryRun) {
    const { named, drop } = idsOf(sources, object);
    const [UploadId, ReceivedAt] = [named ?? drop, receivedAt];
    return { UploadId, Kind: kind, Status: "received", ReceivedAt, Bucket: bucket, Key: object.key };
  }
  const uploads = createUploadsTable(dynamo, uploadsTable);
  return identifyUpload(
    { s3, uploads, kind, receiptDays },
    { ...object, bucket, eventTime: object.lastModified },
    receivedAt,
  );
};

/** Counts an upload that nobody works on, and announces it. */
const settle = async (looking: Looking, upload: KnownUpload, why: FoundFile["why"]): Promise<void> => {
  const { sources, patience, backlog, now, count, dryRun, onFound } = looking;
  if (!isStuck(upload, patience, backlog, now)) return;
  count.unaccounted += 1;
  if (Date.parse(upload.ReceivedAt) < now - RECENT) count.older += 1;
  onFound?.({ why, bucket: upload.Bucket, key: upload.Key, uploadId: upload.UploadId });
  if (!dryRun && (await announceUpload(sources, upload))) count.announced += 1;
};

const rest = async ({ pauseMilliseconds, signal }: Looking): Promise<void> => {
  signal.throwIfAborted();
  if (pauseMilliseconds > 0) await sleep(pauseMilliseconds, undefined, { signal });
};
