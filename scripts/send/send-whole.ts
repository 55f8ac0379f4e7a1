import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Api, OutgoingFile } from "./api.ts";

/** One request, and the same one however often it has to be repeated. @returns the upload's id */
export const sendWhole = async (api: Api, file: OutgoingFile): Promise<string> => {
  const query = new URLSearchParams({
    filename: file.filename,
    ...(file.store && { store: file.store }),
    ...(file.mode && { mode: file.mode }),
  });
  const { uploads } = await api.ask<{ uploads: [{ uploadId: string }] }>(
    "POST",
    `/v1/inventory?${query}`,
    await readFile(file.path),
    { "idempotency-key": `"${randomUUID()}"` },
  );
  return uploads[0].uploadId;
};
