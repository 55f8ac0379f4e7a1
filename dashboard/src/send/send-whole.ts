import { withQuery } from "../api/client.ts";
import { ApiProblem } from "../api/problem.ts";
import type { Outgoing, Sending } from "./outgoing.ts";
import { persist } from "./persist.ts";
import { sendBody } from "./send-body.ts";
import { mustBeReadable } from "./unreadable.ts";

/** One request, and the same one however often it has to be repeated. @returns the upload's id */
export const sendWhole = async (outgoing: Outgoing, sending: Sending): Promise<string> => {
  const { file, kind, mode, store, idempotencyKey } = outgoing;
  const { api, signal, onProgress } = sending;
  const path =
    kind === "invoice"
      ? withQuery("/v1/invoices", { filename: file.name })
      : withQuery("/v1/inventory", { filename: file.name, store, mode: mode === "load" ? undefined : mode });
  const attempt = async () => {
    await mustBeReadable(file);
    const headers = {
      ...(await api.headers()),
      "content-type": kind === "invoice" ? "text/plain" : "text/csv",
      "idempotency-key": `"${idempotencyKey}"`,
    };
    return sendBody("POST", api.addressOf(path), file, { headers, onProgress, signal });
  };
  try {
    const { text } = await persist(attempt, sending);
    const { uploads } = JSON.parse(text) as { uploads: [{ uploadId: string }] };
    return uploads[0].uploadId;
  } catch (error) {
    // The session hears of it, as it does of every other request's.
    if (error instanceof ApiProblem && error.status === 401) await api.open("/v1/me", { signal });
    throw error;
  }
};
