import { ApiProblem } from "../api/problem.ts";
import { forget, recall, remember } from "./begun-uploads.ts";
import { digestOf } from "./digest-of.ts";
import type { Outgoing, Sending } from "./outgoing.ts";
import { persist } from "./persist.ts";

interface Part {
  readonly partNumber: number;
  readonly bytes: number;
  readonly url: string;
}

/** A big file at the API, and where the parts go that it misses. */
export interface Presigned {
  readonly uploadId: string;
  readonly partBytes: number;
  readonly parts: readonly Part[];
}

/**
 * What is missing of the upload that was begun before, or of a new one.
 * @param digest of the file, asked for only where it is begun
 */
export const beginOrGoOn = async (
  outgoing: Outgoing,
  sending: Sending,
  digest = digestOf,
): Promise<Presigned> => {
  const { file, kind, mode, store } = outgoing;
  const { api, signal } = sending;
  const earlier = recall(outgoing);
  if (earlier) {
    const { uploadId } = earlier;
    const path = `/v1/uploads/${uploadId}/parts`;
    try {
      const missing = await persist(() => api.send<Presigned>("POST", path, { json: {}, signal }), sending);
      remember(outgoing, uploadId, earlier.at);
      return missing;
    } catch (error) {
      const code = error instanceof ApiProblem ? error.code : "";
      // Complete it was, but the answer to that got lost on the way to this very transfer.
      if (code === "upload_completed" && earlier.by === outgoing.idempotencyKey) {
        return { uploadId, partBytes: file.size, parts: [] };
      }
      // One that another visit completed is not this one: whoever sends the file again wants its counts back.
      if (!ENDED.has(code)) throw error;
      forget(uploadId);
    }
  }
  const sha256 = await digest(file, sending.onHashing, signal);
  sending.onProgress(0);
  const announced = { filename: file.name, bytes: file.size, sha256, kind, mode, store };
  const begun = await persist(
    () => api.send<Presigned>("POST", "/v1/uploads", { json: announced, signal }),
    sending,
  );
  remember(outgoing, begun.uploadId);
  return begun;
};

/** No part is taken any more. */
const ENDED: ReadonlySet<string> = new Set(["upload_completed", "upload_expired", "upload_not_found"]);
