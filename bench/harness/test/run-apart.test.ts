import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { createInterface } from "node:readline";
import t from "tap";
import { killWithDescendants } from "../processes.ts";
import { runApart } from "../run-apart.ts";

t.test("a benchmark that is not done in time is killed, and that is said", async (t) => {
  await t.rejects(runApart("parse", "short", 100), {
    message: "the benchmark was not done after 0.1 s and was killed",
  });
});

t.test(
  "what is killed takes along what it has started",
  { skip: process.platform !== "linux" },
  async (t) => {
    const child = spawn("sh", ["-c", "sleep 600 & echo started; wait"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    // Comes only when nobody holds its output any more: the sleeper does.
    const closed = once(child, "close");
    await once(createInterface({ input: child.stdout }), "line");
    await killWithDescendants(child.pid ?? 0);
    t.same(await closed, [null, "SIGKILL"]);
    await t.resolves(killWithDescendants(child.pid ?? 0), "to kill what is gone is no fault");
  },
);

t.test(
  "a signal ends a benchmark, its children and its files",
  { skip: process.platform !== "linux" },
  async (t) => {
    const folder = t.testdir();
    const module = new URL("../run-apart.ts", import.meta.url).href;
    // One that starts processes of its own.
    const script = `import { runApart } from ${JSON.stringify(module)}; await runApart("recovery", "short");`;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
      env: { ...process.env, TMPDIR: folder },
      stdio: ["ignore", "ignore", "pipe"],
    });
    const closed = once(child, "close");
    await once(createInterface({ input: child.stderr }), "line");
    t.match(readdirSync(folder), [/^stockwire-bench-/]);
    child.kill("SIGTERM");
    // Closed only when nobody holds its output any more.
    t.same(await closed, [143, null]);
    t.same(readdirSync(folder), []);
  },
);

t.test("a benchmark that does not exist fails", async (t) => {
  await t.rejects(runApart("nothing", "short"), { message: /ended with 1/ });
});
