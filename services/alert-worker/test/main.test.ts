import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import t from "tap";
import { outs, startTestCloud, until } from "./helpers.ts";

const cloud = await startTestCloud();
t.teardown(cloud.stop);

t.test("SIGTERM while a digest waits: it is published, its messages go, exit code 0", async (t) => {
  const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
  const settings = { OPERATIONS_PORT: "0", DIGEST_SECONDS: "15", QUEUE_WAIT_SECONDS: "1" };
  const child = spawn(process.execPath, [main], { env: { ...process.env, ...settings } });
  const lines: Record<string, unknown>[] = [];
  createInterface(child.stdout).on("line", (line) => lines.push(JSON.parse(line)));
  const exit = new Promise((resolve) => child.on("close", resolve));
  await cloud.send(outs(8));
  const singles = await cloud.told(3);
  const port = lines.find(({ msg }) => msg === "started")?.operationsPort;
  await until(async () => {
    const metrics = await fetch(`http://127.0.0.1:${port}/metrics`);
    return /^stockwire_queue_in_flight\{.*\} 5$/m.test(await metrics.text());
  });
  const terminated = performance.now();
  child.kill("SIGTERM");
  t.equal(await exit, 0);
  t.ok(performance.now() - terminated < 10_000, "before the digest's own time");
  const told = [...singles, ...(await cloud.toldInAll())].flatMap((one) => one.lines);
  t.same(
    told.sort(),
    Array.from({ length: 8 }, (_, index) => `Berlin is out of stock of Item ${index}`),
  );
  t.ok((await cloud.records()).every(({ PublishedAt }) => PublishedAt !== undefined));
  const logged = lines.filter(({ msg }) => msg === "told staff");
  t.equal(logged.length, 4, "three and a digest");
  t.ok(
    logged.every(({ uploadId }) => uploadId === "load-1"),
    "with the upload's id",
  );
});
