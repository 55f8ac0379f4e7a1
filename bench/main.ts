/**
 * The benchmarks: runs them one after the other, prints what they found and keeps it.
 *
 *   npm run bench [-- NAME …] [--short] [--guard [--times N]] [--page]
 *
 * NAME runs just those (bench/benchmarks.ts has the names). `--short` does less of each and keeps nothing. `--guard` does
 * the short form of those that have floors (bench/floors.json) and fails where a ratio is beyond its floor; with
 * `--times N` it does each N times instead and prints the floors that follow, to be put there. `--page` measures nothing
 * and writes docs/performance.md anew from what is kept.
 */
import { parseArgs } from "node:util";
import { benchmarks } from "./benchmarks.ts";
import { findDatabase } from "./harness/find-database.ts";
import { readFloors } from "./harness/floors.ts";
import { guard, measureFloors } from "./harness/guard.ts";
import { keepOutcome, readResults, writePageFile } from "./harness/keep-results.ts";
import { renderOutcome } from "./harness/render-text.ts";
import { runApart } from "./harness/run-apart.ts";

const fail = (message: string): never => {
  console.error(message);
  process.exit(2);
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    short: { type: "boolean" },
    guard: { type: "boolean" },
    times: { type: "string" },
    page: { type: "boolean" },
  },
});
const unknown = positionals.filter((name) => !(name in benchmarks));
if (unknown.length > 0) {
  fail(`No benchmark is called ${unknown.join(", ")}; there are ${Object.keys(benchmarks).join(", ")}.`);
}
const known = Object.keys(benchmarks);
const names = known.filter((name) => positionals.length === 0 || positionals.includes(name));

const times = values.times === undefined ? undefined : Number(values.times);
if (times !== undefined && !(values.guard && Number.isInteger(times) && times >= 2)) {
  fail("--times takes a number from 2 on, with --guard: how far one run lies from itself says nothing.");
}

if (values.page) {
  writePageFile(readResults());
} else if (values.guard) {
  const database = await findDatabase();
  const measure = (name: string) => runApart(name, "short");
  const guarding = { chosen: names, known, floors: readFloors(), database, measure };
  if (times === undefined) {
    const { complaints, skipped } = await guard({ ...guarding, say: console.log });
    for (const line of [...skipped, ...complaints]) console.error(line);
    if (complaints.length > 0) process.exitCode = 1;
  } else {
    console.log(JSON.stringify(await measureFloors({ ...guarding, say: console.error }, times), null, 2));
  }
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
