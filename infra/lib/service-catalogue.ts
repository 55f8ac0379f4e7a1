import type { QueueName } from "@stockwire/contracts/topology";
import type { ResourceNeeds } from "@stockwire/service-kit/config";
import { alertWorkerConfig } from "../../services/alert-worker/src/config.ts";
import { ingestConfig } from "../../services/ingest-worker/src/config.ts";
import { invoiceConfig } from "../../services/invoice-worker/src/config.ts";
import { config as apiConfig } from "../../services/upload-api/src/config.ts";

/** What the stacks must know of a service; the resources come from the configuration that it reads itself. */
export interface ServiceDeclaration {
  readonly needs: ResourceNeeds;
  readonly operationsPort: number;
  /** The queue that it works on. */
  readonly queue?: QueueName;
  /** Of which it makes the records, and so must know how long they are kept. */
  readonly makes: "receipts" | "alerts";
  /** Seconds that a stop lets messages finish, for services that have the setting. */
  readonly finishSeconds?: number;
}

/** In which all of them run. */
export const CLUSTER = "services";

/** Longest that Fargate waits between SIGTERM and SIGKILL, and that Spot gives notice. */
export const PLATFORM_STOP_SECONDS = 120;
/** The services end by themselves before. */
export const STOP_TIMEOUT_SECONDS = 110;

/** Port of the API inside its container: the default of its setting PORT. */
export const API_PORT = 8080;

export const services = {
  "upload-api": { needs: apiConfig.resources, operationsPort: 9101, makes: "receipts" },
  "ingest-worker": {
    needs: ingestConfig.resources,
    operationsPort: 9102,
    makes: "receipts",
    queue: "ingest",
    finishSeconds: 90,
  },
  "alert-worker": {
    needs: alertWorkerConfig.resources,
    operationsPort: 9103,
    makes: "alerts",
    queue: "alert",
  },
  "invoice-worker": {
    needs: invoiceConfig.resources,
    operationsPort: 9104,
    makes: "receipts",
    queue: "invoice",
    finishSeconds: 90,
  },
} as const satisfies Record<string, ServiceDeclaration>;

export type ServiceName = keyof typeof services;
export type WorkerName = Exclude<ServiceName, "upload-api">;

export const serviceNames = Object.keys(services) as ServiceName[];
export const workerNames = serviceNames.filter((name) => name !== "upload-api");
