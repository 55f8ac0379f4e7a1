import { ApiProblem } from "../api/problem.ts";
import { beginOrGoOn, type Presigned } from "./begin-or-go-on.ts";
import { forget, recall } from "./begun-uploads.ts";
import type { Outgoing, Sending } from "./outgoing.ts";
import { createPartProgress, placeOfPart } from "./part-progress.ts";
import { persist } from "./persist.ts";
import { sendBody } from "./send-body.ts";
import { mustBeReadable } from "./unreadable.ts";

const AT_ONCE = 3;

/**
 * Straight to S3, part by part; what broke off goes on with the parts that are missing, also after a reload. Ended by
 * the signal, it stays begun: `giveUp` is for what is not wanted any more.
 * @returns the upload's id
 */
export const sendInParts = async (outgoing: Outgoing, sending: Sending): Promise<string> => {
  const { file } = outgoing;
  const upload = await beginOrGoOn(outgoing, sending);
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
  sending.onProgress(file.size);
  await persist(() => ask(sending, uploadId, "complete", {}), sending).catch((error: unknown) => {
    if (codeOf(error) === "upload_expired") forget(uploadId);
    throw error;
  });
  forget(uploadId);
  return uploadId;
};

/**
 * Gives a begun file up, at the API too.
 * @returns the upload's id where it was complete already, and loads all the same
 */
export const giveUp = async (outgoing: Outgoing, api: Sending["api"]): Promise<string | undefined> => {
  const begun = recall(outgoing);
  if (!begun) return undefined;
  const { uploadId } = begun;
  forget(uploadId);
  try {
    await api.send("DELETE", `/v1/uploads/${uploadId}`);
    return undefined;
  } catch (error) {
    const code = codeOf(error);
    if (code === "upload_completed") return uploadId;
    if (code === "upload_not_found") return undefined;
    throw error;
  }
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
  { partNumber, url: first }: Presigned["parts"][number],
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
