import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

/** What is sent. */
export interface OutgoingFile {
  readonly path: string;
  readonly filename: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly store: string | undefined;
  readonly mode: string | undefined;
}

/** A refusal that sending the same again would not change. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly code: string;

  constructor(code: string, detail: string) {
    super(`${code}: ${detail}`);
    this.code = code;
  }
}

export interface Api {
  readonly url: string;
  /** Where it is remembered what was begun. */
  readonly dataDir: string;
  /** @throws Refused for what the API refuses, Error when it cannot be reached for a while */
  readonly ask: <Answer>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Answer>;
}

const TRIES = 6;

/** Tries again for about half a minute, whatever the network or S3 do. @throws the last failure */
export const persist = async <Answer>(attempt: () => Promise<Answer>): Promise<Answer> => {
  for (let tried = 1; ; tried += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof Refused || tried === TRIES) throw error;
      process.stderr.write(`${error instanceof Error ? error.message : error}; trying again\n`);
      await setTimeout(500 * 2 ** tried * (0.5 + Math.random()));
    }
  }
};

export const connectApi = (environment: NodeJS.ProcessEnv): Api => {
  const url = (environment.STOCKWIRE_URL || "http://127.0.0.1:8080").replace(/\/$/, "");
  const dataDir = environment.STOCKWIRE_DATA_DIR || join(import.meta.dirname, "../../.stockwire");
  const key = environment.STOCKWIRE_KEY || storedKey(dataDir);
  const ask = async <Answer>(
    method: string,
    path: string,
    body?: unknown,
    more: Readonly<Record<string, string>> = {},
  ): Promise<Answer> => {
    const isFile = body instanceof Uint8Array;
    const response = await fetch(url + path, {
      method,
      headers: {
        ...more,
        ...(key && { "x-api-key": key }),
        ...(body !== undefined && { "content-type": isFile ? "text/csv" : "application/json" }),
      },
      ...(body !== undefined && { body: isFile ? new Uint8Array(body) : JSON.stringify(body) }),
    });
    const answer = (await response.json().catch(() => ({}))) as { code?: string; detail?: string };
    if (response.ok) return answer as Answer;
    const { code = `status ${response.status}`, detail = "" } = answer;
    const isLater = response.status === 429 || code === "idempotency_in_progress";
    if (response.status < 500 && !isLater) throw new Refused(code, detail);
    throw new Error(`${code}: ${detail}`);
  };
  return { url, dataDir, ask: (...request) => persist(() => ask(...request)) };
};

const storedKey = (dataDir: string): string => {
  try {
    return readFileSync(join(dataDir, "api-key"), "utf8").trim();
  } catch {
    return "";
  }
};
