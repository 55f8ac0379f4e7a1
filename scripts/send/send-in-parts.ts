import { type FileHandle, open } from "node:fs/promises";
import { type Api, type OutgoingFile, persist, Refused } from "./api.ts";
import { forget, recall, remember } from "./begun-uploads.ts";

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

/** @returns the upload's id @throws Refused, or what kept a part from being sent */
export const sendInParts = async (
  api: Api,
  file: OutgoingFile,
  say: (line: string) => void,
): Promise<string> => {
  const begun = await goOn(api, file);
  if (begun === "completed") return finish(api, file, recall(api, file) as string);
  const all = Math.ceil(file.bytes / begun.partBytes);
  let there = all - begun.parts.length;
  if (there > 0) say(`Going on: ${there} of ${all} parts are there.`);
  const handle = await open(file.path);
  const waiting = [...begun.parts];
  const sendNext = async (): Promise<void> => {
    for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
      await sendPart(api, begun, part, handle);
      there += 1;
      say(`${there} of ${all} parts`);
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, sendNext));
  } finally {
    await handle.close();
  }
  return finish(api, file, begun.uploadId);
};

/** The upload that an earlier run began, with what is missing of it, or a new one. */
const goOn = async (api: Api, file: OutgoingFile): Promise<Presigned | "completed"> => {
  const earlier = recall(api, file);
  try {
    if (earlier !== undefined) return await api.ask("POST", `/v1/uploads/${earlier}/parts`, {});
  } catch (error) {
    const code = error instanceof Refused ? error.code : "";
    if (code === "upload_completed") return "completed";
    if (code !== "upload_expired" && code !== "upload_not_found") throw error;
  }
  const { filename, bytes, sha256, store, mode } = file;
  const begun = await api.ask<Presigned>("POST", "/v1/uploads", { filename, bytes, sha256, store, mode });
  remember(api, file, begun.uploadId);
  return begun;
};

/** The ETag is reported at once: not every endpoint can say which parts it has. */
const sendPart = async (api: Api, upload: Presigned, part: Part, handle: FileHandle): Promise<void> => {
  const { partNumber, bytes } = part;
  const body = new Uint8Array(bytes);
  await handle.read(body, 0, bytes, (partNumber - 1) * upload.partBytes);
  const path = `/v1/uploads/${upload.uploadId}/parts`;
  let { url } = part;
  const etag = await persist(async () => {
    const response = await fetch(url, { method: "PUT", body });
    if (response.ok) return response.headers.get("etag");
    if (response.status === 403) {
      // The address, or the credentials that signed it, have ended.
      const signed = await api.ask<Presigned>("POST", path, { only: [partNumber] });
      url = signed.parts[0]?.url ?? url;
    }
    throw new Error(`part ${partNumber}: ${response.status} ${await response.text()}`);
  });
  await api.ask("POST", path, { have: [{ partNumber, etag }], only: [] });
};

const finish = async (api: Api, file: OutgoingFile, uploadId: string): Promise<string> => {
  await api.ask("POST", `/v1/uploads/${uploadId}/complete`, {});
  forget(api, file);
  return uploadId;
};
