import { topology } from "@stockwire/contracts/topology";
import { createDynamoClient, createSnsClient, createSqsClient } from "@stockwire/service-kit/aws-clients";
import { createLimiter } from "@stockwire/service-kit/limiter";
import { createLiveEvents } from "@stockwire/service-kit/live/live-events";
import { watchQueueDepth } from "@stockwire/service-kit/queue-depth";
import { startQueueWorker } from "@stockwire/service-kit/queue-worker";
import { alertsDaysKey, createRecordedDays } from "@stockwire/service-kit/recorded-days";
import type { RunningService } from "@stockwire/service-kit/run-service";
import { watchReceives } from "@stockwire/service-kit/watch-receives";
import { createBatches } from "./batch-statements.ts";
import { dependencyChecks } from "./check-dependencies.ts";
import { LEASE_MILLISECONDS } from "./claim-transition.ts";
import type { AlertWorkerContext } from "./config.ts";
import { countFailure } from "./count-failure.ts";
import { gatherDigests } from "./gather-digests.ts";
import { publishNotification } from "./publish-notification.ts";
import type { Transition } from "./read-transition.ts";
import { createSlotTaker } from "./take-slot.ts";
import { type Stages, tellStaff } from "./tell-staff.ts";

/** Transitions that are claimed, or recorded, at the same time; a digest's are all to be recorded at once. */
const PARALLEL = 32;

export const startAlertWorker = async (
  { config, log, metrics }: AlertWorkerContext,
  leaseMilliseconds = LEASE_MILLISECONDS,
): Promise<RunningService> => {
  const { settings, resources } = config;
  const [sqs, sns, dynamo] = [createSqsClient(), createSnsClient(), createDynamoClient()];
  const queue = { queue: "alert", queueUrl: resources.queues.alert, log, metrics, sqs } as const;
  const deadLetterUrl = resources.queues["alert-dlq"];
  const tableName = resources.tables.Alerts;
  const topicArn = resources.topics.NoStock;
  const days = createRecordedDays(dynamo, tableName, alertsDaysKey);

  const publish = (transitions: readonly [Transition, ...Transition[]], publishBy: number) =>
    publishNotification({ sns, topicArn, metrics, log }, transitions, publishBy);
  const digests = gatherDigests({
    seconds: settings.DIGEST_SECONDS,
    maxPending: Math.max(1, Math.floor(settings.ALERT_CONCURRENCY / 2)),
    publish,
  });
  const live = createLiveEvents({ dynamo, tableName: resources.tables.Events, log, metrics });
  const stages: Stages = {
    claims: {
      ...{ dynamo, tableName, days, leaseMilliseconds, alertDays: settings.ALERT_DAYS },
      batches: createBatches(dynamo),
    },
    takeSlot: createSlotTaker(dynamo, tableName),
    publish,
    joinDigest: digests.join,
    preparing: createLimiter(PARALLEL),
    recording: createLimiter(PARALLEL),
    tellPages: live.alert,
  };
  const depth = watchQueueDepth({ ...queue, deadLetterUrl });
  watchReceives(queue);
  const worker = startQueueWorker({
    ...queue,
    deadLetterUrl,
    concurrency: settings.ALERT_CONCURRENCY,
    visibilitySeconds: topology.queues.alert.visibilityTimeoutSeconds,
    waitSeconds: settings.QUEUE_WAIT_SECONDS,
    handle: (message, context) => tellStaff(stages, message.body, context.log),
    countFailure: (message) =>
      stages.recording(() => countFailure(stages.claims, message, log.child({ messageId: message.id }))),
  });

  const destroyClients = async () => {
    for (const client of [sqs, sns, dynamo]) client.destroy();
  };
  return {
    checks: dependencyChecks({ sqs, queueUrl: queue.queueUrl, sns, topicArn, days }),
    // The digests first: the messages that wait in them are what the queue worker's stop waits for.
    shutdown: [
      { name: "digests", run: async () => digests.hurry() },
      { name: "queue worker", run: worker.stop },
      { name: "queue depth", run: async () => depth.stop() },
      { name: "live events", run: live.stop },
      { name: "clients", run: destroyClients },
    ],
  };
};
