import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

export interface ChildServer {
  readonly port: number;
  /** Resolves with a description when the process has ended, asked for or not. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

interface ChildServerOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** Reads one line of output: the port when listening, `taken` when somebody else has it. */
  readonly readLine: (line: string) => number | "taken" | undefined;
  /** For a server that does not tell: resolves with the port when it listens, or when `ended`. */
  readonly becomesReady?: (ended: AbortSignal) => Promise<number>;
}

const STOP_MS = 5000;

/**
 * Runs a server that ends when its standard input closes, so that it never outlives this process, whatever ends
 * this process. It gets a process group of its own: Ctrl-C in a terminal must not reach it before the services.
 * @returns undefined where the port is taken
 * @throws Error with the server's last words where it ends before it listens
 */
export const startChildServer = async (options: ChildServerOptions): Promise<ChildServer | undefined> => {
  const child = spawn(options.command, options.args, { stdio: ["pipe", "pipe", "pipe"], detached: true });
  child.stdin.on("error", () => {}); // it ended first; `ended` tells
  const lastLines: string[] = [];
  const remember = (line: string): void => {
    lastLines.push(line);
    if (lastLines.length > 5) lastLines.shift();
  };
  createInterface({ input: child.stderr }).on("line", remember);
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(`${options.command}: ${error.message}`));
    child.once("close", (code, signal) =>
      resolve(`${options.command} ended with ${signal ?? code}: ${lastLines.join(" | ")}`),
    );
  });

  const listening = new Promise<number | "taken">((resolve) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      remember(line);
      const read = options.readLine(line);
      if (read !== undefined) resolve(read);
    });
    child.stderr.on("data", (text: Buffer) => {
      if (options.readLine(text.toString()) === "taken") resolve("taken");
    });
  });
  const over = new AbortController();
  const ready = options.becomesReady?.(over.signal);
  const first = await Promise.race([ended, listening, ...(ready ? [ready] : [])]);
  over.abort();
  if (typeof first === "number") return { port: first, ended, stop: () => stop(child) };
  await stop(child);
  if (first === "taken") return undefined;
  throw new Error(first);
};

const stop = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const closed = once(child, "close");
  child.stdin?.end();
  const deadline = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
  await closed;
  clearTimeout(deadline);
};
