import type { UploadItem } from "@stockwire/contracts/items";
import type { RowCounts, Warning } from "@stockwire/contracts/receipt";
import type { Ending } from "@stockwire/service-kit/uploads/progress";
import type { LoadCounts } from "./order/loads-table.ts";
import type { Unusable, Usable } from "./two-passes.ts";

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
  const { written, unchanged, stale } = outcome;
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
    warnings: outcome.warnings,
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

const commonOf = (inspection: Usable) => ({
  sha256: inspection.sha256,
  bytes: inspection.bytes,
  rejected: inspection.rejected,
  ...(inspection.stores.size === 1 && { store: [...inspection.stores][0] as string }),
});
