import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { Logger } from "@stockwire/service-kit/logger";
import { createFeedRun, type FeedRun, type Listener } from "./feed-run.ts";

/** One reader of the table `Events` a process, however many listen; it reads only while somebody does. */
export interface LiveFeed {
  readonly listen: (listener: Listener) => Listening;
}

interface Listening {
  /** Hands over what comes from now on. */
  readonly begin: () => void;
  /**
   * Hands over what came since a time, in epoch milliseconds, and from then on what comes. Where that cannot be done, the
   * listener is told why, and what comes from then on is handed over all the same.
   */
  readonly resume: (time: number) => Promise<void>;
  /** Epoch milliseconds: everything that was appended before has been read. */
  readonly position: () => number;
  readonly close: () => void;
}

export const createLiveFeed = (parts: {
  readonly dynamo: DynamoDBDocumentClient;
  readonly tableName: string;
  readonly log: Logger;
}): LiveFeed => {
  const listeners = new Set<Listener>();
  let open = 0;
  let run: FeedRun | undefined;

  return {
    listen: (listener) => {
      open += 1;
      run ??= createFeedRun(parts, listeners);
      const own = run;
      let isOpen = true;
      return {
        begin: () => void (isOpen && listeners.add(listener)),
        resume: async (time) => {
          await own.reachBackTo(time, () => isOpen);
          if (!isOpen) return;
          // In one go: nothing comes between what was and what comes.
          own.replay(time, listener);
          listeners.add(listener);
        },
        position: own.position,
        close: () => {
          if (!isOpen) return;
          isOpen = false;
          listeners.delete(listener);
          open -= 1;
          if (open > 0) return;
          own.stop();
          run = undefined;
        },
      };
    },
  };
};
