import type { ConfigDefinition } from "@stockwire/service-kit/config";
import { reconcileSettings } from "@stockwire/service-kit/reconcile/settings";
import { receiptSettings } from "@stockwire/service-kit/retention";
import { commonSettings } from "@stockwire/service-kit/run-service";
import { Type } from "typebox";

const settings = Type.Object({
  ...commonSettings,
  ...receiptSettings,
  ...reconcileSettings,
  INGEST_CONCURRENCY: Type.Integer({
    minimum: 1,
    maximum: 100,
    default: 8,
    description: "files loaded at the same time by this process",
  }),
  INGEST_PARALLEL_READS: Type.Integer({
    minimum: 1,
    maximum: 32,
    default: 4,
    description:
      "reads of 100 rows, each with up to four writes of 25, under way at the same time for one file",
  }),
  FINISH_SECONDS: Type.Integer({
    minimum: 0,
    maximum: 100,
    default: 8,
    description: "seconds that a stop lets files finish before it hands them back",
  }),
  QUEUE_WAIT_SECONDS: Type.Integer({
    minimum: 1,
    maximum: 20,
    default: 5,
    description: "length of a long poll; a stop waits for the one under way",
  }),
});

const resources = {
  buckets: ["inventory", "results"],
  queues: ["ingest", "ingest-dlq", "alert"],
  tables: ["Inventory", "Uploads", "Loads", "Stores", "Thresholds", "Alerts", "Events"],
} as const;

export const ingestConfig = { settings, resources } satisfies ConfigDefinition<
  typeof settings,
  typeof resources
>;
