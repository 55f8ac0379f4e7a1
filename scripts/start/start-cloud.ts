import type { StartOptions } from "./options.ts";
import { CLOUD_SCRIPT, cloudEnvironment } from "./services.ts";
import { type Supervised, supervise } from "./supervise.ts";

/** What a cloud tells once it is there. */
interface ProvidedCloud {
  /** What services need to know. */
  readonly environment: Record<string, string>;
  /** Its administrator's. */
  readonly apiKey: string;
}

export interface RunningCloud extends Supervised {
  /** Rejects where the first start fails. */
  readonly provided: Promise<ProvidedCloud>;
}

/** Runs the cloud as a process of its own and keeps it running, on the same ports. */
export const startCloud = (options: StartOptions, print: (line: string) => void): RunningCloud => {
  const first = Promise.withResolvers<ProvidedCloud>();
  let started = false;
  const cloud = supervise({
    name: "cloud",
    script: CLOUD_SCRIPT,
    environment: cloudEnvironment(options),
    print,
    onMessage: (message) => {
      const provided = message as ProvidedCloud;
      if (started) print("cloud is back.");
      // What is kept in memory alone begins anew, keys included.
      if (started && options.dataDir === undefined) print(`API key: ${provided.apiKey}`);
      started = true;
      first.resolve(provided);
    },
    mayRestart: () => {
      if (!started) first.reject(new Error("The cloud did not start; the line above says why."));
      return started;
    },
  });
  return { ...cloud, provided: first.promise };
};
