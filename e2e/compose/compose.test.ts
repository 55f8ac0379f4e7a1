/**
 * The Compose stack on a real engine, from outside. `npm run compose:test`; it takes some minutes, builds the images,
 * and removes at its end whatever it made (not the builder's cache, nor base images).
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { readRules } from "../../docker/test/read-rules.ts";
import { renderScan, scanImage } from "../../docker/test/scan-images.ts";
import { openComposeProject } from "./compose-project.ts";
import { createClient } from "./stockwire-client.ts";
import { until } from "./until.ts";

t.setTimeout(1_800_000);

const root = join(import.meta.dirname, "../..");
/** Grafana's image may be missing; the rest must run without it anyway. */
const SERVICES = ["upload-api", "ingest-worker", "alert-worker", "invoice-worker", "prometheus"];
const project = `stockwire-test-${process.pid}`;

const stack = await openComposeProject(project).catch((error: Error): never => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
const { compose, docker, containers } = stack;
const client = createClient(stack.api, stack.prometheus, () =>
  compose("exec", "--no-TTY", "cloud", "cat", "/data/api-key"),
);
t.teardown(() =>
  compose("down", "--volumes", "--remove-orphans", "--rmi", "local", "--timeout", "5").then(() => undefined),
);

const up = (...args: string[]): Promise<string> =>
  compose("up", "--detach", "--no-build", "--wait", "--wait-timeout", "180", ...args);
const say = (line: string): void => t.comment(line);

/** Rows of one store whose counts tell which row is whose. */
const file = (store: string, rows: number): string =>
  ["store,item,count", ...Array.from({ length: rows }, (_, row) => `${store},item ${row},${row + 1}`)].join(
    "\n",
  );
const wrongCounts = async (store: string, rows: number): Promise<number[]> => {
  const stock = await client.stock(store);
  const numbers = Array.from({ length: rows }, (_, row) => row);
  return numbers.filter((row) => stock.get(`item ${row}`) !== row + 1);
};
/** Waits until a file is being loaded and a thousand of its rows stand in the table. */
const halfLoaded = (uploadId: string, store: string): Promise<true> =>
  until(
    async () => {
      const { items } = await client.get<{ items: unknown[] }>(`/v1/stores/${store}/inventory?limit=1000`);
      const { status } = await client.receipt(uploadId);
      return items.length >= 1_000 && status === "loading" ? true : undefined;
    },
    `a thousand rows of ${store} in the table`,
    120,
  );

await t.test("builds, and no image holds what it should not", async (t) => {
  const started = performance.now();
  await compose("build", "cloud", ...SERVICES);
  say(`built in ${Math.round((performance.now() - started) / 1000)} s`);
  for (const service of ["cloud", ...SERVICES]) {
    const scanned = await scanImage(`${project}-${service}`);
    say(renderScan(scanned));
    t.same(scanned.faults, [], service);
  }
});

await t.test("everything gets healthy, in order", async () => {
  await up(...SERVICES);
});

/** What follows would only fail in its own, misleading ways. */
const stands = { skip: t.passing() ? false : "the stack does not stand" };

const samples = join(root, "samples/inventory");
const invoice = readFileSync(join(root, "samples/invoices/inv-00001.txt"));
const expenses = () => client.get("/v1/reports/expenses?from=2018-01-01&to=2018-12-31");
const alerts = async (): Promise<string[]> => {
  const { items } = await client.get<{ items: { message: string; publishedAt: string | null }[] }>(
    "/v1/alerts?limit=100",
  );
  return items.flatMap(({ message, publishedAt }) => (publishedAt ? [message] : [])).sort();
};
const expectedAlerts = [
  "Berlin is out of stock of Echo Plus",
  "Calcutta is out of stock of Echo (2nd Gen)",
  "Karachi is out of stock of Echo Show",
  "Pusan is out of stock of Echo Dot",
  "Shanghai is out of stock of Echo Look",
  "Springfield is out of stock of Amazon Tap",
];

t.test("the samples: receipts, stock, alerts, expenses", stands, async (t) => {
  for (const name of readdirSync(samples)) {
    const uploadId = await client.sendInventory(readFileSync(join(samples, name)), name);
    t.match(await client.ended(uploadId), { status: "loaded", rows: { read: 6, written: 6 } }, name);
  }
  const { items: stores } = await client.get<{ items: { items: number; outOfStock: number }[] }>(
    "/v1/stores",
  );
  t.same(
    stores.map(({ items, outOfStock }) => [items, outOfStock]),
    stores.map(() => [6, 1]),
  );
  t.equal(stores.length, 6);
  t.equal((await client.stock("Berlin")).get("Echo Plus"), 0);
  const told = await until(async () => {
    const found = await alerts();
    return found.length >= 6 ? found : undefined;
  }, "six alerts");
  t.same(told, expectedAlerts);

  t.match(await client.ended(await client.sendInvoice(invoice, "inv-00001.txt")), { status: "loaded" });
  t.match(await expenses(), {
    engine: "duckdb",
    rows: [{ date: "2018-03-31", invoices: 1, amount: "7650", tax: "500", total: "8150" }],
  });
});

t.test("the dashboard: its page, its files, and its way to S3", stands, async (t) => {
  const page = await fetch(`${stack.api}/`, { headers: { accept: "text/html" } });
  t.equal(page.status, 200);
  const policy = page.headers.get("content-security-policy");
  t.match(policy, `connect-src 'self' ${stack.s3};`);
  t.notMatch(policy, "unsafe");
  const assets = [...(await page.text()).matchAll(/"\.?\/(assets\/[^"]+)"/g)].map(([, path = ""]) => path);
  t.ok(assets.length > 0);
  for (const path of assets) {
    const { status, headers } = await fetch(`${stack.api}/${path}`);
    t.equal(status, 200, path);
    t.equal(headers.get("cache-control"), "public, max-age=31536000, immutable");
  }
  t.same(await (await fetch(`${stack.api}/config.json`)).json(), { api: "", signIn: null });
  t.equal((await fetch(`${stack.api}/package.json`)).status, 404);
  const preflight = await fetch(`${stack.s3}/inventory/part?partNumber=1`, {
    method: "OPTIONS",
    headers: { origin: stack.api, "access-control-request-method": "PUT" },
  });
  t.match(preflight.headers.get("access-control-allow-methods"), "PUT");
  t.equal(preflight.headers.get("access-control-allow-origin"), stack.api);
  t.match(preflight.headers.get("access-control-expose-headers"), "ETag");
});

t.test("pages of other sites may change nothing through the published port", stands, async (t) => {
  const response = await fetch(`${stack.api}/v1/inventory`, {
    method: "POST",
    headers: { "content-type": "text/csv", "sec-fetch-site": "cross-site" },
    body: "store,item,count\nBerlin,Echo Plus,1\n",
  });
  t.equal(response.status, 403);
});

t.test("a presigned upload from outside, part by part, with the key from the volume", stands, async (t) => {
  const rows = 1_000;
  const [first, ...others] = file("Essen", rows).split("\n");
  // Long lines of an ignored column, for a file of more than one part.
  const filler = "x".repeat(24_000);
  const content = Buffer.from([`${first},note`, ...others.map((line) => `${line},${filler}`)].join("\n"));
  const sha256 = createHash("sha256").update(content).digest("hex");
  const begun = await client.postJson<{
    uploadId: string;
    partBytes: number;
    parts: { partNumber: number; bytes: number; url: string }[];
    links: { complete: string };
  }>("/v1/uploads", { filename: "essen.csv", bytes: content.length, sha256 });
  t.equal(begun.parts.length, 2);
  const parts = [];
  for (const { partNumber, bytes, url } of begun.parts) {
    t.equal(new URL(url).origin, stack.s3, "an address that can be reached from here");
    const from = (partNumber - 1) * begun.partBytes;
    const put = await fetch(url, { method: "PUT", body: content.subarray(from, from + bytes) });
    t.equal(put.status, 200);
    parts.push({ partNumber, etag: put.headers.get("etag") });
  }
  await client.postJson(begun.links.complete, { parts });
  t.match(await client.ended(begun.uploadId), {
    status: "loaded",
    sha256,
    rows: { read: rows, written: rows },
  });
  t.same(await wrongCounts("Essen", rows), []);
  const unsigned = await fetch(`${stack.s3}/inventory/${begun.uploadId}.csv`);
  t.equal(unsigned.status, 403, "nothing else is to be had there");
});

t.test("nobody gets in without a key", stands, async (t) => {
  t.equal((await fetch(`${stack.api}/v1/stores`)).status, 401);
});

const replicasUp = async (job: string): Promise<number> =>
  (await client.query(`up{job="${job}"} == 1`)).length;

t.test("Prometheus scrapes every service and has every rule", stands, async (t) => {
  for (const job of SERVICES) {
    await until(async () => ((await replicasUp(job)) === 1 ? true : undefined), `${job} to be scraped`);
  }
  t.match(
    await until(async () => {
      const found = await client.query("sum by (kind) (stockwire_files_total{outcome='loaded'})");
      return found.length === 2 ? found : undefined;
    }, "the samples in the metrics"),
    [{ value: Number }, { value: Number }],
  );
  const wanted = readRules().flatMap(({ kind, name }) => (kind === "alert" ? name : []));
  t.ok(wanted.length > 0);
  t.same(await client.alertRules(), wanted.sort());
});

const KILLED_ROWS = 12_000;

/** Kills Node in a container as the kernel would when memory runs out; its init ends with it. */
const killNode = (container: string): Promise<string> => {
  const script = `
    for (const pid of fs.readdirSync("/proc").filter((name) => /^\\d+$/.test(name) && name !== String(process.pid))) {
      let command = "";
      try { command = fs.readFileSync("/proc/" + pid + "/cmdline", "utf8"); } catch {}
      if (command.startsWith("node\\0src/main.ts")) process.kill(Number(pid), "SIGKILL");
    }`;
  return docker("exec", container, "node", "-e", script);
};

t.test(
  `a worker killed in the middle of ${KILLED_ROWS} rows comes back and ends the file`,
  stands,
  async (t) => {
    const uploadId = await client.sendInventory(file("Cairo", KILLED_ROWS));
    await halfLoaded(uploadId, "Cairo");
    const [worker = ""] = await containers("ingest-worker");
    await killNode(worker);
    const restarts = await until(async () => {
      const count = Number(await docker("inspect", "--format", "{{.RestartCount}}", worker));
      return count > 0 ? count : undefined;
    }, "the restart policy");
    t.equal(restarts, 1);
    t.match(await client.ended(uploadId, 400), {
      status: "loaded",
      rows: { read: KILLED_ROWS, written: KILLED_ROWS, unchanged: 0, stale: 0, rejected: 0, repeated: 0 },
    });
    t.same(await wrongCounts("Cairo", KILLED_ROWS), []);
  },
);

t.test("docker stop of a busy worker loses nothing, within its grace period", stands, async (t) => {
  // More than any machine writes in the eight seconds that a stop lets a worker finish in: the fastest seen ends 20,000 in them.
  const rows = 60_000;
  const uploadId = await client.sendInventory(file("Delhi", rows));
  await halfLoaded(uploadId, "Delhi");
  const [worker = ""] = await containers("ingest-worker");
  const grace = Number(await docker("inspect", "--format", "{{.Config.StopTimeout}}", worker));
  const started = performance.now();
  await docker("stop", worker);
  const seconds = (performance.now() - started) / 1000;
  say(`stopped in ${seconds.toFixed(1)} s of ${grace} s`);
  t.ok(seconds < grace, "before it would have been killed");
  t.equal(await docker("inspect", "--format", "{{.State.ExitCode}}", worker), "0");
  t.equal(await docker("inspect", "--format", "{{.State.OOMKilled}}", worker), "false");
  t.equal((await client.receipt(uploadId)).status, "loading", "it was stopped in the middle");
  await up("ingest-worker");
  t.match(await client.ended(uploadId, 400), { status: "loaded", rows: { read: rows, written: rows } });
  t.same(await wrongCounts("Delhi", rows), []);
});

t.test("three ingest workers are found, and each can be stopped again", stands, async (t) => {
  await up("--no-recreate", "--no-deps", "--scale", "ingest-worker=3", "ingest-worker");
  t.equal((await containers("ingest-worker")).length, 3);
  await until(
    async () => ((await replicasUp("ingest-worker")) === 3 ? true : undefined),
    "three replicas in Prometheus",
  );
  const sent = await Promise.all(
    Array.from({ length: 12 }, (_, store) => client.sendInventory(file(`Store ${store}`, 50))),
  );
  for (const uploadId of sent) t.match(await client.ended(uploadId), { status: "loaded" });
  await up("--no-recreate", "--no-deps", "--scale", "ingest-worker=1", "ingest-worker");
  t.equal((await containers("ingest-worker")).length, 1);
});

t.test("down and up again: everything is still there", stands, async (t) => {
  const before = await alerts();
  const then = Date.now() / 1000;
  await compose("down");
  t.equal(await compose("ps", "--all", "--quiet"), "", "no container is left");
  await up(...SERVICES);
  t.same(await alerts(), before);
  t.same(await wrongCounts("Cairo", KILLED_ROWS), []);
  t.match(await expenses(), { rows: [{ date: "2018-03-31", total: "8150" }] });
  const berlin = readFileSync(join(samples, "inventory-berlin.csv"));
  t.match(await client.ended(await client.sendInventory(berlin)), { status: "duplicate" });
  const kept = await client.query("up{job='upload-api'}", then);
  t.equal(kept.length, 1, "Prometheus kept what it had seen before");
});

t.test("the file for AWS is valid, and leaves the embedded cloud out", stands, async (t) => {
  const services = await compose(
    ...["-f", "docker-compose.yml", "-f", "docker-compose.aws.yml", "config", "--services"],
  ).catch((error: Error) => error.message);
  t.same(services.split("\n").sort(), [...SERVICES, "grafana"].sort());
});
