import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import t from "tap";

const service = fileURLToPath(new URL("./fixtures/tiny-service.ts", import.meta.url));
const complete = { TABLE_LOADS: "loads", OPERATIONS_PORT: "0", STOP_TIMEOUT_SECONDS: "1" };

/** Runs the fixture to its end; `signal` is sent once it says that it has started. */
const run = async (environment: Record<string, string>, signal?: NodeJS.Signals) => {
  const child = spawn(process.execPath, [service], { env: { PATH: process.env.PATH, ...environment } });
  const lines: { level: string; msg: string; phase?: string }[] = [];
  let faults = "";
  child.stderr.on("data", (chunk) => {
    faults += chunk;
  });
  createInterface(child.stdout).on("line", (line) => {
    lines.push(JSON.parse(line));
    if (signal && lines.at(-1)?.msg === "started") child.kill(signal);
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  return { code, faults, said: lines.map(({ msg, phase }) => (phase ? `${msg}: ${phase}` : msg)) };
};

t.test("SIGTERM and SIGINT stop in order, exit code 0", async (t) => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    const { code, faults, said } = await run({ ...complete, STORY: "none" }, signal);
    t.equal(code, 0);
    t.equal(faults, "");
    t.same(said, [
      "started",
      "stopping",
      "stopped: first",
      "stopped: second",
      "all done",
      "stopped: third",
      "stopped: operations server",
    ]);
  }
});

t.test("a phase that fails does not keep the next ones from running", async (t) => {
  const { said } = await run({ ...complete, STORY: "phase fails" }, "SIGTERM");
  t.ok(said.includes("did not stop cleanly: second"));
  t.ok(said.includes("stopped: third"));
});

t.test("a phase that hangs ends at the deadline, exit code 1", async (t) => {
  const { code, said } = await run({ ...complete, STORY: "phase hangs" }, "SIGTERM");
  t.equal(code, 1);
  t.equal(said.at(-1), "did not stop in time");
});

t.test("a bug stops in order, exit code 1", async (t) => {
  const { code, said } = await run({ ...complete, STORY: "bug" });
  t.equal(code, 1);
  t.ok(said.includes("stopping because of a bug"));
  t.ok(said.includes("stopped: operations server"));
});

t.test("a start that fails says so in one line, exit code 1", async (t) => {
  const { code, said } = await run({ ...complete, STORY: "cannot start" });
  t.equal(code, 1);
  t.same(said, ["could not start"]);
});

t.test("a taken port says so in one line, exit code 1", async (t) => {
  const squatter = createServer();
  await new Promise<void>((resolve) => squatter.listen(0, "127.0.0.1", resolve));
  const address = squatter.address();
  const port = typeof address === "object" ? String(address?.port) : "";
  const { code, said } = await run({ ...complete, STORY: "none", OPERATIONS_PORT: port });
  t.equal(code, 1);
  t.same(said, ["could not start"]);
  await new Promise((resolve) => squatter.close(resolve));
});

t.test("a missing variable is one line that names it, exit code 1", async (t) => {
  const { code, faults, said } = await run({ ...complete, TABLE_LOADS: "", STORY: "none" });
  t.equal(code, 1);
  t.equal(faults, 'tiny: TABLE_LOADS is not set: name of the table "Loads"\n');
  t.same(said, []);
});
