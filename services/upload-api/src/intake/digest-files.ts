import { createHash } from "node:crypto";
import { freeBytes } from "@stockwire/service-kit/free-bytes";
import type { FastifyRequest } from "fastify";
import type { ApiContext } from "../context.ts";
import { fileTooLarge } from "../errors/api-error.ts";
import { watchDigests } from "./body-digests.ts";
import type { Intake } from "./intake.ts";
import { receiveFiles } from "./receive-files.ts";

/** What a request's body holds. Reads it as `takeIn` does, with the same errors, and keeps nothing of it. */
export const digestFiles = async (
  request: FastifyRequest,
  intake: Intake,
  context: ApiContext,
): Promise<{ readonly filename: string; readonly sha256: string }[]> => {
  const found: { filename: string; sha256: string }[] = [];
  const digests = watchDigests(request.raw);
  for await (const { filename, chunks } of receiveFiles(request, intake, context)) {
    const hash = createHash("sha256");
    let bytes = 0;
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > context.maxUploadBytes) throw fileTooLarge(filename, context.maxUploadBytes);
      hash.update(chunk);
      freeBytes(chunk);
    }
    found.push({ filename, sha256: hash.digest("hex") });
  }
  digests.verify();
  return found;
};
