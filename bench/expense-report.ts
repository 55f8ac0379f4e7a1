/**
 * Puts many small invoices into the bucket and asks a real upload-api process for its expense report and its export,
 * watching its memory: it must not grow with the number of invoices. The local cloud lives in this process, so its
 * memory is not in the figures, but most of the seconds are its. Linux only (reads /proc).
 *
 *   node bench/expense-report.ts [invoices ...]
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { invoiceCsvKey } from "@stockwire/contracts/keys";
import { provideAdminKey } from "@stockwire/local-aws/admin-key";
import { startLocalCloud } from "@stockwire/local-aws/local-cloud";
import { createS3Client } from "@stockwire/service-kit/aws-clients";
import { createLimiter } from "@stockwire/service-kit/limiter";

const MEGABYTE = 1_000_000;
const SAMPLE_EVERY_MILLISECONDS = 20;
const PUTS_AT_ONCE = 32;
const HEADER = "customer_id,invoice_id,date,from,to,amount,tax,total,in_words\r\n";
const WORDS = "Space Rupees Eight thousand one hundred fifty only";

/** Resident memory of a process in bytes. */
const residentMemory = async (pid: number): Promise<number> => {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
};

const startUploadApi = async (): Promise<{ process: ChildProcess; pid: number; url: string }> => {
  const main = fileURLToPath(new URL("../services/upload-api/src/main.ts", import.meta.url));
  const child = spawn(process.execPath, [main], {
    env: { ...process.env, PORT: "0", OPERATIONS_PORT: "0", NODE_ENV: "production" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const { msg, address } = JSON.parse(line) as { msg: string; address?: string };
    if (msg === "listening" && address && child.pid) {
      child.stdout.resume();
      return { process: child, pid: child.pid, url: address };
    }
  }
  throw new Error("upload-api did not start");
};

/** Invoices of 365 days, about 200 bytes each. */
const putInvoices = async (invoices: number): Promise<void> => {
  const s3 = createS3Client();
  const Bucket = process.env.BUCKET_INVOICE_CSV_DEST;
  const limit = createLimiter(PUTS_AT_ONCE);
  const put = (number: number) => {
    const date = new Date(Date.UTC(2023, 0, 1 + (number % 365))).toISOString().slice(0, 10);
    const [customer, invoice] = [`sm-${number % 97}`, `inv-${number}`];
    const record = `${customer},${invoice},${date},Space Mechanics Inc.,Starfleet,7650,500,8150,${WORDS}\r\n`;
    return s3.send(
      new PutObjectCommand({ Bucket, Key: invoiceCsvKey(date, customer, invoice), Body: HEADER + record }),
    );
  };
  await Promise.all(Array.from({ length: invoices }, (_, number) => limit(() => put(number))));
  s3.destroy();
};

/** What an answer did to the API's memory, in bytes. */
interface Measured {
  readonly idle: number;
  readonly peak: number;
  readonly after: number;
  readonly seconds: number;
  readonly answer: string;
}

const measure = async (pid: number, apiKey: string, url: string): Promise<Measured> => {
  const idle = await residentMemory(pid);
  let peak = idle;
  let asking = true;
  const watching = (async () => {
    while (asking) {
      peak = Math.max(peak, await residentMemory(pid));
      await sleep(SAMPLE_EVERY_MILLISECONDS);
    }
  })();
  const started = performance.now();
  const response = await fetch(url, { headers: { "x-api-key": apiKey } });
  const answer = await response.text();
  const seconds = (performance.now() - started) / 1000;
  asking = false;
  await watching;
  if (response.status !== 200) throw new Error(answer);
  return { idle, peak, after: await residentMemory(pid), seconds, answer };
};

const invoicesIn = (report: string): number =>
  (JSON.parse(report) as { rows: { invoices: number }[] }).rows.reduce((sum, row) => sum + row.invoices, 0);

const measureExpenses = async (invoices: number): Promise<void> => {
  const cloud = await startLocalCloud({ log: () => {} });
  Object.assign(process.env, cloud.environment);
  const apiKey = await provideAdminKey(cloud.environment);
  const api = await startUploadApi();
  try {
    await putInvoices(invoices);
    const ways = {
      "report, the first": "/v1/reports/expenses",
      "report, again": "/v1/reports/expenses",
      "report of one day": "/v1/reports/expenses?from=2023-05-01&to=2023-05-01",
      export: "/v1/invoices/export.csv",
    };
    for (const [way, path] of Object.entries(ways)) {
      const { idle, peak, after, seconds, answer } = await measure(api.pid, apiKey, api.url + path);
      const counted = way.startsWith("report, ") ? invoicesIn(answer) : invoices;
      if (counted !== invoices) throw new Error(`${counted} of ${invoices} invoices are in the report`);
      const [before, most, behind] = [idle, peak, after].map((bytes) => Math.round(bytes / MEGABYTE));
      console.log(
        `${invoices} invoices, ${way}: ${seconds.toFixed(1)} s; memory before ${before} MB, peak ${most} MB, ` +
          `after ${behind} MB`,
      );
    }
  } finally {
    api.process.kill("SIGTERM");
    await once(api.process, "exit");
    await cloud.stop();
  }
};

if (import.meta.main) {
  const sizes = process.argv.slice(2).map(Number);
  for (const size of sizes.length > 0 ? sizes : [2_000, 20_000]) await measureExpenses(size);
}
