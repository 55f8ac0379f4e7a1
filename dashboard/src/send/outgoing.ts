import type { UploadKind } from "@stockwire/contracts/receipt";
import type { Api } from "../api/client.ts";

export type SendMode = "load" | "validate" | "replace";

/** What is sent. */
export interface Outgoing {
  readonly file: File;
  readonly kind: UploadKind;
  readonly mode: SendMode;
  /** The one store whose rows may load; undefined: all. */
  readonly store: string | undefined;
  /** One for the file however often it is tried, so that it is one upload. */
  readonly idempotencyKey: string;
}

/** What sending works with. */
export interface Sending {
  readonly api: Api;
  readonly signal: AbortSignal;
  readonly onHashing: (done: number) => void;
  /** Told how many of the file's bytes are there. */
  readonly onProgress: (sent: number) => void;
  /** Told what is being waited out. */
  readonly onWait: (error: unknown) => void;
}

const MIB = 1024 * 1024;

/** From here on, a file that breaks off costs more to send again than parts cost. */
export const IN_PARTS_FROM = 64 * MIB;
/** The API takes no invoice that is larger. */
const MAX_INVOICE_BYTES = 16 * MIB;

export const goesInParts = (kind: UploadKind, bytes: number): boolean =>
  kind === "inventory" && bytes >= IN_PARTS_FROM;

/** What is known to be refused before a byte is sent; undefined: nothing. */
export const refusalOf = (kind: UploadKind, bytes: number): string | undefined =>
  kind === "invoice" && bytes > MAX_INVOICE_BYTES
    ? "An invoice has at most 16 MiB. Send one invoice a file, as plain text; a stock list is to be sent as inventory."
    : undefined;
