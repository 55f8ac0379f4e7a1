/**
 * Sends large files to real upload-api processes and watches their memory: it must not grow with the file, so a file
 * four times as large may need no more. The local cloud lives in this process, so its memory is not in the figures. Linux only (reads /proc).
 *
 *   node bench/upload-memory.ts [megabytes ...]
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { provideAdminKey } from "@stockwire/local-aws/admin-key";
import { startLocalCloud } from "@stockwire/local-aws/local-cloud";

const MEGABYTE = 1_000_000;
const SAMPLE_EVERY_MILLISECONDS = 20;

/** Resident memory of a process in bytes. */
const residentMemory = async (pid: number): Promise<number> => {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
};

const startUploadApi = async (
  environment: Record<string, string>,
): Promise<{ process: ChildProcess; pid: number; url: string }> => {
  const main = fileURLToPath(new URL("../services/upload-api/src/main.ts", import.meta.url));
  const child = spawn(process.execPath, [main], {
    env: { ...process.env, ...environment, PORT: "0", OPERATIONS_PORT: "0", NODE_ENV: "production" },
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

/** Sends `bytes` of CSV without ever holding them. */
const send = async (url: string, apiKey: string, bytes: number): Promise<void> => {
  const chunk = Buffer.from("Berlin,Echo Plus,5\n".repeat(3_449)).subarray(0, 65_536);
  let sent = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        const next = chunk.subarray(0, Math.min(chunk.length, bytes - sent));
        sent += next.length;
        controller.enqueue(new Uint8Array(next));
        if (sent === bytes) controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  const response = await fetch(`${url}/v1/inventory?filename=large.csv`, {
    method: "POST",
    headers: { "content-type": "text/csv", "x-api-key": apiKey },
    body,
    duplex: "half",
  });
  if (response.status !== 202) throw new Error(await response.text());
  await response.arrayBuffer();
};

/** What an upload did to the API's memory. */
export interface UploadMemory {
  readonly megabytes: number;
  readonly idle: number;
  readonly peak: number;
  readonly after: number;
  readonly seconds: number;
}

/** Memory in bytes. A small file goes first, so that code is loaded and connections are open. */
export const measureUploadMemory = async (megabytes: number): Promise<UploadMemory> => {
  const cloud = await startLocalCloud({ log: () => {} });
  const apiKey = await provideAdminKey(cloud.environment);
  const api = await startUploadApi(cloud.environment);
  try {
    await send(api.url, apiKey, 2 * MEGABYTE);
    await sleep(500);
    const idle = await residentMemory(api.pid);
    let peak = idle;
    let sending = true;
    const watching = (async () => {
      while (sending) {
        peak = Math.max(peak, await residentMemory(api.pid));
        await sleep(SAMPLE_EVERY_MILLISECONDS);
      }
    })();
    const started = performance.now();
    await send(api.url, apiKey, megabytes * MEGABYTE);
    const seconds = (performance.now() - started) / 1000;
    sending = false;
    await watching;
    return { megabytes, idle, peak, after: await residentMemory(api.pid), seconds };
  } finally {
    api.process.kill("SIGTERM");
    await once(api.process, "exit");
    await cloud.stop();
  }
};

if (import.meta.main) {
  const sizes = process.argv.slice(2).map(Number);
  const inMegabytes = (bytes: number) => `${Math.round(bytes / MEGABYTE)} MB`;
  for (const size of sizes.length > 0 ? sizes : [50, 200]) {
    const { megabytes, idle, peak, after, seconds } = await measureUploadMemory(size);
    console.log(
      `${megabytes} MB file: ${(megabytes / seconds).toFixed(0)} MB/s; memory idle ${inMegabytes(idle)}, ` +
        `peak ${inMegabytes(peak)}, after ${inMegabytes(after)}, difference ${inMegabytes(peak - idle)}`,
    );
  }
}
