import { type Static, Type } from "typebox";
import { InvoiceReport } from "./invoice.ts";

export const UploadKind = Type.Union([Type.Literal("inventory"), Type.Literal("invoice")]);
export type UploadKind = Static<typeof UploadKind>;

export const UploadStatus = Type.Union(
  [
    Type.Literal("received"),
    Type.Literal("loading"),
    Type.Literal("loaded"),
    Type.Literal("partial"),
    Type.Literal("rejected"),
    Type.Literal("duplicate"),
    Type.Literal("conflict"),
    Type.Literal("validated"),
    Type.Literal("failed"),
  ],
  {
    description:
      "received: waiting; loading: being loaded; loaded: every row accepted; partial: some rows rejected, or the " +
      "invoice is quarantined; rejected: nothing usable; duplicate: the same bytes as an earlier load; conflict: " +
      "another file stands under the invoice's ids; validated: only looked at, its rows are what a load would have done; " +
      "failed: given up after five attempts",
  },
);
export type UploadStatus = Static<typeof UploadStatus>;

const FINAL: ReadonlySet<UploadStatus> = new Set<UploadStatus>([
  "loaded",
  "partial",
  "rejected",
  "duplicate",
  "conflict",
  "validated",
  "failed",
]);

/** True when nothing more happens to the upload by itself (a redrive can reopen `failed`). */
export const isFinal = (status: UploadStatus): boolean => FINAL.has(status);

export const RowCounts = Type.Object(
  {
    read: Type.Integer({ description: "the sum of the other five" }),
    written: Type.Integer(),
    unchanged: Type.Integer(),
    stale: Type.Integer({ description: "a newer file had already decided" }),
    rejected: Type.Integer(),
    repeated: Type.Integer({ description: "the same item came again further down; the last row won" }),
  },
  { additionalProperties: false },
);
export type RowCounts = Static<typeof RowCounts>;

export const RejectedRow = Type.Object({
  line: Type.Integer({ description: "physical line in the file, from 1" }),
  column: Type.Union([Type.String(), Type.Null()], {
    description: "store, item, count, or null for the row",
  }),
  code: Type.String(),
  message: Type.String(),
  value: Type.String({ description: "what stood there, cut at 200 characters" }),
});
export type RejectedRow = Static<typeof RejectedRow>;

export const Warning = Type.Object({
  code: Type.String(),
  message: Type.String(),
  line: Type.Optional(Type.Integer()),
});
export type Warning = Static<typeof Warning>;

export const UploadError = Type.Object({ code: Type.String(), message: Type.String() });
export type UploadError = Static<typeof UploadError>;

/** What the sender is told about one file. */
export const Receipt = Type.Object({
  uploadId: Type.String(),
  kind: UploadKind,
  store: Type.Union([Type.String(), Type.Null()], {
    description: "the one store that the file is about; null while unknown or where it names several",
  }),
  filename: Type.String(),
  bytes: Type.Integer(),
  sha256: Type.Union([Type.String(), Type.Null()]),
  status: UploadStatus,
  receivedAt: Type.String({ format: "date-time" }),
  startedAt: Type.Union([Type.String({ format: "date-time" }), Type.Null()]),
  finishedAt: Type.Union([Type.String({ format: "date-time" }), Type.Null()]),
  mode: Type.Union(
    [Type.Literal("load"), Type.Literal("replace"), Type.Literal("validate"), Type.Literal("undo")],
    { description: "what was asked for" },
  ),
  undoOf: Type.Union([Type.String(), Type.Null()], { description: "the upload that this one undoes" }),
  bytesDone: Type.Integer({
    description: "moves to `bytes` while it loads: a file is read twice, and each reading counts half",
  }),
  rows: RowCounts,
  retired: Type.Integer({ description: "items that a replace retired because the file omits them" }),
  rejected: Type.Array(RejectedRow, { description: "the first 100; all of them in links.rejected" }),
  warnings: Type.Array(Warning),
  duplicateOf: Type.Union([Type.String(), Type.Null()]),
  error: Type.Union([UploadError, Type.Null()]),
  invoice: Type.Union([InvoiceReport, Type.Null()], {
    description: "what was read in an invoice's file; null for inventory, and until it was read",
  }),
  links: Type.Object({
    self: Type.String(),
    file: Type.String(),
    rejected: Type.Optional(Type.String()),
    changes: Type.Optional(Type.String()),
    undoOf: Type.Optional(Type.String()),
    duplicateOf: Type.Optional(Type.String()),
    invoice: Type.Optional(Type.String()),
  }),
});
export type Receipt = Static<typeof Receipt>;

/** Rejected rows listed in the receipt itself. */
export const MAX_LISTED_REJECTED = 100;
/** Characters of a rejected value shown in the receipt. */
export const MAX_REJECTED_VALUE = 200;
/** Attempts before a file is given up and goes to the dead-letter queue. */
export const MAX_ATTEMPTS = 5;

export const NO_ROWS: RowCounts = { read: 0, written: 0, unchanged: 0, stale: 0, rejected: 0, repeated: 0 };
