import { waiting } from "@stockwire/service-kit/errors";
import type { UploadsTable } from "@stockwire/service-kit/uploads/uploads-table";
import { forEachLimited } from "../for-each-limited.ts";
import type { LoadEntry, LoadToRegister } from "./ledger-entry.ts";
import { type LoadPlan, planLoad } from "./load-order.ts";
import type { LoadsTable, OpenVersions } from "./loads-table.ts";

const WAIT_SECONDS = 1;
const PARALLEL_RECEIPTS = 16;
/** SQS lets nobody hold a message for longer. */
const LONGEST_DELIVERY_MS = 12 * 3_600_000;

/** What may be done now that the load stands in the ledger. */
export type Claim = Exclude<LoadPlan<LoadEntry>, { action: "wait" }>;

/**
 * What a load may do. To be called when it is registered in every store that its file names, and not before.
 * Throws a `waiting` WorkError while a newer load of one of the stores is open.
 * @param open what `LoadsTable.openIn` has read since then
 */
export const claimStores = async (
  loads: LoadsTable,
  uploads: UploadsTable,
  stores: ReadonlySet<string>,
  load: Pick<LoadToRegister, "version" | "content" | "undoes">,
  open: OpenVersions,
): Promise<Claim> => {
  const entries = await markGivenUp(uploads, load.version, await loads.read(stores, load.version, open));
  const plan = planLoad(load, entries);
  if (plan.action !== "wait") return plan;
  throw waiting(
    "newer_load_open",
    `the newer upload ${plan.uploadId} of the same store is being loaded`,
    WAIT_SECONDS,
  );
};

/**
 * Whether a load will ever finish stands in its receipt, not in the ledger; asked only of the open ones. `rejected`
 * after it had registered: its object went away. Any other end closed the entry first, so it is looked at anew.
 */
export const markGivenUp = async (
  uploads: UploadsTable,
  ownVersion: string,
  entries: ReadonlyMap<string, readonly LoadEntry[]>,
): Promise<ReadonlyMap<string, readonly LoadEntry[]>> => {
  const open = new Set(
    [...entries.values()]
      .flat()
      .filter((entry) => entry.state === "open" && entry.version !== ownVersion)
      .map((entry) => entry.uploadId),
  );
  if (open.size === 0) return entries;
  const givenUp = new Map<string, "lately" | "long ago">();
  await forEachLimited(open, PARALLEL_RECEIPTS, async (uploadId) => {
    const receipt = await uploads.get(uploadId);
    // A load registers after its receipt was made, so one without has outlived it.
    const status = receipt?.Status ?? "failed";
    if (status !== "failed" && status !== "rejected") return;
    const ended = Date.parse(receipt?.FinishedAt ?? "");
    givenUp.set(uploadId, Date.now() - ended < LONGEST_DELIVERY_MS ? "lately" : "long ago");
  });
  return new Map(
    [...entries].map(([store, list]) => [
      store,
      list.map((entry) => ({ ...entry, givenUp: givenUp.get(entry.uploadId) ?? false })),
    ]),
  );
};
