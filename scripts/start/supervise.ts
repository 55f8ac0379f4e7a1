import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { renderLog } from "./render-log.ts";

export interface Supervised {
  /** SIGTERM, and SIGKILL where that takes longer than `deadlineMs`. Resolves when it has ended. */
  stop(deadlineMs: number): Promise<void>;
  kill(): void;
}

export interface SuperviseOptions {
  readonly name: string;
  readonly script: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly print: (line: string) => void;
  readonly onMessage?: (message: unknown) => void;
  /** Asked when it has ended unbidden; false: leave it ended. */
  readonly mayRestart?: (end: { code: number | null; uptimeMs: number }) => boolean;
}

const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 10_000;
/** Up for this long counts as healthy again. */
const HEALTHY_MS = 60_000;

const PRELOAD = new URL("../exit-with-parent.mjs", import.meta.url).href;

/** Keeps one process running: starts it, and again whenever it ends by itself, with growing pauses. */
export const supervise = (options: SuperviseOptions): Supervised => {
  const { name, print } = options;
  let child: ChildProcess | undefined;
  let restart: NodeJS.Timeout | undefined;
  let stopping = false;
  let ended = Promise.resolve();
  let delay = FIRST_DELAY_MS;

  const start = (): void => {
    const startedAt = Date.now();
    const current = startProcess(options);
    child = current;
    ended = new Promise((resolve) => {
      current.once("close", (code, signal) => {
        child = undefined;
        resolve();
        const uptimeMs = Date.now() - startedAt;
        if (stopping || options.mayRestart?.({ code, uptimeMs }) === false) return;
        if (uptimeMs >= HEALTHY_MS) delay = FIRST_DELAY_MS;
        print(`${name} ended unexpectedly (${signal ?? `code ${code}`}); starting it again in ${delay} ms.`);
        restart = setTimeout(start, delay);
        delay = Math.min(delay * 2, LONGEST_DELAY_MS);
      });
    });
  };
  start();

  return {
    stop: async (deadlineMs) => {
      stopping = true;
      clearTimeout(restart);
      const deadline = setTimeout(() => child?.kill("SIGKILL"), deadlineMs);
      child?.kill("SIGTERM");
      await ended;
      clearTimeout(deadline);
    },
    kill: () => {
      stopping = true;
      clearTimeout(restart);
      child?.kill("SIGKILL");
    },
  };
};

/** In a process group of its own: Ctrl-C reaches this script alone, which then stops the others in order. */
const startProcess = ({ name, script, environment, print, onMessage }: SuperviseOptions): ChildProcess => {
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", "--import", PRELOAD, script],
    { env: { ...process.env, ...environment }, stdio: ["ignore", "pipe", "pipe", "ipc"], detached: true },
  );
  child.on("error", (error) => print(`${name} cannot be started: ${error.message}`));
  if (onMessage) child.on("message", onMessage);
  for (const stream of [child.stdout, child.stderr]) {
    if (stream)
      createInterface({ input: stream }).on("line", (line) => print(`${name} | ${renderLog(line)}`));
  }
  return child;
};
