import t from "tap";
import { createMetrics } from "../src/metrics.ts";
import { startOperationsServer } from "../src/operations-server.ts";

const start = (checks: Record<string, () => Promise<void>>) =>
  startOperationsServer({ host: "127.0.0.1", port: 0, registry: createMetrics("test").registry, checks });

const get = async (port: number, path: string) => {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`);
  return { status: answer.status, type: answer.headers.get("content-type"), text: await answer.text() };
};

t.test("live asks no dependency, ready asks each", async (t) => {
  let away = true;
  const server = await start({
    queue: async () => {},
    table: async () => {
      if (away) throw new Error("the table is away");
    },
  });
  t.teardown(server.close);
  t.equal((await get(server.port, "/live")).status, 200, "live although a dependency is away");
  const unready = await get(server.port, "/ready");
  t.equal(unready.status, 503);
  t.same(JSON.parse(unready.text), {
    status: "not ready",
    checks: { queue: "ok", table: "the table is away" },
  });
  away = false;
  const ready = await get(server.port, "/ready");
  t.equal(ready.status, 200);
  t.same(JSON.parse(ready.text), { status: "ready", checks: { queue: "ok", table: "ok" } });
  server.stopBeingReady();
  const stopping = await get(server.port, "/ready");
  t.equal(stopping.status, 503, "no new work while stopping");
  t.equal(JSON.parse(stopping.text).status, "stopping");
  t.equal((await get(server.port, "/live")).status, 200, "yet alive");
});

t.test("metrics in Prometheus' own format", async (t) => {
  const server = await start({});
  t.teardown(server.close);
  const { status, type, text } = await get(server.port, "/metrics");
  t.equal(status, 200);
  t.match(type, /^text\/plain; version=0\.0\.4/);
  t.match(text, /# TYPE stockwire_queue_depth gauge/);
  t.match(text, /process_cpu_seconds_total\{service="test"\}/);
});

t.test("a taken port is an error", async (t) => {
  const first = await start({});
  t.teardown(first.close);
  const { registry } = createMetrics("test");
  const second = startOperationsServer({ host: "127.0.0.1", port: first.port, registry, checks: {} });
  await t.rejects(second, { code: "EADDRINUSE" });
});
