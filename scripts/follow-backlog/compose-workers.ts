import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");

const compose = async (...args: string[]): Promise<string> =>
  (await run("docker", ["compose", ...args], { cwd: root })).stdout;

/** Containers of a service that are up. */
export const countRunning = async (service: string): Promise<number> => {
  const ids = await compose("ps", "--quiet", "--status", "running", service);
  return ids.split("\n").filter(Boolean).length;
};

/** Metrics of a service's first replica, from inside: its port is published nowhere. */
const readMetrics = (service: string): Promise<string> => {
  const address = "'http://127.0.0.1:' + process.env.OPERATIONS_PORT + '/metrics'";
  const print = `fetch(${address}).then((r) => r.text()).then((text) => process.stdout.write(text))`;
  return compose("exec", "--no-TTY", service, "node", "-e", print);
};

/** Messages of a queue that wait or are being worked on, by any worker. */
export const readBacklog = async (service: string, queue: string): Promise<number> =>
  sumDepths(await readMetrics(service), queue);

export const sumDepths = (metrics: string, queue: string): number => {
  const depths = [...metrics.matchAll(/^stockwire_queue_depth\{([^}]*)\} (\d+)$/gm)].filter(
    ([, labels = ""]) => labels.includes(`queue="${queue}"`) && /state="(visible|in_flight)"/.test(labels),
  );
  if (depths.length === 0) throw new Error(`no depth of the queue ${queue} yet`);
  return depths.reduce((sum, [, , depth]) => sum + Number(depth), 0);
};

/** Surplus containers get SIGTERM and their whole grace period; none of the others is touched. */
export const scaleTo = async (service: string, workers: number): Promise<void> => {
  const scale = ["--scale", `${service}=${workers}`];
  await compose("up", "--detach", "--no-recreate", "--no-deps", "--no-build", ...scale, service);
};
