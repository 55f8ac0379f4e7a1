import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { ThresholdsItem } from "@stockwire/contracts/items";
import type { LiveEventWriter } from "@stockwire/service-kit/live/live-events";
import { settleLevels } from "@stockwire/service-kit/stock/settle-levels";
import type { ThresholdsTable } from "@stockwire/service-kit/stock/thresholds-table";
import type { UploadsTable } from "@stockwire/service-kit/uploads/uploads-table";
import { forEachLimited } from "../for-each-limited.ts";
import { markGivenUp } from "../order/claim-stores.ts";
import type { LoadsTable } from "../order/loads-table.ts";

const PARALLEL_STORES = 8;

/**
 * Sets the levels anew in stores whose thresholds changed since the load read them, or whose levels nobody has yet
 * vouched for. To be called when all rows stand in the table and the load's ledger entries are still open.
 * @param latest the thresholds as they were when all rows stood
 * @param used what the load's rows were written by
 * @returns the stores that were gone through
 */
export const settleAfterLoad = async (
  tools: {
    readonly dynamo: DynamoDBDocumentClient;
    readonly tables: { readonly Inventory: string };
    readonly thresholds: ThresholdsTable;
    readonly loads: LoadsTable;
    readonly uploads: UploadsTable;
    readonly live: LiveEventWriter;
  },
  latest: ReadonlyMap<string, ThresholdsItem>,
  version: string,
  used: ReadonlyMap<string, ThresholdsItem>,
): Promise<ReadonlySet<string>> => {
  const unsettled = [...latest.values()].filter(
    ({ Store, Revision, SettledRevision }) =>
      SettledRevision !== Revision || used.get(Store)?.Revision !== Revision,
  );
  await forEachLimited(unsettled, PARALLEL_STORES, async (thresholds) => {
    const { Store } = thresholds;
    const { changed, revision } = await settleLevels(
      tools.dynamo,
      tools.tables.Inventory,
      tools.thresholds,
      thresholds,
    );
    if (changed > 0) tools.live.stock(Store, { more: true });
    // Another load that is open may still write rows by older thresholds; it sets them anew at its own end.
    if (!(await othersAreOpen(tools, Store, version))) await tools.thresholds.markSettled(Store, revision);
  });
  return new Set(unsettled.map(({ Store }) => Store));
};

const othersAreOpen = async (
  { loads, uploads }: { readonly loads: LoadsTable; readonly uploads: UploadsTable },
  store: string,
  version: string,
): Promise<boolean> => {
  const entries = await markGivenUp(uploads, version, await loads.read([store], version));
  return (entries.get(store) ?? []).some(
    (entry) => entry.version !== version && entry.state === "open" && !entry.givenUp,
  );
};
