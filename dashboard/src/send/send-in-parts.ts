import { ApiProblem } from "../api/problem.ts";
import { forget, recall, remember } from "./begun-uploads.ts";
import { digestOf } from "./digest-of.ts";
import type { Outgoing, Sending } from "./outgoing.ts";
import { createPartProgress, placeOfPart } from "./part-progress.ts";
import { persist } from "./persist.ts";
import { sendBody } from "./send-body.ts";
import { mustBeReadable } from "./unreadable.ts";

interface Part {
  readonly partNumber: number;
  readonly bytes: number;
  readonly url: string;
}

interface Presigned {
  readonly uploadId: string;
  readonly partBytes: number;
  readonly parts: readonly Part[];
}

const AT_ONCE = 3;

/**
 * Straight to S3, part by part; what broke off goes on with the parts that are missing, also after a reload. Ended by
 * the signal, it stays begun: `giveUp` is for what is not wanted any more.
 * @returns the upload's id
 */
export const sendInParts = async (outgoing: Outgoing, sending: Sending): Promise<string> => {
  const { file } = outgoing;
  const upload = await goOn(outgoing, sending);
  if (upload.parts.length > 0) {
    const progress = createPartProgress(file.size, upload.parts);
    const moved = (partNumber: number, sent: number): void => {
      progress.moved(partNumber, sent);
      sending.onProgress(progress.total());
    };
    // One that fails ends the others.
    const failed = new AbortController();
    const parts = { ...sending, signal: AbortSignal.any([sending.signal, failed.signal]) };
    const waiting = [...upload.parts];
    const sendNext = async (): Promise<void> => {
      for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
        await sendPart(file, upload, part, parts, moved);
      }
    };
    sending.onProgress(progress.total());
    await Promise.all(Array.from({ length: AT_ONCE }, sendNext)).catch((error: unknown) => {
      failed.abort();
      throw error;
    });
  }
  const { uploadId } = upload;
  await persist(() => ask(sending, uploadId, "complete", {}), sending).catch((error: unknown) => {
    if (codeOf(error) === "upload_expired") forget(uploadId);
    throw error;
  });
  forget(uploadId);
  return uploadId;
};

/** Gives a begun file up, at the API too. */
export const giveUp = async (outgoing: Outgoing, api: Sending["api"]): Promise<void> => {
  const begun = recall(outgoing);
  if (!begun) return;
  forget(begun.uploadId);
  await api.send("DELETE", `/v1/uploads/${begun.uploadId}`);
};

/** What is missing of the upload that was begun before, or of a new one. */
const goOn = async (outgoing: Outgoing, sending: Sending): Promise<Presigned> => {
  const { file, kind, mode, store } = outgoing;
  const earlier = recall(outgoing);
  if (earlier) {
    try {
      return await persist(() => ask<Presigned>(sending, earlier.uploadId, "parts", {}), sending);
    } catch (error) {
      const code = codeOf(error);
      // Complete it was, but the answer to that got lost.
      if (code === "upload_completed") return { uploadId: earlier.uploadId, partBytes: file.size, parts: [] };
      if (code !== "upload_expired" && code !== "upload_not_found") throw error;
      forget(earlier.uploadId);
    }
  }
  const sha256 = await digestOf(file, sending.onHashing, sending.signal);
  sending.onProgress(0);
  const announced = { filename: file.name, bytes: file.size, sha256, kind, mode, store };
  const { api, signal } = sending;
  const begun = await persist(
    () => api.send<Presigned>("POST", "/v1/uploads", { json: announced, signal }),
    sending,
  );
  remember(outgoing, begun.uploadId);
  return begun;
};

const ask = <Answer>(
  { api, signal }: Sending,
  uploadId: string,
  what: string,
  json: unknown,
): Promise<Answer> => api.send("POST", `/v1/uploads/${uploadId}/${what}`, { json, signal });

/** The ETag is reported at once: not every endpoint can say which parts it has. */
const sendPart = async (
  file: File,
  { uploadId, partBytes }: Presigned,
  { partNumber, url: first }: Part,
  sending: Sending,
  moved: (partNumber: number, sent: number) => void,
): Promise<void> => {
  const body = file.slice(...placeOfPart(partNumber, partBytes, file.size));
  const { signal } = sending;
  let url = first;
  const etag = await persist(async () => {
    await mustBeReadable(file);
    moved(partNumber, 0);
    const onProgress = (sent: number) => moved(partNumber, sent);
    try {
      return (await sendBody("PUT", url, body, { onProgress, signal })).header("etag");
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.status !== 403) throw error;
      // The address, or the credentials that signed it, have ended.
      const signed = await ask<Presigned>(sending, uploadId, "parts", { only: [partNumber] });
      url = signed.parts[0]?.url ?? url;
      throw new ApiProblem(503, "address_ended", "The storage wants a new address for a part.");
    }
  }, sending);
  moved(partNumber, body.size);
  if (etag === null) return; // S3 lists its parts itself.
  await persist(() => ask(sending, uploadId, "parts", { have: [{ partNumber, etag }], only: [] }), sending);
};

const codeOf = (error: unknown): string => (error instanceof ApiProblem ? error.code : "");
