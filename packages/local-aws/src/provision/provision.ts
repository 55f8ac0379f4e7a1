import type { Topology } from "@stockwire/contracts/topology";
import type { Clients } from "../clients.ts";
import { provisionBuckets } from "./buckets.ts";
import { provisionQueues } from "./queues.ts";
import { provisionSubscriptions } from "./subscriptions.ts";
import { provisionTables } from "./tables.ts";
import { provisionTopics } from "./topics.ts";

export interface ProvisionOptions {
  /** False where a bridge announces objects: fauxqs answers 200 to a notification configuration and forgets it. */
  readonly bucketEvents: boolean;
  readonly log: (line: string) => void;
}

/** Resource variables: `BUCKET_INVENTORY`, `QUEUE_INGEST`, … as contracts/variables names them. */
export type ResourceVariables = Record<string, string>;

/**
 * Makes sure that everything the topology declares is there, under its logical name. Running it again changes
 * nothing, or brings queues, subscriptions, buckets and missing indexes up to date with a changed topology.
 */
export const provision = async (
  clients: Clients,
  topology: Topology,
  options: ProvisionOptions,
): Promise<ResourceVariables> => {
  const [messaging, tables] = await Promise.all([
    provisionMessaging(clients, topology, options),
    provisionTables(clients.dynamodb, topology),
  ]);
  return { ...messaging, ...tables };
};

/** Topics before the queues that they feed, both before the buckets that notify them. */
export const provisionMessaging = async (
  clients: Pick<Clients, "s3" | "sns" | "sqs">,
  topology: Topology,
  options: ProvisionOptions,
): Promise<ResourceVariables> => {
  const topics = await provisionTopics(clients.sns, topology);
  const queues = await provisionQueues(clients.sqs, topology, topics.arns);
  await provisionSubscriptions(clients.sns, topology, topics.arns, queues.arns);
  const buckets = await provisionBuckets(clients.s3, topology, topics.arns, options);
  return { ...topics.variables, ...queues.variables, ...buckets };
};
