import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import { kindOf, retryable } from "@stockwire/service-kit/errors";
import type { Logger } from "@stockwire/service-kit/logger";
import type { Metrics } from "@stockwire/service-kit/metrics";
import { composeNotification } from "./compose-notification.ts";
import type { Transition } from "./read-transition.ts";

export interface Publisher {
  readonly sns: SNSClient;
  readonly topicArn: string;
  readonly metrics: Metrics;
  readonly log: Logger;
}

/** SNS answers in well under that; a publication that may be cut off after less is better not begun. */
const SHORTEST_MILLISECONDS = 1_000;

/**
 * Tells staff of one transition, or of several of one load, store and kind in one notification, and gives up at
 * `publishBy` (epoch milliseconds): later, another worker may be telling of the same.
 * @throws WorkError `lease_short`, retryable, where too little time is left to begin
 * @throws what SNS throttled with, as it came: no attempt is counted for it
 * @throws WorkError `publish_failed`, retryable. SNS may have taken the notification all the same.
 */
export const publishNotification = async (
  { sns, topicArn, metrics, log }: Publisher,
  transitions: readonly [Transition, ...Transition[]],
  publishBy: number,
): Promise<void> => {
  const left = publishBy - Date.now();
  if (left < SHORTEST_MILLISECONDS) {
    throw retryable(
      "lease_short",
      `the claim ends too soon (in ${Math.max(0, left)} ms) to publish in its time`,
    );
  }
  const { subject, message, store, kind, items } = composeNotification(transitions);
  try {
    await sns.send(
      new PublishCommand({
        TopicArn: topicArn,
        Subject: subject,
        Message: message,
        MessageAttributes: {
          store: { DataType: "String", StringValue: store },
          kind: { DataType: "String", StringValue: kind },
          item: { DataType: "String.Array", StringValue: JSON.stringify(items) },
        },
      }),
      { abortSignal: AbortSignal.timeout(left) },
    );
  } catch (error) {
    // Throttling is nobody's fault: counted as attempts it would park the alert.
    if (kindOf(error) === "waiting") throw error;
    throw retryable("publish_failed", `could not publish to ${topicArn}`, error);
  }
  for (const transition of transitions) {
    metrics.stockwire_alerts_total.inc({ kind: transition.kind });
    metrics.stockwire_alert_delay_seconds.observe((Date.now() - Date.parse(transition.receivedAt)) / 1_000);
  }
  log.info({ uploadId: transitions[0].uploadId, store, kind, transitions: transitions.length }, "told staff");
};
