import type { StartOptions } from "./options.ts";
import { CLOUD_SCRIPT, cloudEnvironment } from "./services.ts";
import { type Supervised, supervise } from "./supervise.ts";

export interface RunningCloud extends Supervised {
  /** Resolves with what services need to know; rejects where the first start fails. */
  readonly environment: Promise<Record<string, string>>;
}

/** Runs the cloud as a process of its own and keeps it running, on the same ports. */
export const startCloud = (options: StartOptions, print: (line: string) => void): RunningCloud => {
  const first = Promise.withResolvers<Record<string, string>>();
  let started = false;
  const cloud = supervise({
    name: "cloud",
    script: CLOUD_SCRIPT,
    environment: cloudEnvironment(options),
    print,
    onMessage: (message) => {
      if (started) print("cloud is back.");
      started = true;
      first.resolve((message as { environment: Record<string, string> }).environment);
    },
    mayRestart: () => {
      if (!started) first.reject(new Error("The cloud did not start; the line above says why."));
      return started;
    },
  });
  return { ...cloud, environment: first.promise };
};
