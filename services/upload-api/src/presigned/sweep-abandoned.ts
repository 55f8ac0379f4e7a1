import type { ApiContext } from "../context.ts";
import { endUpload } from "./end-upload.ts";

/** @returns how many uploads were given up */
export const sweepAbandoned = async (context: ApiContext): Promise<number> => {
  let ended = 0;
  for await (const item of context.pendingUploads.listAbandoned(Math.floor(Date.now() / 1000))) {
    try {
      const outcome = await endUpload(item, context);
      // Made, and its `complete` never repeated: the worker has the receipt from the object's metadata.
      if (outcome === "completed") await context.pendingUploads.move(item.UploadId, ["completing"], outcome);
      else ended += 1;
      context.log.info({ uploadId: item.UploadId, outcome }, "an upload was left unfinished");
    } catch (error) {
      context.log.warn({ err: error, uploadId: item.UploadId }, "could not end an abandoned upload");
    }
  }
  return ended;
};

/**
 * Ends abandoned uploads now and then. The bucket's lifecycle rule does the same on AWS, without knowing of our table;
 * other endpoints have none. Several replicas may do it at once: each step can be repeated.
 * @param seconds between two sweeps; up to a fifth more, so that replicas drift apart
 */
export const startSweeping = (context: ApiContext, seconds: number): { stop: () => Promise<void> } => {
  let timer: NodeJS.Timeout | undefined;
  let sweeping: Promise<unknown> = Promise.resolve();
  let stopped = false;
  const plan = (): void => {
    if (stopped) return;
    timer = setTimeout(
      () => {
        sweeping = sweepAbandoned(context)
          .catch((error) => context.log.warn({ err: error }, "could not look for abandoned uploads"))
          .finally(plan);
      },
      seconds * 1000 * (1 + Math.random() / 5),
    );
  };
  plan();
  return {
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await sweeping;
    },
  };
};
