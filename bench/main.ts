/**
 * The benchmarks: runs them one after the other, prints what they found and keeps it.
 *
 *   npm run bench [-- NAME …] [--short] [--guard [--times N]] [--page]
 *
 * NAME runs just those (bench/benchmarks.ts has the names). `--short` does less of each and keeps nothing. `--guard` does
 * the short form of those that have floors (bench/floors.json) and fails where a ratio is beyond its floor; with
 * `--times N` it does each N times instead and prints the floors that follow, to be put there. `--page` measures nothing
 * and writes docs/performance.md anew from what is kept. Only one at a time measures on a machine.
 */
import { parseArgs } from "node:util";
import { benchmarks } from "./benchmarks.ts";
import { findDatabase } from "./harness/find-database.ts";
import { readFloors } from "./harness/floors.ts";
import { guard, measureFloors } from "./harness/guard.ts";
import { keepOutcome, readResults, writePageFile } from "./harness/keep-results.ts";
import { beOnlyOne } from "./harness/only-one.ts";
import { renderOutcome } from "./harness/render-text.ts";
import { runApart } from "./harness/run-apart.ts";

const fail = (message: string): never => {
  console.error(message);
  process.exit(2);
};

const options = {
  help: { type: "boolean", short: "h" },
  short: { type: "boolean" },
  guard: { type: "boolean" },
  times: { type: "string" },
  page: { type: "boolean" },
} as const;
const USAGE = "npm run bench [-- NAME … [--short]] [-- [NAME …] --guard [--times N]] [-- --page]";

const readArguments = () => {
  // Without the two dashes npm keeps an option to itself, and a full run would take its place.
  const kept = Object.keys(options).find((option) => process.env[`npm_config_${option}`] !== undefined);
  if (kept !== undefined) fail(`npm kept --${kept} to itself: put two dashes before it (${USAGE}).`);
  try {
    return parseArgs({ allowPositionals: true, options });
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  }
};

const { values, positionals } = readArguments();
if (values.help) {
  console.log(
    `${USAGE}\nNAME is one of ${Object.keys(benchmarks).join(", ")}; more in CONTRIBUTING.md, "Measuring".`,
  );
  process.exit(0);
}
if (values.page && (positionals.length > 0 || Object.keys(values).length > 1)) {
  fail(`--page measures nothing and goes with nothing else (${USAGE}).`);
}
if (values.guard && values.short) fail(`--guard does the short form in any case (${USAGE}).`);
const unknown = positionals.filter((name) => !Object.hasOwn(benchmarks, name));
if (unknown.length > 0) {
  fail(`No benchmark is called ${unknown.join(", ")}; there are ${Object.keys(benchmarks).join(", ")}.`);
}
const known = Object.keys(benchmarks);
const names = known.filter((name) => positionals.length === 0 || positionals.includes(name));

const times = values.times === undefined ? undefined : Number(values.times);
if (times !== undefined && !(values.guard && Number.isInteger(times) && times >= 2)) {
  fail("--times takes a number from 2 on, with --guard: how far one run lies from itself says nothing.");
}

const run = async (): Promise<void> => {
  if (values.page) {
    const results = readResults();
    writePageFile(results);
    console.log(`docs/performance.md has ${Object.keys(results).length} of ${known.length} benchmarks`);
    return;
  }
  beOnlyOne();
  if (values.guard) {
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
    if (!values.short) {
      readResults();
      const database = await findDatabase();
      if (database !== "DynamoDB Local") {
        fail(
          `A full run is kept beside those on DynamoDB Local, and here ${database} stands in: install Java 17, or add --short to look.`,
        );
      }
    }
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
};

await run().catch((error: unknown) => fail(error instanceof Error ? error.message : String(error)));
