import { runService } from "@stockwire/service-kit/run-service";
import { alertWorkerConfig } from "./config.ts";
import { startAlertWorker } from "./start-alert-worker.ts";

await runService("alert-worker", alertWorkerConfig, startAlertWorker);
