import type { LoadMode } from "@stockwire/contracts/object-metadata";
import type { UploadKind } from "@stockwire/contracts/receipt";
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
