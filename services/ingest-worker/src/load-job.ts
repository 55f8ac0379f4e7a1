import type { FileCode } from "@stockwire/contracts/codes";
import type { UploadItem } from "@stockwire/contracts/items";
import { compositeKey, undoVersion } from "@stockwire/contracts/keys";
import type { LoadMode } from "@stockwire/contracts/object-metadata";
import { permanent } from "@stockwire/service-kit/errors";
import type { ObjectReference } from "@stockwire/service-kit/uploads/read-object";
import type { UploadsTable } from "@stockwire/service-kit/uploads/uploads-table";

/** What is to be done for one upload, and with which file. */
export interface LoadJob {
  readonly upload: UploadItem;
  readonly mode: LoadMode;
  /** Its place in the order protocol. */
  readonly version: string;
  /** The upload's own file, or, to undo another, that one's. */
  readonly file: {
    readonly object: ObjectReference;
    readonly bytes: number;
    /** As the sender announced it, or an earlier attempt found it. */
    readonly sha256: string | undefined;
    readonly storeRestriction: string | undefined;
  };
  /** Present with mode `undo`. */
  readonly undoes?: {
    readonly uploadId: string;
    readonly version: string;
    /** Whether what is undone was about everything that its stores have. */
    readonly replaced: boolean;
  };
}

/** Undoing what undid an undoing, and so on: each step makes the version longer. */
const MAX_UNDO_DEPTH = 8;

/** Throws the permanent WorkError `undo_target_gone`. */
export const toLoadJob = async (uploads: UploadsTable, upload: UploadItem): Promise<LoadJob> => {
  if (upload.Mode !== "undo")
    return { upload, mode: upload.Mode, version: upload.Version, file: fileOf(upload) };
  const chain = await undoChain(uploads, upload);
  const target = chain[1] as UploadItem;
  const origin = chain.at(-1) as UploadItem;
  return {
    upload,
    mode: "undo",
    version: versionOf(chain),
    file: fileOf(origin),
    undoes: {
      uploadId: target.UploadId,
      version: versionOf(chain.slice(1)),
      replaced: origin.Mode === "replace",
    },
  };
};

/** The upload, the one that it undoes, the one that that undid, …, to the one with a file of its own. */
const undoChain = async (uploads: UploadsTable, upload: UploadItem): Promise<readonly UploadItem[]> => {
  const chain = [upload];
  for (let last = upload; last.UndoOf !== undefined; ) {
    if (chain.length > MAX_UNDO_DEPTH) {
      throw permanent(
        "undo_too_deep" satisfies FileCode,
        `it undoes more than ${MAX_UNDO_DEPTH} undoings in a row`,
      );
    }
    const target = await uploads.get(last.UndoOf);
    if (target === undefined) {
      throw permanent(
        "undo_target_gone" satisfies FileCode,
        `the receipt of the upload ${last.UndoOf}, which it undoes, is gone`,
      );
    }
    chain.push(target);
    last = target;
  }
  return chain;
};

const versionOf = (chain: readonly UploadItem[]): string =>
  chain.reduceRight(
    (version, { UploadId, Version }) => (version ? undoVersion(version, UploadId) : Version),
    "",
  );

const fileOf = (upload: UploadItem): LoadJob["file"] => ({
  object: {
    bucket: upload.Bucket,
    key: upload.Key,
    etag: upload.ETag ?? "",
    ...(upload.VersionId !== undefined && { versionId: upload.VersionId }),
  },
  bytes: upload.Bytes,
  sha256: upload.Sha256,
  storeRestriction: upload.StoreRestriction,
});

/** Equal for jobs with the same effect. */
export const contentOf = ({ upload, mode, file, undoes }: LoadJob, sha256: string): string =>
  undoes === undefined
    ? compositeKey(sha256, mode, file.storeRestriction ?? "")
    : compositeKey(upload.UploadId, mode, "");
