import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

export interface WantedPort {
  readonly port: number;
  /** What moves it. */
  readonly variable: string;
}

/** A start that was just killed needs a moment to give its ports back. */
const RECLAIM_MS = 4000;

/**
 * Makes sure that every port is one of its own, and free, before anything starts, instead of failing half way.
 * @throws Error with one line for the user
 */
export const checkPorts = async (host: string, ports: readonly WantedPort[]): Promise<void> => {
  checkDistinct(ports);
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

const checkDistinct = (ports: readonly WantedPort[]): void => {
  const variables = new Map<number, string>();
  for (const { port, variable } of ports) {
    if (port > 65_535) throw new Error(`${variable} is too large: it leads to port ${port}.`);
    const other = variables.get(port);
    if (other) throw new Error(`${other} and ${variable} both lead to port ${port}: give each its own.`);
    variables.set(port, variable);
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
