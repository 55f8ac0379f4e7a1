import type { FauxqsApp } from "../emulators/fauxqs.ts";

interface VisibilityChange {
  VisibilityTimeout?: number;
}

/** Practically at once, and not the zero that fauxqs stumbles over. */
const A_MILLISECOND = 0.001;

/**
 * Lets consumers hand messages back where queues are kept on disk. fauxqs takes a message whose visibility timeout
 * is set to zero out of the messages in flight, then fails to write that down (a NULL in a NOT NULL column of its
 * database), so the message is gone until the next start. Any other timeout is written without fault.
 */
export const handBackOnDisk = (app: FauxqsApp): void => {
  app.addHook("preHandler", async (request) => {
    const target = request.headers["x-amz-target"];
    const body = request.body as VisibilityChange & { Entries?: VisibilityChange[] };
    if (target === "AmazonSQS.ChangeMessageVisibility") soften(body);
    if (target === "AmazonSQS.ChangeMessageVisibilityBatch")
      for (const entry of body.Entries ?? []) soften(entry);
  });
};

const soften = (change: VisibilityChange): void => {
  if (change.VisibilityTimeout === 0) change.VisibilityTimeout = A_MILLISECOND;
};
