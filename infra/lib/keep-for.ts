import { LOADS_DAYS } from "@stockwire/contracts/items";
import type { BucketDeclaration, BucketName, Topology } from "@stockwire/contracts/topology";
import type { RetentionParameters } from "./parameters.ts";

/**
 * The topology with an environment's times in place of the declared ones: rejected rows live as long as the receipts
 * that name them, old versions as long as is asked for. What is declared to live shorter than a message can wait, the
 * invoices' source, stays as declared.
 * @throws Error where something would go before the last event about it can have come
 */
export const keepFor = (topology: Topology, retention: RetentionParameters): Topology => {
  for (const [name, days] of Object.entries(retention)) {
    if (days < LOADS_DAYS)
      throw new Error(`retention.${name} is ${days}, but has to be ${LOADS_DAYS} at least`);
  }
  const declared = Object.entries(topology.buckets) as [BucketName, BucketDeclaration][];
  const buckets = Object.fromEntries(
    declared.map(([name, bucket]) => [name, { ...bucket, ...timesOf(name, bucket, retention) }]),
  ) as Topology["buckets"];
  return { ...topology, buckets };
};

const timesOf = (
  name: BucketName,
  { expireAfterDays, expireOldVersionsAfterDays }: BucketDeclaration,
  { receiptDays, oldVersionDays }: RetentionParameters,
): Partial<BucketDeclaration> => {
  if (name === "results") return { expireAfterDays: receiptDays };
  const isKept = expireAfterDays === undefined && expireOldVersionsAfterDays !== undefined;
  return isKept && oldVersionDays !== undefined ? { expireOldVersionsAfterDays: oldVersionDays } : {};
};
