import { relative } from "node:path";
import { adminKeyFile } from "@stockwire/local-aws/admin-key";
import { readInbox } from "@stockwire/local-aws/read-inbox";
import { buildPage } from "./start/build-page.ts";
import { checkPorts } from "./start/check-ports.ts";
import { loadSamples } from "./start/load-samples.ts";
import { onStop } from "./start/on-stop.ts";
import { reachable, readOptions } from "./start/options.ts";
import { renderNotification } from "./start/render-notification.ts";
import { listPorts, listServices } from "./start/services.ts";
import { startCloud } from "./start/start-cloud.ts";
import { startService } from "./start/start-service.ts";
import type { Supervised } from "./start/supervise.ts";

const SERVICE_DEADLINE_MS = 30_000;
const CLOUD_DEADLINE_MS = 10_000;
const READY_TIMEOUT_MS = 60_000;

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
// Whoever read our output may be gone; stopping matters more than saying so.
process.stdout.on("error", () => {});

/** For a shell, where the path has more than plain characters. */
const quote = (path: string): string =>
  /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;

const stopping = new AbortController();
const services: Supervised[] = [];
let cloud: Supervised | undefined;
let inbox: Promise<void> | undefined;

const stop = async (code: number): Promise<never> => {
  if (!stopping.signal.aborted) print("Stopping …");
  stopping.abort();
  await Promise.all(services.map((service) => service.stop(SERVICE_DEADLINE_MS)));
  await inbox;
  await cloud?.stop(CLOUD_DEADLINE_MS);
  process.exit(code);
};

const force = (): never => {
  for (const process of [...services, ...(cloud ? [cloud] : [])]) process.kill();
  process.exit(130);
};

const start = async (): Promise<void> => {
  const options = readOptions(process.argv.slice(2), process.env);
  await checkPorts(options.host, listPorts(options));
  const running = startCloud(options, print);
  cloud = running;
  // While the cloud starts.
  const page = await buildPage(print);
  const { environment, apiKey } = await running.provided;
  if (stopping.signal.aborted) return;
  const { signal } = stopping;
  const started = listServices(options, page).map((service) =>
    startService(service, { environment, print, timeoutMs: READY_TIMEOUT_MS, signal }),
  );
  services.push(...started);
  await Promise.all(started.map(({ ready }) => ready));
  if (signal.aborted) return;
  inbox = readInbox({ ...process.env, ...environment }, (mail) => print(renderNotification(mail)), signal);

  const api = `http://${reachable(options.host)}:${options.apiPort}`;
  const sent = options.empty ? 0 : await loadSamples(api, apiKey, options.dataDir);
  if (sent > 0) print(`Sent ${sent} sample files.`);
  print(`\nStockwire listens on ${api} (documentation: ${api}/docs)`);
  if (page) {
    print(`Dashboard: ${api}/`);
    print(`Open this to be signed in: ${api}/#key=${apiKey}`);
  }
  print(options.dataDir ? `Data in ${options.dataDir}` : "Nothing is kept on disk.");
  const file = options.dataDir && relative(process.cwd(), adminKeyFile(options.dataDir));
  print(`API key${file ? ` in ${file}` : `: ${apiKey}`} (an administrator's)`);
  const header = `-H "x-api-key: ${file ? `$(cat ${quote(file)})` : apiKey}"`;
  print(`Try: curl ${header} -F file=@samples/inventory/inventory-berlin.csv ${api}/v1/inventory`);
  print("ready\n");
};

onStop(() => void stop(0), force);
try {
  await start();
} catch (error) {
  if (!stopping.signal.aborted) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    await stop(1);
  }
}
