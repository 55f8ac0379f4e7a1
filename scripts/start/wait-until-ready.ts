import { setTimeout as sleep } from "node:timers/promises";
import type { Service } from "./services.ts";

/** @throws Error naming the service that did not get ready in time */
export const waitUntilReady = async (
  service: Service,
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
): Promise<void> => {
  const deadline = Date.now() + timeoutMs;
  while (!signal.aborted) {
    if (await isReady(service.readyUrl)) return;
    if (Date.now() > deadline) {
      throw new Error(
        `${service.name} did not get ready within ${timeoutMs / 1000} s (${service.readyUrl}).`,
      );
    }
    await sleep(100);
  }
};

const isReady = async (url: string): Promise<boolean> => {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false; // not listening yet
  }
};
