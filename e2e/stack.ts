import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import type { Receipt } from "@stockwire/contracts/receipt";
import { isFinal } from "@stockwire/contracts/receipt";
import { provideAdminKey } from "@stockwire/local-aws/admin-key";
import { createClients } from "@stockwire/local-aws/clients";
import { startLocalCloud } from "@stockwire/local-aws/local-cloud";
import { type Notification, readInbox } from "@stockwire/local-aws/read-inbox";

export const SERVICES = ["upload-api", "ingest-worker", "alert-worker", "invoice-worker"] as const;
export type ServiceName = (typeof SERVICES)[number];

/** Has a service end with this process, however this one ends: it would go on asking a port that is another's by then. */
const ENDS_WITH_US = ["--import", new URL("../scripts/exit-with-parent.mjs", import.meta.url).href];

/** The real processes of all services on emulators in memory, on free ports, as an outsider would use them. */
export const startStack = async (settings: Readonly<Record<string, string>> = {}) => {
  const cloud = await startLocalCloud({ log: () => undefined });
  const apiKey = await provideAdminKey(cloud.environment);
  const inbox: Notification[] = [];
  const stopping = new AbortController();
  const reading = readInbox(cloud.environment, (mail) => inbox.push(mail), stopping.signal);
  const processes = new Map<ServiceName, { child: ChildProcess; operations: string }>();
  const apiPort = await freePort();
  const api = `http://127.0.0.1:${apiPort}`;

  const startService = async (name: ServiceName): Promise<void> => {
    const operationsPort = await freePort();
    const main = join(import.meta.dirname, "../services", name, "src/main.ts");
    const child = spawn(process.execPath, [...ENDS_WITH_US, main], {
      env: {
        PATH: process.env.PATH,
        ...cloud.environment,
        PORT: String(apiPort),
        OPERATIONS_PORT: String(operationsPort),
        LOG_LEVEL: "warn",
        QUEUE_WAIT_SECONDS: "1",
        ...settings,
      },
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    const operations = `http://127.0.0.1:${operationsPort}`;
    processes.set(name, { child, operations });
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}`);
      const ready = await fetch(`${operations}/ready`).catch(() => undefined);
      return ready?.ok ? true : undefined;
    }, `${name} to be ready`);
  };

  const endService = async (name: ServiceName, signal: "SIGKILL" | "SIGTERM"): Promise<number | null> => {
    const running = processes.get(name);
    if (running === undefined) return null;
    processes.delete(name);
    const ended = once(running.child, "exit");
    running.child.kill(signal);
    await ended;
    return running.child.exitCode;
  };

  try {
    await Promise.all(SERVICES.map(startService));
  } catch (error) {
    // What was started would go on asking a port that is another test's by then.
    for (const { child } of processes.values()) child.kill("SIGKILL");
    stopping.abort();
    await cloud.stop();
    throw error;
  }

  /** A request to the API, as its administrator unless the request says otherwise. */
  const ask = (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers);
    if (!headers.has("x-api-key")) headers.set("x-api-key", apiKey);
    return fetch(`${api}${path}`, { ...init, headers });
  };
  const getJson = async <Body>(path: string): Promise<Body> => {
    const response = await ask(path);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Body;
  };
  const post = async (path: string, type: string, content: string | Buffer): Promise<string> => {
    const response = await ask(path, {
      method: "POST",
      headers: { "content-type": type },
      body: typeof content === "string" ? content : new Uint8Array(content),
    });
    if (response.status !== 202) throw new Error(`${response.status} ${await response.text()}`);
    const { uploads } = (await response.json()) as { uploads: { uploadId: string }[] };
    return (uploads[0] as { uploadId: string }).uploadId;
  };
  const receipt = (uploadId: string) => getJson<Receipt>(`/v1/uploads/${uploadId}`);

  return {
    api,
    /** The administrator's. */
    apiKey,
    cloud,
    inbox,
    startService,
    endService,
    ask,
    getJson,
    receipt,
    /** Address of a service's operations server, like `127.0.0.1:40123`; undefined while it does not run. */
    operations: (name: ServiceName): string | undefined =>
      processes.get(name)?.operations.replace("http://", ""),
    metrics: async (name: ServiceName): Promise<string> =>
      (await fetch(`${processes.get(name)?.operations}/metrics`)).text(),
    /** Sends one CSV as a till would. @returns its upload id */
    send: (content: string | Buffer, query = ""): Promise<string> =>
      post(`/v1/inventory${query}`, "text/csv", content),
    /** Puts an object straight into the bucket, as a script or a console would. */
    drop: async (key: string, content: string): Promise<void> => {
      const { s3 } = createClients(cloud.environment);
      await s3.send(new PutObjectCommand({ Bucket: "inventory", Key: key, Body: content }));
      s3.destroy();
    },
    /** Sends one invoice as finance would. @returns its upload id */
    sendInvoice: (content: string | Buffer): Promise<string> => post("/v1/invoices", "text/plain", content),
    ended: (uploadId: string, seconds = 60): Promise<Receipt> =>
      until(
        async () => {
          const current = await receipt(uploadId);
          return isFinal(current.status) ? current : undefined;
        },
        `upload ${uploadId} to end`,
        seconds,
      ),
    /** All items of a store, page by page. */
    stock: async (
      store: string,
    ): Promise<Map<string, { count: number; level: string; uploadId: string }>> => {
      const items = new Map();
      let cursor = "";
      do {
        const page: { items: { item: string; count: number }[]; cursor?: string } = await getJson(
          `/v1/stores/${encodeURIComponent(store)}/inventory?limit=1000${cursor && `&cursor=${cursor}`}`,
        );
        for (const item of page.items) items.set(item.item, item);
        cursor = page.cursor ?? "";
      } while (cursor !== "");
      return items;
    },
    /** Resolves with the messages told so far as soon as there are `count` of them. */
    told: (count: number): Promise<string[]> =>
      until(async () => {
        const lines = inbox.flatMap(({ message }) => message.split("\n"));
        return lines.length >= count ? lines : undefined;
      }, `${count} notifications`),
    stop: async (): Promise<void> => {
      stopping.abort();
      await Promise.all([...processes.keys()].map((name) => endService(name, "SIGTERM")));
      await reading;
      await cloud.stop();
    },
  };
};

/** Asks again until there is an answer; a test waits on outcomes, not for a time. */
export const until = async <Value>(
  ask: () => Promise<Value | undefined>,
  what: string,
  seconds = 60,
): Promise<Value> => {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`waited ${seconds} s in vain for ${what}`);
    await setTimeout(50);
  }
};

/** Below the ports that the kernel gives to connections going out, which would take one away before it is used. */
const FIRST_PORT = 12_000;
const PORTS_A_PROCESS = 40;
let nextPort = FIRST_PORT + (process.pid % 500) * PORTS_A_PROCESS;

/** A port that nobody listens on; never the same one twice in a process. */
export const freePort = async (): Promise<number> => {
  for (;;) {
    const port = nextPort++;
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false)).listen(port, "127.0.0.1", () => resolve(true));
    });
    if (!isFree) continue;
    server.close();
    await once(server, "close");
    return port;
  }
};
