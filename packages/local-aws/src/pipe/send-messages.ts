import { setTimeout as sleep } from "node:timers/promises";
import { SendMessageBatchCommand, type SQSClient } from "@aws-sdk/client-sqs";

const MAX_ENTRIES = 10;
/** What one batch may weigh on every engine; AWS itself allows more by now. */
const MAX_BATCH_BYTES = 256 * 1024;
const ATTEMPTS = 5;

/** Splits bodies into batches that SQS takes in one call. */
export const toBatches = (bodies: readonly string[]): string[][] => {
  const batches: string[][] = [];
  let bytes = 0;
  for (const body of bodies) {
    const size = Buffer.byteLength(body);
    const current = batches.at(-1);
    if (current && current.length < MAX_ENTRIES && bytes + size <= MAX_BATCH_BYTES) {
      current.push(body);
      bytes += size;
    } else {
      batches.push([body]);
      bytes = size;
    }
  }
  return batches;
};

/**
 * Sends every body as one message, in order of batches, and returns when SQS has taken all of them. A message
 * that SQS refuses as faulty could never be sent and must not hold up the rest: it is logged and left out.
 * @throws Error where SQS goes on failing; some may have been sent then
 */
export const sendMessages = async (
  sqs: SQSClient,
  queueUrl: string,
  bodies: readonly string[],
  log: (line: string) => void,
): Promise<void> => {
  for (const batch of toBatches(bodies)) {
    let remaining = batch;
    for (let attempt = 1; remaining.length > 0; attempt += 1) {
      if (attempt > 1) await sleep(50 * 2 ** attempt);
      const entries = remaining.map((body, index) => ({ Id: String(index), MessageBody: body }));
      const answer = await sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: entries }));
      const failed = answer.Failed ?? [];
      for (const failure of failed.filter(({ SenderFault }) => SenderFault)) {
        log(`The queue refused a stream record (${failure.Code}: ${failure.Message}); it is left out.`);
      }
      const again = failed
        .filter(({ SenderFault }) => !SenderFault)
        .map(({ Id }) => remaining[Number(Id)] ?? "");
      if (again.length > 0 && attempt === ATTEMPTS) {
        throw new Error(`SQS did not take ${again.length} messages: ${failed[0]?.Code}`);
      }
      remaining = again;
    }
  }
};
