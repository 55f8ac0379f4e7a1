import type { IncomingMessage } from "node:http";
import { finished } from "node:stream/promises";
import type { FastifyMultipartBaseOptions, Multipart, MultipartFile } from "@fastify/multipart";
import type { UploadKind } from "@stockwire/contracts/receipt";
import type { FastifyRequest } from "fastify";
import { cleanFilename } from "../clean-filename.ts";
import type { ApiContext } from "../context.ts";
import { filenameTooLong, fileTooLarge, unexpectedField } from "../errors/api-error.ts";
import { bodyTypeOf } from "./body-type.ts";
import type { Intake } from "./intake.ts";
import { MAX_FILES } from "./limits.ts";
import { refuseCompressed } from "./refuse-compressed.ts";
import { type FromClient, waitForClient } from "./wait-for-client.ts";

/** One file of a request, as it arrives. */
export interface IncomingFile {
  readonly filename: string;
  /** To be read to its end before the next file comes; throws ApiError where the client fails. */
  readonly chunks: AsyncIterable<Buffer>;
}

const FIELD = "file";
/** Characters; of these 255 are kept. */
const MAX_SENT_NAME = 1_024;

/** In bytes; what is longer is cut, and its file name is then too long. The plugin's types do not know it. */
const PART_HEADER_LIMITS = { headerSize: 16 * 1024 };

/** File sizes are counted where the files are read, for both kinds of body, so nothing is ever cut off here. */
export const MULTIPART_OPTIONS: FastifyMultipartBaseOptions = {
  throwFileSizeLimit: false,
  limits: {
    fileSize: Number.POSITIVE_INFINITY,
    files: MAX_FILES,
    parts: MAX_FILES + 1,
    fields: 1,
    fieldSize: 1_024,
    headerPairs: 20,
    ...PART_HEADER_LIMITS,
  },
};

/**
 * The files of a request, in order. Ends without an error only when the whole body has arrived.
 * @throws ApiError when the body's type is not taken, it is malformed, stalls, or breaks off
 */
export async function* receiveFiles(
  request: FastifyRequest,
  intake: Pick<Intake, "kind" | "filename">,
  { maxUploadBytes, settings }: Pick<ApiContext, "maxUploadBytes" | "settings">,
): AsyncGenerator<IncomingFile> {
  const fromClient = waitForClient(request.raw, {
    stallMilliseconds: settings.BODY_STALL_SECONDS * 1000,
    minBytesPerSecond: settings.BODY_MIN_BYTES_PER_SECOND,
  });
  if (bodyTypeOf(request, intake.kind) === "form") {
    yield* formFiles(request, intake.kind, fromClient);
  } else {
    const filename = nameOf(intake.filename, intake.kind);
    const announced = Number(request.headers["content-length"] ?? 0);
    if (announced > maxUploadBytes) throw fileTooLarge(filename, maxUploadBytes);
    yield { filename, chunks: refuseCompressed(filename, chunksOf(request.raw, fromClient)) };
  }
  await fromClient(bodyEnd(request.raw));
}

async function* formFiles(
  request: FastifyRequest,
  kind: UploadKind,
  fromClient: FromClient,
): AsyncGenerator<IncomingFile> {
  const parts = request.parts()[Symbol.asyncIterator]();
  for (;;) {
    const next = await fromClient(parts.next());
    if (next.done) return;
    const part = expectFile(next.value);
    const { file } = part;
    try {
      const filename = nameOf(part.filename, kind);
      yield { filename, chunks: refuseCompressed(filename, chunksOf(file, fromClient)) };
    } finally {
      // A file left unread would keep the parser on the request; see drain-refused-bodies.
      if (!file.readableEnded) file.destroy();
    }
  }
}

/** A name cut for being too long might stand for two files. @throws filename_too_long */
const nameOf = (sent: string | undefined, kind: UploadKind): string => {
  if (sent !== undefined && sent.length > MAX_SENT_NAME) throw filenameTooLong(sent.length, MAX_SENT_NAME);
  return cleanFilename(sent, kind);
};

const expectFile = (part: Multipart): MultipartFile => {
  const isFile = part.type === "file";
  if (isFile && part.fieldname === FIELD) return part;
  if (isFile) part.file.destroy();
  const name = JSON.stringify(part.fieldname ?? "");
  throw unexpectedField(
    part.fieldname === FIELD
      ? `The field ${name} came without a file name, so it is no file.`
      : `The form field ${name} is not taken.`,
  );
};

/**
 * Reads a stream chunk by chunk without destroying it when reading ends early: destroying a request closes its
 * connection, and then no answer can be sent.
 */
async function* chunksOf(
  stream: IncomingMessage | MultipartFile["file"],
  fromClient: FromClient,
): AsyncGenerator<Buffer> {
  const chunks = stream.iterator({ destroyOnReturn: false });
  try {
    for (;;) {
      const next = await fromClient(chunks.next());
      if (next.done) return;
      yield next.value;
    }
  } finally {
    // Lets go of the stream so that the rest can be drained. Not awaited: after a stall it waits for a chunk itself.
    void chunks.return?.(undefined);
  }
}

/**
 * Resolves once the last byte has come, also what may follow a form's closing boundary; whether the form's parser waits
 * for that is not to matter.
 */
const bodyEnd = async (raw: IncomingMessage): Promise<void> => {
  if (raw.readableEnded) return;
  raw.resume();
  await finished(raw, { writable: false });
};
