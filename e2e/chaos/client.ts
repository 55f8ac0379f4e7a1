import { randomUUID } from "node:crypto";
import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { bucketVariable } from "@stockwire/contracts/variables";
import type { System } from "./system.ts";
import type { InventorySending, PlannedSending } from "./workload.ts";

/** What a client knows afterwards of one file. */
export interface Sent {
  readonly sending: PlannedSending;
  /** Answered 202: these must be there, whatever happened. */
  readonly uploadIds: readonly string[];
  /** True where a client gave up without an answer. */
  readonly unanswered: boolean;
  /** An answer that no client should get. */
  readonly refusal?: string;
  /** Could not be sent, for a reason that is no fault: what it was to undo had been given up. */
  readonly skipped?: boolean;
  /** By the suite's clock, which no fault moves: when the request that was answered began, and when its answer came. */
  readonly asked?: { readonly from: number; readonly to: number };
  /** Parts that nobody will complete: the answer with their address was lost. */
  readonly partsLeft?: number;
}

const PAUSE_MS = 300;
/** Well behind the last fault: by then somebody must have answered. */
const PATIENCE_MS = 150_000;
const TRY_AGAIN = new Set([408, 409, 429, 500, 502, 503, 504]);

/**
 * Sends one file as its delivery says, until it is answered.
 * @param earlier what became of the files that it follows; an undoing is of the last one
 */
export const sendFile = async (
  system: System,
  sending: PlannedSending,
  earlier: readonly Sent[],
  note: (kind: "client-cut" | "client-stalled") => void,
): Promise<Sent> => {
  if (sending.delivery.way === "drop") return drop(system, sending);
  if (sending.delivery.way === "link" && sending.kind === "inventory") return sendByLink(system, sending);
  if (sending.kind === "inventory" && sending.afterEnd) {
    for (const { uploadIds } of earlier) for (const uploadId of uploadIds) await ended(system, uploadId);
  }
  if (sending.kind === "inventory" && sending.mode === "undo") return undo(system, sending, earlier);
  const isAbandoned = sending.delivery.way === "abandon";
  const key = sending.delivery.way === "api" && sending.delivery.key ? randomUUID() : undefined;
  let manner = sending.delivery.way === "api" ? sending.delivery.first : "cut";
  const begun = Date.now();
  const deadline = begun + PATIENCE_MS;
  while (Date.now() < deadline) {
    if (manner !== "whole") note(manner === "stall" ? "client-stalled" : "client-cut");
    // Whatever broke, the sender does not know what became of it: it asks again.
    const from = Date.now();
    const answer = await post(system, sending, key, manner).catch(() => undefined);
    if (isAbandoned) return { sending, uploadIds: [], unanswered: true };
    manner = "whole";
    if (answer !== undefined && !TRY_AGAIN.has(answer.status)) {
      // Under a key an earlier try may be the one that is answered.
      return {
        ...settle(sending, answer),
        asked: { from: key === undefined ? from : begun, to: Date.now() },
      };
    }
    await sleep(PAUSE_MS);
  }
  return { sending, uploadIds: [], unanswered: true };
};

const drop = async ({ clients, environment }: System, sending: PlannedSending): Promise<Sent> => {
  const bucket = sending.kind === "inventory" ? "inventory" : "invoice-txt-src";
  const put = {
    Bucket: environment[bucketVariable(bucket)],
    Key: `drops/${sending.name}`,
    Body: sending.file.content,
  };
  const deadline = Date.now() + PATIENCE_MS;
  while (Date.now() < deadline) {
    // As a script would: until it goes through.
    const done = await clients.s3.send(new PutObjectCommand(put)).catch(() => undefined);
    if (done) return { sending, uploadIds: [], unanswered: false };
    await sleep(PAUSE_MS);
  }
  return { sending, uploadIds: [], unanswered: true };
};

const optionsOf = (sending: PlannedSending): Record<string, string> =>
  sending.kind === "inventory"
    ? {
        ...(sending.mode !== "load" && { mode: sending.mode }),
        ...(sending.store !== undefined && { store: sending.store }),
      }
    : {};

/** @returns the status in which it ended; undefined when patience has ended */
const ended = (system: System, uploadId: string): Promise<string | undefined> =>
  repeat(async () => {
    const answer = await ask(system, "GET", `/v1/uploads/${uploadId}`, undefined);
    if (answer?.status !== 200) return undefined;
    const { status } = JSON.parse(answer.body) as { status: string };
    return status === "received" || status === "loading" ? undefined : status;
  });

const undo = async (system: System, sending: PlannedSending, earlier: readonly Sent[]): Promise<Sent> => {
  const statuses = new Set<string | undefined>();
  for (const { uploadIds } of earlier) statuses.add(await ended(system, uploadIds[0] ?? ""));
  // One of them had been given up: what is to be undone is not there yet.
  if ([...statuses].join() !== "loaded") return { sending, uploadIds: [], unanswered: false, skipped: true };
  const path = `/v1/uploads/${earlier.at(-1)?.uploadIds[0]}/undo`;
  return settle(sending, await repeatAsk(system, "POST", path, undefined, 202));
};

/** One part: files of several are sent by the tests of presigned uploads. */
const sendByLink = async (system: System, sending: InventorySending): Promise<Sent> => {
  const { content, sha256 } = sending.file;
  // What is empty has no part to put.
  if (content.length === 0) return { sending, uploadIds: [], unanswered: false, skipped: true };
  const announced = {
    filename: sending.name,
    bytes: content.length,
    sha256,
    ...optionsOf(sending),
  };
  let asked = 0;
  const begun = await repeat(async () => {
    asked += 1;
    const answer = await ask(system, "POST", "/v1/uploads", announced);
    return answer === undefined || TRY_AGAIN.has(answer.status) ? undefined : answer;
  });
  if (begun?.status !== 201) return settle(sending, begun);
  const { uploadId, parts } = JSON.parse(begun.body) as { uploadId: string; parts: { url: string }[] };
  const etag = await repeat(async () => {
    // Whatever broke: the same bytes may be put again, and are, until S3 says that it has them.
    const put = await fetch(parts[0]?.url ?? "", {
      method: "PUT",
      body: new Uint8Array(content),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch(() => undefined);
    await put?.arrayBuffer().catch(() => undefined);
    return put?.ok ? put.headers.get("etag") : undefined;
  });
  const body = { parts: [{ partNumber: 1, etag }] };
  const done = await repeatAsk(system, "POST", `/v1/uploads/${uploadId}/complete`, body, 202);
  return { ...settle(sending, done), partsLeft: asked - 1 };
};

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** @returns undefined where whatever broke leaves the sender in the dark */
const ask = (
  { api, apiKey }: System,
  method: string,
  path: string,
  body: unknown,
): Promise<Answer | undefined> =>
  fetch(`${api}${path}`, {
    method,
    headers: { "x-api-key": apiKey, ...(body !== undefined && { "content-type": "application/json" }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).then(
    async (response) => ({ status: response.status, body: await response.text() }),
    () => undefined,
  );

/** Asks until there is something; undefined when patience has ended. */
const repeat = async <Found>(look: () => Promise<Found | undefined>): Promise<Found | undefined> => {
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await sleep(PAUSE_MS)) {
    const found = await look();
    if (found !== undefined) return found;
  }
  return undefined;
};

const repeatAsk = (
  system: System,
  method: string,
  path: string,
  body: unknown,
  wanted: number,
): Promise<Answer | undefined> =>
  repeat(async () => {
    const answer = await ask(system, method, path, body);
    const isFinal = answer !== undefined && (answer.status === wanted || !TRY_AGAIN.has(answer.status));
    return isFinal ? answer : undefined;
  });

const settle = (sending: PlannedSending, answer: Answer | undefined): Sent => {
  if (answer === undefined) return { sending, uploadIds: [], unanswered: true };
  if (answer.status !== 202) {
    return { sending, uploadIds: [], unanswered: false, refusal: `${answer.status} ${answer.body}` };
  }
  const { uploads } = JSON.parse(answer.body) as { uploads: { uploadId: string }[] };
  return { sending, uploadIds: uploads.map(({ uploadId }) => uploadId), unanswered: false };
};

const STALL_MS = 1_500;
/** Longer than any request takes that is still going to be answered. */
const TIMEOUT_MS = 60_000;

const post = (
  { api, apiKey }: System,
  sending: PlannedSending,
  key: string | undefined,
  manner: "whole" | "cut" | "stall" | "deaf",
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { content } = sending.file;
    const query = new URLSearchParams({ filename: sending.name, ...optionsOf(sending) });
    const route = sending.kind === "inventory" ? "/v1/inventory" : "/v1/invoices";
    const outgoing = request(`${api}${route}?${query}`, {
      method: "POST",
      agent: false,
      timeout: TIMEOUT_MS,
      headers: {
        "x-api-key": apiKey,
        "content-type": sending.kind === "inventory" ? "text/csv" : "text/plain",
        // Of an empty file nothing can be missing, so a byte is promised.
        "content-length": String(manner === "cut" ? Math.max(1, content.length) : content.length),
        ...(key !== undefined && { "idempotency-key": key }),
      },
    });
    outgoing.once("error", reject).once("timeout", () => outgoing.destroy(new Error("no answer in time")));
    outgoing.once("response", (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => {
        body += text;
      });
      response.once("error", reject).once("end", () => resolve({ status: response.statusCode ?? 0, body }));
    });
    // The answer is lost on its way: everything has happened.
    if (manner === "deaf") outgoing.once("response", () => outgoing.destroy(new Error("lost the answer")));
    const isWhole = manner === "whole" || manner === "deaf";
    if (isWhole || (manner === "stall" && content.length < 2)) return void outgoing.end(content);
    const half = content.length >> 1;
    outgoing.write(content.subarray(0, half));
    if (manner === "cut") setTimeout(() => outgoing.destroy(new Error("broken off")), 100);
    else setTimeout(() => outgoing.end(content.subarray(half)), STALL_MS);
  });
