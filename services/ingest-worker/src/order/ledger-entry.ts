import { expiresAt, LOADS_DAYS, type LoadItem } from "@stockwire/contracts/items";
import { parseUploadVersion } from "@stockwire/contracts/keys";
import type { ObjectReference } from "@stockwire/service-kit/uploads/read-object";
import type { LedgerEntry } from "./load-order.ts";

/** One load's claim on a store, with where its file is. */
export interface LoadEntry extends LedgerEntry {
  readonly object: ObjectReference;
  readonly storeRestriction: string | undefined;
  /** What the finished load did; zero until then. */
  readonly written: number;
  readonly unchanged: number;
  readonly stale: number;
  readonly retired: number;
}

export interface LoadToRegister {
  readonly version: string;
  readonly content: string;
  readonly mode: LedgerEntry["mode"];
  /** The upload that it undoes, with mode `undo`. */
  readonly undoes?: string;
  readonly object: ObjectReference;
  readonly storeRestriction: string | undefined;
}

export interface LoadCounts {
  readonly written: number;
  readonly unchanged: number;
  readonly stale: number;
  /** Items of its stores that the file omits, where it replaces. */
  readonly retired: number;
}

/** A new claim, open. */
export const toItem = (store: string, load: LoadToRegister): LoadItem => ({
  Store: store,
  Version: load.version,
  State: "open",
  Content: load.content,
  ...(load.mode !== "load" && { Mode: load.mode }),
  Bucket: load.object.bucket,
  Key: load.object.key,
  ETag: load.object.etag,
  ...(load.object.versionId !== undefined && { VersionId: load.object.versionId }),
  ...(load.storeRestriction !== undefined && { StoreRestriction: load.storeRestriction }),
  ExpiresAt: expiresAt(Date.now(), LOADS_DAYS),
});

/** For everyone else a load is open until it has left the open versions; its own worker goes by the entry. */
export const toEntry = (item: LoadItem, ownVersion: string, open: ReadonlySet<string>): LoadEntry => ({
  version: item.Version,
  state: item.Version !== ownVersion && open.has(item.Version) ? "open" : item.State,
  content: item.Content,
  mode: item.Mode ?? "load",
  uploadId: parseUploadVersion(item.Version).uploadId,
  givenUp: false,
  ...(item.DuplicateOf !== undefined && { duplicateOf: item.DuplicateOf }),
  object: {
    bucket: item.Bucket,
    key: item.Key,
    etag: item.ETag,
    ...(item.VersionId !== undefined && { versionId: item.VersionId }),
  },
  storeRestriction: item.StoreRestriction,
  written: item.Written ?? 0,
  unchanged: item.Unchanged ?? 0,
  stale: item.Stale ?? 0,
  retired: item.Retired ?? 0,
});

/** A load that is only known to be open: its entry was gone when it was looked up, so it is about to end. */
export const openOnly = (version: string): LoadEntry => ({
  version,
  state: "open",
  content: "",
  mode: "load",
  uploadId: parseUploadVersion(version).uploadId,
  givenUp: false,
  object: { bucket: "", key: "", etag: "" },
  storeRestriction: undefined,
  written: 0,
  unchanged: 0,
  stale: 0,
  retired: 0,
});
