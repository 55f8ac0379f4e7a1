import { waiting } from "@stockwire/service-kit/errors";
import type { UploadsTable } from "@stockwire/service-kit/uploads-table";
import { type LoadPlan, planLoad } from "./load-order.ts";
import type { LoadEntry, LoadsTable, LoadToRegister } from "./loads-table.ts";

const WAIT_SECONDS = 1;

/** What may be done now that the load stands in the ledger. */
export type Claim = Exclude<LoadPlan<LoadEntry>, { action: "wait" }>;

/**
 * Registers the load in every store that its file names, and only then reads what else is there.
 * Throws a `waiting` WorkError while a newer load of one of the stores is open.
 */
export const claimStores = async (
  loads: LoadsTable,
  uploads: UploadsTable,
  stores: ReadonlySet<string>,
  load: LoadToRegister,
): Promise<Claim> => {
  await loads.register(stores, load);
  const plan = await planWithGivenUp(uploads, load, await loads.read(stores));
  if (plan.action !== "wait") return plan;
  throw waiting(
    "newer_load_open",
    `the newer upload ${plan.uploadId} of the same store is being loaded`,
    WAIT_SECONDS,
  );
};

/** Whether a load was given up stands in its receipt, not in the ledger; asked only where it would be waited for. */
const planWithGivenUp = async (
  uploads: UploadsTable,
  load: LoadToRegister,
  entries: ReadonlyMap<string, readonly LoadEntry[]>,
): Promise<LoadPlan<LoadEntry>> => {
  const givenUp = new Set<string>();
  for (;;) {
    const known = new Map(
      [...entries].map(([store, list]): [string, LoadEntry[]] => [
        store,
        list.map((entry) => (givenUp.has(entry.uploadId) ? { ...entry, givenUp: true } : entry)),
      ]),
    );
    const plan = planLoad(load, known);
    if (plan.action !== "wait") return plan;
    const receipt = await uploads.get(plan.uploadId);
    if (receipt?.Status !== "failed") return plan;
    givenUp.add(plan.uploadId);
  }
};
