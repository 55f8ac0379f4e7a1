import type { LoadMode } from "@stockwire/contracts/object-metadata";
import type { UploadKind, UploadStatus } from "@stockwire/contracts/receipt";
import type { StagedFile } from "./stage-file.ts";

/** What the sender wants done with the files of a request. */
export interface Intake {
  readonly kind: UploadKind;
  readonly mode: LoadMode;
  readonly storeRestriction: string | undefined;
  /** Name of a raw body. */
  readonly filename: string | undefined;
}

/** A staged file with the id that its object, its receipt and its log lines carry. */
export interface IdentifiedFile extends StagedFile {
  readonly uploadId: string;
}

/** What a file's upload is called, and when it counts as received. */
export interface DecidedFile {
  readonly uploadId: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly receivedAt: string;
}

/** What makes it safe to send a request again after its process died anywhere. */
export interface Once {
  /**
   * What an earlier attempt had decided, in the files' order; empty where there was none. That attempt may have made
   * objects and receipts, so this one makes the same.
   */
  readonly decided: readonly DecidedFile[];
  /** Called when the whole body has arrived, before the first object is made. What it throws ends the request. */
  readonly decide: (
    files: readonly (DecidedFile & { readonly filename: string; readonly sha256: string })[],
  ) => Promise<void>;
}

/** What the sender is told at once about one file. */
export interface TakenIn {
  readonly uploadId: string;
  readonly filename: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly status: UploadStatus;
}
