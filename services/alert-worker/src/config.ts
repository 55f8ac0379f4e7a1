import type { ConfigDefinition } from "@stockwire/service-kit/config";
import { alertSettings } from "@stockwire/service-kit/retention";
import { commonSettings, type ServiceContext } from "@stockwire/service-kit/run-service";
import { Type } from "typebox";

const settings = Type.Object({
  ...commonSettings,
  ...alertSettings,
  ALERT_CONCURRENCY: Type.Integer({
    minimum: 1,
    maximum: 20_000,
    default: 2_000,
    description:
      "messages held at the same time; high, because those of a digest are held until it is published",
  }),
  DIGEST_SECONDS: Type.Number({
    minimum: 0,
    maximum: 15,
    default: 5,
    description: "longest that a transition waits for others of its load to be told with it",
  }),
  QUEUE_WAIT_SECONDS: Type.Integer({
    minimum: 1,
    maximum: 20,
    default: 5,
    description: "length of a long poll; a stop can take that long",
  }),
});

const resources = {
  queues: ["alert", "alert-dlq"],
  topics: ["NoStock"],
  tables: ["Alerts", "Events"],
} as const;

export const alertWorkerConfig = { settings, resources } satisfies ConfigDefinition<
  typeof settings,
  typeof resources
>;

export type AlertWorkerContext = ServiceContext<typeof settings, typeof resources>;
