import type { Findings } from "../findings.ts";
import type { Layout } from "../layout/layout.ts";
import type { Scan } from "../parse/scan-invoice.ts";
import type { ItemCandidate } from "./conventions.ts";
import { gatherItemList } from "./gather-item-list.ts";
import { gatherItemTable } from "./gather-item-table.ts";

export interface ItemsRead {
  readonly candidates: readonly ItemCandidate[];
  /** False where the file has an item that could not be read: sums of the others say nothing. */
  readonly areAllRead: boolean;
}

/** Reads the items in the form that the layout gives them. */
export const readItems = (scan: Scan, layout: Layout, findings: Findings): ItemsRead => {
  const { itemLines, tooManyItems } = scan;
  const report = (code: string, message: string): void =>
    findings.problem({ code, message, line: null, field: "items" });
  if (itemLines === undefined) {
    if (layout.itemsRequired)
      report("missing_field", "the items are missing; write them under their heading");
    return { candidates: [], areAllRead: true };
  }
  if (tooManyItems) report("too_many_items", "there are more items than are read; send several invoices");
  const candidates =
    layout.itemTable === undefined
      ? gatherItemList(itemLines, layout, findings)
      : gatherItemTable(itemLines, layout.itemTable, layout, findings);
  const trouble = ["too_many_items", "bad_item", "bad_items_header"];
  return { candidates, areAllRead: !trouble.some((code) => findings.codes.has(code)) };
};
