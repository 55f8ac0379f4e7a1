import type { Service } from "./services.ts";
import { type Supervised, supervise } from "./supervise.ts";
import { waitUntilReady } from "./wait-until-ready.ts";

export interface RunningService extends Supervised {
  /** Resolves when it is ready for the first time; rejects where it will not get there. */
  readonly ready: Promise<void>;
}

export interface StartServiceOptions {
  /** The cloud's. */
  readonly environment: Readonly<Record<string, string>>;
  readonly print: (line: string) => void;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** A service that refuses its settings ends sooner than this. */
const EARLY_MS = 5000;
const MOST_EARLY_ENDS = 3;

/** Runs a service and keeps it running, unless it ends with code 1 again and again before it was ever ready. */
export const startService = (service: Service, options: StartServiceOptions): RunningService => {
  const { environment, print } = options;
  const hopeless = Promise.withResolvers<never>();
  let wasReady = false;
  let earlyEnds = 0;
  const supervised = supervise({
    name: service.name,
    script: service.script,
    environment: { ...environment, ...service.environment },
    print,
    mayRestart: ({ code, uptimeMs }) => {
      earlyEnds = code === 1 && uptimeMs < EARLY_MS ? earlyEnds + 1 : 0;
      if (wasReady || earlyEnds < MOST_EARLY_ENDS) return true;
      const times = `${earlyEnds} times in a row before it was ready`;
      hopeless.reject(new Error(`${service.name} ended ${times}; its own line above says why.`));
      return false;
    },
  });
  const reached = waitUntilReady(service, options).then(() => {
    wasReady = true;
  });
  return { ...supervised, ready: Promise.race([reached, hopeless.promise]) };
};
