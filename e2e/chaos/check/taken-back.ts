import type { Receipt } from "@stockwire/contracts/receipt";
import type { Sent } from "../client.ts";
import type { PlannedSending } from "../workload.ts";

/**
 * The stated gap of a request without an Idempotency-Key: it failed when its object stood, a worker had heard of the object,
 * and the API took it back. The sender got an error and has sent the file again; nothing was loaded.
 */
const isTakenBack = (
  receipt: Receipt,
  sending: PlannedSending | undefined,
  answered: ReadonlySet<string>,
): boolean =>
  sending !== undefined &&
  sending.delivery.way === "api" &&
  !sending.delivery.key &&
  !answered.has(receipt.uploadId) &&
  receipt.status === "rejected" &&
  receipt.error?.code === "object_missing";

/** @returns the receipts that stand for the stated gap */
export const findTakenBack = (
  receipts: readonly Receipt[],
  sendings: readonly PlannedSending[],
  sent: readonly Sent[],
): ReadonlySet<Receipt> => {
  const answered = new Set(sent.flatMap(({ uploadIds }) => uploadIds));
  const byName = new Map(sendings.map((sending) => [sending.name, sending]));
  return new Set(receipts.filter((receipt) => isTakenBack(receipt, byName.get(receipt.filename), answered)));
};

/**
 * What was taken back after a worker had begun keeps its place in the ledger: for hours all rows of its stores are written,
 * the unchanged ones as well.
 * @returns the stores of which that may be so
 */
export const findUnsettledStores = (
  receipts: readonly Receipt[],
  sendings: readonly PlannedSending[],
  sent: readonly Sent[],
): ReadonlySet<string> => {
  const names = new Set([...findTakenBack(receipts, sendings, sent)].map(({ filename }) => filename));
  return new Set(
    sendings.flatMap((sending) =>
      sending.kind === "inventory" && names.has(sending.name)
        ? sending.file.rows.map(({ store }) => store)
        : [],
    ),
  );
};
