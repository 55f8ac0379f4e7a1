import { randomUUID } from "node:crypto";
import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { bucketVariable } from "@stockwire/contracts/variables";
import type { System } from "./system.ts";
import type { PlannedSending } from "./workload.ts";

/** What a client knows afterwards of one file. */
export interface Sent {
  readonly sending: PlannedSending;
  /** Answered 202: these must be there, whatever happened. */
  readonly uploadIds: readonly string[];
  /** True where a client gave up without an answer. */
  readonly unanswered: boolean;
  /** An answer that no client should get. */
  readonly refusal?: string;
}

const PAUSE_MS = 300;
/** Well behind the last fault: by then somebody must have answered. */
const PATIENCE_MS = 150_000;
const TRY_AGAIN = new Set([408, 409, 429, 500, 502, 503, 504]);

/** Sends one file as its delivery says, until it is answered. */
export const sendFile = async (
  system: System,
  sending: PlannedSending,
  note: (kind: "client-cut" | "client-stalled") => void,
): Promise<Sent> => {
  if (sending.delivery.way === "drop") return drop(system, sending);
  const isAbandoned = sending.delivery.way === "abandon";
  const key = sending.delivery.way === "api" && sending.delivery.key ? randomUUID() : undefined;
  let manner = sending.delivery.way === "api" ? sending.delivery.first : "cut";
  const deadline = Date.now() + PATIENCE_MS;
  while (Date.now() < deadline) {
    if (manner !== "whole") note(manner === "cut" ? "client-cut" : "client-stalled");
    // Whatever broke, the sender does not know what became of it: it asks again.
    const answer = await post(system, sending, key, manner).catch(() => undefined);
    if (isAbandoned) return { sending, uploadIds: [], unanswered: true };
    manner = "whole";
    if (answer?.status === 202) {
      const { uploads } = JSON.parse(answer.body) as { uploads: { uploadId: string }[] };
      return { sending, uploadIds: uploads.map(({ uploadId }) => uploadId), unanswered: false };
    }
    if (answer !== undefined && !TRY_AGAIN.has(answer.status)) {
      return { sending, uploadIds: [], unanswered: false, refusal: `${answer.status} ${answer.body}` };
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

const STALL_MS = 1_500;
/** Longer than any request takes that is still going to be answered. */
const TIMEOUT_MS = 60_000;

const post = (
  { api, apiKey }: System,
  sending: PlannedSending,
  key: string | undefined,
  manner: "whole" | "cut" | "stall",
): Promise<{ readonly status: number; readonly body: string }> =>
  new Promise((resolve, reject) => {
    const { content } = sending.file;
    const query = new URLSearchParams({ filename: sending.name });
    if (sending.kind === "inventory" && sending.mode !== "load") query.set("mode", sending.mode);
    const route = sending.kind === "inventory" ? "/v1/inventory" : "/v1/invoices";
    const outgoing = request(`${api}${route}?${query}`, {
      method: "POST",
      agent: false,
      timeout: TIMEOUT_MS,
      headers: {
        "x-api-key": apiKey,
        "content-type": sending.kind === "inventory" ? "text/csv" : "text/plain",
        "content-length": String(content.length),
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
    if (manner === "whole" || content.length < 2) return void outgoing.end(content);
    const half = content.length >> 1;
    outgoing.write(content.subarray(0, half));
    if (manner === "cut") setTimeout(() => outgoing.destroy(new Error("broken off")), 100);
    else setTimeout(() => outgoing.end(content.subarray(half)), STALL_MS);
  });
