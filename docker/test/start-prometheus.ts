import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, until } from "../../e2e/stack.ts";
import { PROMETHEUS_FOLDER } from "./read-rules.ts";
import { missing } from "./run-promtool.ts";

export interface Prometheus {
  /** Answer of its HTTP API, `data` only. Throws where it refuses, for instance a query that is no PromQL. */
  readonly ask: <Data>(path: string, parameters?: Readonly<Record<string, string>>) => Promise<Data>;
  readonly stop: () => Promise<void>;
}

/** Throws where it is not installed. Ask before starting anything that would then have to be stopped. */
export const requirePrometheus = (): void => {
  if (spawnSync("prometheus", ["--version"]).error !== undefined) throw new Error(missing("prometheus"));
};

/**
 * A real Prometheus on a free port, with the project's own rules, that scrapes the given targets every second under
 * the project's own names of jobs. Name servers play no part here: the targets are on this machine.
 * @param targets address by job
 */
export const startPrometheus = async (targets: Readonly<Record<string, string>>): Promise<Prometheus> => {
  const folder = mkdtempSync(join(tmpdir(), "stockwire-prometheus-"));
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  writeFileSync(join(folder, "prometheus.yml"), configuration({ prometheus: address, ...targets }));
  const child = spawn(
    "prometheus",
    [
      `--config.file=${join(folder, "prometheus.yml")}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=${address}`,
      "--log.level=error",
    ],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  const ask = async <Data>(path: string, parameters: Readonly<Record<string, string>> = {}) => {
    const response = await fetch(`http://${address}${path}?${new URLSearchParams(parameters)}`);
    const body = (await response.json()) as { status: string; data: Data; error?: string };
    if (body.status !== "success") throw new Error(`${path}: ${body.error} ${JSON.stringify(parameters)}`);
    return body.data;
  };
  try {
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`prometheus ended with ${child.exitCode}`);
      // Not listening yet.
      const ready = await fetch(`http://${address}/-/ready`).catch(() => undefined);
      return ready?.ok ? true : undefined;
    }, "prometheus to be ready");
  } catch (error) {
    await stop();
    throw error;
  }
  return { ask, stop };
};

/** JSON is YAML, so nothing has to be escaped by hand. */
const configuration = (targets: Readonly<Record<string, string>>): string =>
  JSON.stringify({
    global: { scrape_interval: "1s", scrape_timeout: "1s", evaluation_interval: "1s" },
    rule_files: [join(PROMETHEUS_FOLDER, "rules/*.yml")],
    scrape_configs: Object.entries(targets).map(([job, target]) => ({
      job_name: job,
      static_configs: [{ targets: [target] }],
    })),
  });
