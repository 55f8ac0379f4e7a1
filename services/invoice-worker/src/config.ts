import type { ConfigDefinition } from "@stockwire/service-kit/config";
import { reconcileSettings } from "@stockwire/service-kit/reconcile/settings";
import { receiptSettings } from "@stockwire/service-kit/retention";
import { commonSettings } from "@stockwire/service-kit/run-service";
import { Type } from "typebox";

const settings = Type.Object({
  ...commonSettings,
  ...receiptSettings,
  ...reconcileSettings,
  INVOICE_CONCURRENCY: Type.Integer({
    minimum: 1,
    maximum: 100,
    default: 8,
    description: "invoices worked on at the same time by this process",
  }),
  LAYOUTS_DIRECTORY: Type.String({
    default: "",
    description: "directory of layout templates (*.json); empty: the ones shipped with the service",
  }),
  FINISH_SECONDS: Type.Integer({
    minimum: 0,
    maximum: 100,
    default: 8,
    description: "seconds that a stop lets invoices finish before it hands them back",
  }),
  QUEUE_WAIT_SECONDS: Type.Integer({
    minimum: 1,
    maximum: 20,
    default: 5,
    description: "length of a long poll; a stop waits for the one under way",
  }),
});

const resources = {
  buckets: ["invoice-txt-src", "invoice-csv-dest"],
  queues: ["invoice", "invoice-dlq"],
  tables: ["Uploads", "Invoices", "Events"],
} as const;

export const invoiceConfig = { settings, resources } satisfies ConfigDefinition<
  typeof settings,
  typeof resources
>;
