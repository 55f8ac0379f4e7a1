import { pause } from "../api/client.ts";
import { ApiProblem } from "../api/problem.ts";

const TRIES = 10;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 20_000;

/** Whether sending the same once more may end otherwise. */
export const isPassing = (error: unknown): boolean => {
  if (!(error instanceof ApiProblem)) return false;
  const { status, code } = error;
  return (
    status === 0 || status === 408 || status === 429 || status >= 500 || code === "idempotency_in_progress"
  );
};

/**
 * Tries again what passes, for about two minutes; tries while the browser knows of no network do
 * not count.
 * @param onWait told what is being waited out
 */
export const persist = async <Answer>(
  attempt: () => Promise<Answer>,
  { signal, onWait }: { readonly signal: AbortSignal; readonly onWait: (error: unknown) => void },
): Promise<Answer> => {
  for (let tried = 1; ; tried++) {
    try {
      return await attempt();
    } catch (error) {
      signal.throwIfAborted();
      if (!isPassing(error) || tried >= TRIES) throw error;
      onWait(error);
      // An API on this machine comes back without a network.
      if (!navigator.onLine) {
        await Promise.race([online(signal), pause(LONGEST_PAUSE_MS, signal)]);
        tried = 0;
      }
      const asked = error instanceof ApiProblem ? (error.retryAfter ?? 0) * 1000 : 0;
      const own = Math.min(FIRST_PAUSE_MS * 2 ** tried, LONGEST_PAUSE_MS) * (0.5 + Math.random() / 2);
      await pause(Math.max(asked, own), signal);
    }
  }
};

const online = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    addEventListener("online", () => resolve(), { once: true, signal });
  });
