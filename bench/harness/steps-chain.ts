import { createDynamoClient, createS3Client, createSnsClient } from "@stockwire/service-kit/aws-clients";
import { createLoadBySteps } from "./load-by-steps.ts";
import { receiveAll } from "./receive-all.ts";
import { createTellBySteps } from "./tell-by-steps.ts";

/**
 * The bare chain's hops with the requests that the rules ask for at each, put plainly, and none of our code. A process of its own for each half:
 * `node bench/harness/steps-chain.ts rows|alerts`; the bare front door (bare-door.ts) stands before them.
 */

const {
  QUEUE_INGEST = "",
  QUEUE_ALERT = "",
  TABLE_INVENTORY = "",
  TABLE_LOADS = "",
  TABLE_THRESHOLDS = "",
  TABLE_STORES = "",
  TABLE_UPLOADS = "",
  TABLE_ALERTS = "",
  TOPIC_NO_STOCK = "",
} = process.env;
const dynamo = createDynamoClient();

if (process.argv[2] === "rows") {
  const tables = {
    inventory: TABLE_INVENTORY,
    loads: TABLE_LOADS,
    uploads: TABLE_UPLOADS,
    thresholds: TABLE_THRESHOLDS,
    stores: TABLE_STORES,
  };
  const load = createLoadBySteps(createS3Client(), dynamo, tables);
  await receiveAll(QUEUE_INGEST, (messages) => Promise.all(messages.map(load)));
} else {
  await receiveAll(QUEUE_ALERT, createTellBySteps(createSnsClient(), dynamo, TABLE_ALERTS, TOPIC_NO_STOCK));
}
