import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import t from "tap";
import { startService } from "../start/start-service.ts";

const freePort = async (): Promise<string> => {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return String(port);
};

t.test("a service that refuses its settings is not started for ever", async (t) => {
  const script = join(t.testdir(), "refuses.mjs");
  writeFileSync(script, 'console.error("LOG_LEVEL is wrong"); process.exit(1);');
  const lines: string[] = [];
  const stopping = new AbortController();
  const service = startService(
    { name: "refuses", script, environment: {}, readyUrl: "http://127.0.0.1:1/ready" },
    { environment: {}, print: (line) => lines.push(line), timeoutMs: 60_000, signal: stopping.signal },
  );
  await t.rejects(service.ready, /^refuses ended 3 times in a row before it was ready; its own line above/);
  stopping.abort();
  await service.stop(1000);
  t.equal(lines.filter((line) => line === "refuses | LOG_LEVEL is wrong").length, 3);
  t.equal(lines.filter((line) => /starting it again/.test(line)).length, 2);
});

t.test("a service that needs a second try gets it", async (t) => {
  const script = join(t.testdir(), "second-try.mjs");
  writeFileSync(
    script,
    `import { existsSync, writeFileSync } from "node:fs";
    import { createServer } from "node:http";
    const marker = import.meta.dirname + "/tried";
    if (!existsSync(marker)) { writeFileSync(marker, ""); process.exit(1); }
    createServer((_, response) => response.end()).listen(process.env.OPERATIONS_PORT, "127.0.0.1");`,
  );
  const stopping = new AbortController();
  const OPERATIONS_PORT = await freePort();
  const service = startService(
    {
      name: "second-try",
      script,
      environment: { OPERATIONS_PORT },
      readyUrl: `http://127.0.0.1:${OPERATIONS_PORT}/ready`,
    },
    { environment: {}, print: () => {}, timeoutMs: 60_000, signal: stopping.signal },
  );
  t.teardown(() => service.stop(1000));
  await t.resolves(service.ready);
});
