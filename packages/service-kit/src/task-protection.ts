import type { Logger } from "./logger.ts";

/** Asks ECS to end other tasks before this one. */
export interface TaskProtection {
  /** Work has begun. */
  readonly begin: () => void;
  /** One of the works begun is over. */
  readonly end: () => void;
  /** Asks for nothing more; what was asked for runs out by itself. */
  readonly stop: () => void;
}

export interface TaskProtectionOptions {
  readonly log: Logger;
  /** Where ECS's agent listens; ECS sets the variable in every container. Without it there is nothing to ask. */
  readonly agentUri?: string | undefined;
  /** For how long ECS is asked each time: what a task that died would stay protected. Whole minutes. */
  readonly expiresInMinutes?: number;
  readonly renewSeconds?: number;
  /**
   * For how long work without a pause is protected before ECS gets one renewal's time to end the task. A worker
   * that is never idle would otherwise hold up a deployment for as long as there is a backlog.
   */
  readonly longestMinutes?: number;
  /** How long after the last work protection is given up, so that a message a second is not two requests a second. */
  readonly lingerSeconds?: number;
}

const REQUEST_TIMEOUT_MILLISECONDS = 5_000;

const NOTHING_TO_ASK: TaskProtection = { begin: () => {}, end: () => {}, stop: () => {} };

/**
 * Keeps scale-in and deployments away from a task while it works, through ECS's task scale-in protection endpoint. It
 * is a favour, not a guarantee: nobody waits for the answer, a refusal is logged and asked again with the next
 * renewal, and a task that is ended all the same hands its messages back.
 */
export const createTaskProtection = ({
  log,
  agentUri = process.env.ECS_AGENT_URI,
  expiresInMinutes = 5,
  renewSeconds = 120,
  longestMinutes = 60,
  lingerSeconds = 5,
}: TaskProtectionOptions): TaskProtection => {
  if (!agentUri) return NOTHING_TO_ASK;
  const endpoint = `${agentUri}/task-protection/v1/state`;
  let works = 0;
  let since: number | undefined;
  let renewing: NodeJS.Timeout | undefined;
  let lingering: NodeJS.Timeout | undefined;
  let asking: Promise<void> = Promise.resolve();

  /** One request after the other: an early answer must not undo a later wish. */
  const ask = (wanted: boolean): void => {
    asking = asking.then(async () => {
      try {
        await putState(endpoint, wanted, expiresInMinutes);
      } catch (error) {
        log.warn({ err: error, wanted }, "could not change this task's protection; the work goes on");
      }
    });
  };
  const giveUp = (): void => {
    clearInterval(renewing);
    renewing = undefined;
    since = undefined;
    ask(false);
  };
  const protect = (): void => {
    const isLong = since !== undefined && performance.now() - since > longestMinutes * 60_000;
    since = isLong ? undefined : (since ?? performance.now());
    ask(!isLong);
  };
  return {
    begin: () => {
      works += 1;
      clearTimeout(lingering);
      if (renewing !== undefined) return;
      protect();
      renewing = setInterval(protect, renewSeconds * 1_000).unref();
    },
    end: () => {
      works -= 1;
      if (works === 0 && renewing !== undefined)
        lingering = setTimeout(giveUp, lingerSeconds * 1_000).unref();
    },
    stop: () => {
      clearTimeout(lingering);
      clearInterval(renewing);
    },
  };
};

/** Throws where the agent does not do as it is told; it also says so in bodies of answers with status 200. */
const putState = async (endpoint: string, wanted: boolean, expiresInMinutes: number): Promise<void> => {
  const response = await fetch(endpoint, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      ProtectionEnabled: wanted,
      ...(wanted && { ExpiresInMinutes: expiresInMinutes }),
    }),
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MILLISECONDS),
  });
  const text = await response.text();
  const { protection } = JSON.parse(text) as { protection?: unknown };
  if (!response.ok || protection === undefined) {
    throw new Error(`ECS's agent answered ${response.status}: ${text.slice(0, 500)}`);
  }
};
