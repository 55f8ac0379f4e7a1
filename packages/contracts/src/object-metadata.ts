/**
 * What the API writes on an object so that a worker that meets it without a receipt can make one. S3 metadata
 * is ASCII only: free text is percent-encoded. Drops by scripts carry none of this.
 */

/**
 * `load`: the file's rows; `replace`: and its stores have nothing else; `validate`: only say what a load would do;
 * `undo`: put back what another upload changed.
 */
export type LoadMode = (typeof MODES)[number];

const MODES = ["load", "replace", "validate", "undo"] as const;

export interface UploadMetadata {
  readonly uploadId: string;
  readonly filename: string;
  readonly mode: LoadMode;
  /** The only store whose rows may load, and the store of files without a store column. */
  readonly storeRestriction?: string;
  /** The upload to undo, with mode `undo`. */
  readonly undoOf?: string;
  /** Known when the object was put whole; a multipart upload starts before its end is known. */
  readonly sha256?: string;
  /** ISO 8601; known when the object was put whole. */
  readonly receivedAt?: string;
}

/** S3 user metadata (without the `x-amz-meta-` prefix). */
export const encodeUploadMetadata = (metadata: UploadMetadata): Record<string, string> => ({
  "upload-id": metadata.uploadId,
  filename: encodeURIComponent(metadata.filename),
  mode: metadata.mode,
  ...(metadata.storeRestriction !== undefined && { store: encodeURIComponent(metadata.storeRestriction) }),
  ...(metadata.undoOf !== undefined && { "undo-of": metadata.undoOf }),
  ...(metadata.sha256 !== undefined && { sha256: metadata.sha256 }),
  ...(metadata.receivedAt !== undefined && { "received-at": metadata.receivedAt }),
});

/** Reads what `encodeUploadMetadata` wrote; undefined where it cannot have: the object was not put by the API. */
export const decodeUploadMetadata = (
  metadata: Readonly<Record<string, string>> | undefined,
): UploadMetadata | undefined => {
  const uploadId = metadata?.["upload-id"];
  if (metadata === undefined || uploadId === undefined) return undefined;
  const { filename, store, sha256 } = metadata;
  const receivedAt = metadata["received-at"];
  const undoOf = metadata["undo-of"];
  const mode = MODES.find((known) => known === metadata.mode) ?? "load";
  try {
    return {
      uploadId,
      filename: filename === undefined ? "" : decodeURIComponent(filename),
      mode,
      ...(undoOf !== undefined && { undoOf }),
      ...(store !== undefined && { storeRestriction: decodeURIComponent(store) }),
      ...(sha256 !== undefined && { sha256 }),
      ...(receivedAt !== undefined && { receivedAt }),
    };
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
};
