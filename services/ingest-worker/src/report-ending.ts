import type { FileCode } from "@stockwire/contracts/codes";
import type { UploadItem } from "@stockwire/contracts/items";
import type { RowCounts, Warning } from "@stockwire/contracts/receipt";
import type { Ending } from "@stockwire/service-kit/uploads/progress";
import type { LoadCounts } from "./order/ledger-entry.ts";
import type { PassOutcome, Unusable, Usable } from "./two-passes.ts";

/** Rejected whole: nothing was changed. */
export const asUnusable = (inspection: Unusable): Ending => ({
  status: "rejected",
  rows: { ...NONE, read: inspection.rejectedCount, rejected: inspection.rejectedCount },
  rejected: inspection.rejected,
  warnings: [],
  error: inspection.error,
  ...(inspection.sha256 !== undefined && { sha256: inspection.sha256 }),
  ...(inspection.bytes !== undefined && { bytes: inspection.bytes }),
});

export const asLoaded = (
  inspection: Usable,
  outcome: LoadCounts & { readonly warnings: readonly Warning[] },
): Ending => {
  const { written, unchanged, stale, retired } = outcome;
  const repeated = inspection.acceptedCount - written - unchanged - stale;
  return {
    ...commonOf(inspection),
    status: inspection.rejectedCount > 0 ? "partial" : "loaded",
    rows: {
      read: inspection.acceptedCount + inspection.rejectedCount,
      written,
      unchanged,
      stale,
      rejected: inspection.rejectedCount,
      repeated,
    },
    retired,
    warnings: outcome.warnings,
  };
};

/** Nothing was changed: the counts are what a load would have done. */
export const asValidated = (inspection: Usable, { rows, warnings }: PassOutcome): Ending => ({
  ...commonOf(inspection),
  status: "validated",
  rows,
  warnings,
});

/** Refused: what stood before the load is not known for sure. Nothing was changed. */
export const asUnsure = (inspection: Usable): Ending => {
  const { store } = commonOf(inspection);
  return {
    status: "rejected",
    rows: NONE,
    rejected: [],
    warnings: [],
    error: {
      code: "undo_unsure" satisfies FileCode,
      message:
        "an older file of the same store was loaded beside the one to be undone or after it, so it is not known for sure " +
        "what would stand there without it; send a file with the right counts",
    },
    ...(store !== undefined && { store }),
  };
};

/** The file is that of the load that was undone, so its digest, its size and its refused rows are not this upload's. */
export const asUndone = (
  inspection: Usable,
  outcome: LoadCounts & { readonly warnings: readonly Warning[] },
): Ending => {
  const { written, unchanged, stale, warnings } = outcome;
  const { store } = commonOf(inspection);
  return {
    status: "loaded",
    rows: { ...NONE, read: written + unchanged + stale, written, unchanged, stale },
    rejected: [],
    warnings,
    ...(store !== undefined && { store }),
  };
};

/** The bytes were loaded before and nothing came in between: the rows stand as they are. */
export const asDuplicate = (inspection: Usable, of: string, original: UploadItem | undefined): Ending => {
  const repeated = original?.Rows?.repeated ?? 0;
  return {
    ...commonOf(inspection),
    status: "duplicate",
    rows: {
      ...NONE,
      read: inspection.acceptedCount + inspection.rejectedCount,
      unchanged: inspection.acceptedCount - repeated,
      repeated,
      rejected: inspection.rejectedCount,
    },
    warnings: [],
    duplicateOf: of,
  };
};

const NONE: RowCounts = { read: 0, written: 0, unchanged: 0, stale: 0, rejected: 0, repeated: 0 };

const commonOf = (inspection: Usable): Pick<Ending, "sha256" | "bytes" | "rejected" | "store"> => ({
  sha256: inspection.sha256,
  bytes: inspection.bytes,
  rejected: inspection.rejected,
  ...(inspection.stores.size === 1 && { store: [...inspection.stores][0] as string }),
});
