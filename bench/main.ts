/**
 * The benchmarks: runs them one after the other, prints what they found and keeps it.
 *
 *   npm run bench [-- NAME …] [--short] [--guard] [--page]
 *
 * NAME runs just those (bench/benchmarks.ts has the names). `--short` does less of each and keeps nothing. `--guard` does
 * the short form of those that have floors (bench/floors.json) and fails where a ratio is under its floor by more than
 * the noise. `--page` measures nothing and writes docs/performance.md anew from what is kept.
 */
import { parseArgs } from "node:util";
import { benchmarks } from "./benchmarks.ts";
import { guard } from "./harness/guard.ts";
import { keepOutcome, readResults, writePageFile } from "./harness/keep-results.ts";
import { renderOutcome } from "./harness/render-text.ts";
import { runApart } from "./harness/run-apart.ts";

const fail = (message: string): never => {
  console.error(message);
  process.exit(2);
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { short: { type: "boolean" }, guard: { type: "boolean" }, page: { type: "boolean" } },
});
const unknown = positionals.filter((name) => !(name in benchmarks));
if (unknown.length > 0) {
  fail(`No benchmark is called ${unknown.join(", ")}; there are ${Object.keys(benchmarks).join(", ")}.`);
}
const names = Object.keys(benchmarks).filter(
  (name) => positionals.length === 0 || positionals.includes(name),
);

if (values.page) {
  writePageFile(readResults());
} else if (values.guard) {
  const complaints = await guard(names, (name) => runApart(name, "short"), console.log);
  for (const complaint of complaints) console.error(complaint);
  if (complaints.length > 0) process.exitCode = 1;
} else {
  for (const name of names) {
    try {
      const measured = await runApart(name, values.short ? "short" : "full");
      console.log(renderOutcome(measured));
      if (!values.short) keepOutcome(measured);
    } catch (error) {
      console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      process.exitCode = 1;
    }
  }
}
