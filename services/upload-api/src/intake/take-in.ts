import { uploadKinds } from "@stockwire/contracts/upload-kinds";
import type { FastifyRequest } from "fastify";
import { v7 as uuidv7 } from "uuid";
import type { ApiContext } from "../context.ts";
import { ApiError, noFile } from "../errors/api-error.ts";
import { watchDigests } from "./body-digests.ts";
import type { IdentifiedFile, Intake, Once, TakenIn } from "./intake.ts";
import { MEMORY_PER_FILE, MEMORY_PER_REQUEST } from "./limits.ts";
import { makeReceipts } from "./make-receipts.ts";
import { objectMetadata } from "./object-metadata.ts";
import { type IncomingFile, receiveFiles } from "./receive-files.ts";
import { settleAll } from "./settle-all.ts";
import { type StagedFile, stageFile } from "./stage-file.ts";

/**
 * Takes a request's files in, all or none: stages every file, and only when the whole body has arrived makes the
 * objects, then the receipts. Whatever fails before the end is undone before the error goes on.
 *
 * One gap is left, as S3 makes objects one at a time and announces each at once: when it fails between two objects of
 * a request, or when a receipt cannot be made, the events of the objects made so far are already out, and the worker
 * may have loaded such a file although its sender gets a 5xx. Undoing cannot reach that. The sender's retry is still
 * right: a file that was loaded ends as `duplicate` (an inventory file loads once more where another file of its stores
 * came in between), the others load.
 *
 * With `once` nothing is undone any more from the moment at which it has kept what was decided: the sender's retry
 * continues from there, and undoing would race with the retry that has begun elsewhere.
 */
export const takeIn = async (
  request: FastifyRequest,
  intake: Intake,
  context: ApiContext,
  once?: Once,
): Promise<TakenIn[]> => {
  const staged: IdentifiedFile[] = [];
  let keep = false;
  try {
    const digests = watchDigests(request.raw);
    for await (const file of receiveFiles(request, intake, context)) {
      const uploadId = once?.decided[staged.length]?.uploadId ?? uuidv7();
      staged.push(await stage(file, uploadId, staged, intake, request, context));
    }
    digests.verify();
    if (staged.length === 0) throw noFile();
    const received = staged.map((file, index) => ({
      file,
      receivedAt: once?.decided[index]?.receivedAt ?? context.issueReceivedAt(),
    }));
    if (once !== undefined) {
      await once.decide(received.map(({ file, receivedAt }) => ({ ...file, receivedAt })));
      keep = true;
    }
    const stored = await settleAll(
      received.map(async ({ file, receivedAt }) => ({
        file,
        receivedAt,
        object: await file.store(receivedAt),
      })),
    );
    const taken = await makeReceipts(stored, intake, context, { keep });
    for (const file of staged) {
      request.log.info({ uploadId: file.uploadId, bytes: file.bytes }, "file taken in");
      context.metrics.stockwire_uploads_total.inc({ kind: intake.kind, outcome: "accepted" });
      context.metrics.stockwire_upload_bytes_total.inc({ kind: intake.kind }, file.bytes);
    }
    return taken;
  } catch (error) {
    context.metrics.stockwire_uploads_total.inc(
      { kind: intake.kind, outcome: outcomeOf(error) },
      Math.max(1, staged.length),
    );
    await undo(staged, keep ? "letGo" : "discard", request);
    throw error;
  }
};

const stage = async (
  file: IncomingFile,
  uploadId: string,
  before: readonly StagedFile[],
  intake: Intake,
  request: FastifyRequest,
  context: ApiContext,
): Promise<IdentifiedFile> => {
  const inMemory = before.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
  const { mode, storeRestriction } = intake;
  const { bucket, objectKey, contentType } = uploadKinds[intake.kind];
  const metadata = {
    uploadId,
    filename: file.filename,
    mode,
    ...(storeRestriction !== undefined && { storeRestriction }),
  };
  const staged = await stageFile(file, {
    s3: context.s3,
    maxBytes: context.maxUploadBytes,
    memoryBytes: Math.min(MEMORY_PER_FILE, Math.max(0, MEMORY_PER_REQUEST - inMemory)),
    onLeftBehind: (error) => leftBehind(request, uploadId, error),
    target: (known) => ({
      bucket: context.resources.buckets[bucket],
      key: objectKey(uploadId),
      contentType,
      metadata: objectMetadata({ ...metadata, ...known }),
    }),
  });
  return { ...staged, uploadId };
};

const undo = async (
  staged: readonly IdentifiedFile[],
  how: "discard" | "letGo",
  request: FastifyRequest,
): Promise<void> => {
  await Promise.all(
    staged.map((file) => file[how]().catch((error) => leftBehind(request, file.uploadId, error))),
  );
};

const leftBehind = (request: FastifyRequest, uploadId: string, error: unknown): void =>
  request.log.error({ err: error, uploadId }, "could not remove what a failed request left behind");

/** Ended by what the client, or its connection, did while sending. */
const ABORTED: ReadonlySet<string> = new Set(["upload_broken_off", "body_stalled", "body_too_slow"]);

const outcomeOf = (error: unknown): "refused" | "aborted" | "failed" => {
  if (!(error instanceof ApiError) || error.status >= 500) return "failed";
  return ABORTED.has(error.code) ? "aborted" : "refused";
};
