import type { UploadItem } from "@stockwire/contracts/items";
import type { Progress } from "@stockwire/service-kit/uploads/progress";
import type { ContentLock } from "./content-lock.ts";
import type { LoadToRegister } from "./ledger-entry.ts";
import type { LoadsTable } from "./loads-table.ts";

interface Tools {
  readonly contentLock: ContentLock;
  readonly loads: LoadsTable;
  readonly progress: Progress;
}

/**
 * The lock on a load's content, then its entries in the ledger: while it waits for the lock nobody may wait for it. A load
 * that is registered already stays so. Throws a `waiting` WorkError while another upload with this content is being loaded.
 */
export const registerLoad = async (
  tools: Tools,
  upload: UploadItem,
  stores: ReadonlySet<string>,
  load: LoadToRegister,
): Promise<void> => {
  const { contentLock, loads, progress } = tools;
  const { UploadId, Status, NamedStores } = upload;
  const [store, ...others] = stores;
  // Most files are about one store and come here once. Whoever had to wait is mostly registered already.
  const isUsual = others.length === 0 && Status !== "failed" && NamedStores === undefined;
  if (store !== undefined && isUsual && (await registerAtOnce(tools, UploadId, store, load))) return;
  await contentLock.acquire(load.content, UploadId);
  if (Status === "failed") await progress.reopen(UploadId);
  await loads.register(stores, load);
};

/** Both in one transaction. @returns false where somebody else is at it, or this load has been before */
const registerAtOnce = async (
  { contentLock, loads }: Tools,
  uploadId: string,
  store: string,
  load: LoadToRegister,
): Promise<boolean> => {
  const refused = await loads.registerWith(store, load, contentLock.taking(load.content, uploadId));
  if (refused === undefined) return true;
  const over = await contentLock.takingOver(refused.standing, load.content, uploadId);
  return over !== undefined && (await loads.registerWith(store, load, over)) === undefined;
};
