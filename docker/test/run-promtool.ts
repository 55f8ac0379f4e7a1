import { spawnSync } from "node:child_process";

/**
 * Runs promtool and hands back how it ended. Throws where it is not installed: a check that is skipped checks nothing.
 */
export const runPromtool = (
  ...args: readonly string[]
): { readonly ok: boolean; readonly output: string } => {
  const { error, status, stdout, stderr } = spawnSync("promtool", args, { encoding: "utf8" });
  if (error !== undefined) throw new Error(missing("promtool"), { cause: error });
  return { ok: status === 0, output: `${stdout}${stderr}` };
};

export const missing = (program: string): string =>
  `${program} cannot be run: it comes with Prometheus. On Debian and Ubuntu \`apt-get install prometheus\`, elsewhere ` +
  "https://prometheus.io/download/, with its folder in the PATH.";
