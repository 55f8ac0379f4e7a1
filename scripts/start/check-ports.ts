import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** A start that was just killed needs a moment to give its ports back. */
const RECLAIM_MS = 4000;

/**
 * Makes sure that every port is free before anything starts, instead of failing half way.
 * @throws Error with one line for the user
 */
export const checkPorts = async (
  host: string,
  ports: readonly { port: number; variable: string }[],
): Promise<void> => {
  const deadline = Date.now() + RECLAIM_MS;
  for (const { port, variable } of ports) {
    while (!(await isFree(host, port))) {
      if (Date.now() > deadline) {
        throw new Error(
          `Port ${port} is taken: stop what listens on it, or set ${variable} to another port.`,
        );
      }
      await sleep(200);
    }
  }
};

const isFree = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(false);
      else reject(new Error(`Cannot listen on ${host}:${port}: ${error.message}`, { cause: error }));
    });
    probe.listen(port, host, () => probe.close(() => resolve(true)));
  });
