import { closeSync, createReadStream, openSync, readFileSync, readSync } from "node:fs";
import { join, sep } from "node:path";
import type { FastifyReply } from "fastify";
import type { FauxqsApp } from "../emulators/fauxqs.ts";

/** What fauxqs keeps beside an object's bytes. */
interface Description {
  readonly contentLength: number;
  readonly contentType: string;
  readonly etag: string;
  readonly lastModified: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Read at once up to here, so that no other object can take the place of what is being read. */
const AT_ONCE = 64 * 1024 * 1024;

const OTHER_CONDITIONS = ["if-none-match", "if-modified-since", "if-unmodified-since"];

/**
 * Reads ranges and big objects from the file where they lie. fauxqs reads the whole object into memory for each
 * request, and none of 2 GiB at all; a worker reads a file in some hundred ranges. What it refuses it is asked itself.
 */
export const serveFromDisk = (app: FauxqsApp, storageDir: string): void => {
  app.addHook("preHandler", async (request, reply) => {
    const { method, headers } = request;
    const { bucket, "*": key } = request.params as { bucket?: string; "*"?: string };
    if (method !== "GET" || !bucket || !key || OTHER_CONDITIONS.some((name) => name in headers)) return;
    if (Object.keys(request.query as object).some((name) => name !== "x-id")) return;
    const file = objectFile(storageDir, bucket, key);
    const object = describe(file);
    if (object === undefined || (headers["if-match"] ?? object.etag) !== object.etag) return;
    const slice = sliceOf(headers.range, object.contentLength);
    if (slice === undefined) return;
    reply.headers({
      "content-type": object.contentType,
      "content-length": slice.end - slice.start + 1,
      etag: object.etag,
      "last-modified": new Date(object.lastModified).toUTCString(),
    });
    for (const [name, value] of Object.entries(object.metadata)) reply.header(`x-amz-meta-${name}`, value);
    if (headers.range !== undefined) {
      reply.code(206).header("content-range", `bytes ${slice.start}-${slice.end}/${object.contentLength}`);
    }
    await sendSlice(reply, `${file}.data`, slice);
  });
};

interface Slice {
  readonly start: number;
  /** Included. */
  readonly end: number;
}

const sendSlice = async (reply: FastifyReply, file: string, { start, end }: Slice): Promise<void> => {
  const bytes = end - start + 1;
  if (bytes > AT_ONCE) {
    await reply.send(createReadStream(file, { start, end }));
    return;
  }
  const slice = Buffer.allocUnsafe(bytes);
  const open = openSync(file, "r");
  try {
    readSync(open, slice, 0, bytes, start);
  } finally {
    closeSync(open);
  }
  await reply.send(slice);
};

const describe = (file: string): Description | undefined => {
  try {
    return JSON.parse(readFileSync(`${file}.meta.json`, "utf8")) as Description;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
};

/** Undefined for what is left to fauxqs: small objects as a whole, and ranges that are none or lie outside. */
const sliceOf = (range: string | undefined, total: number): Slice | undefined => {
  if (range === undefined) return total > AT_ONCE ? { start: 0, end: total - 1 } : undefined;
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(range) ?? [];
  const start = Number(from ?? Number.NaN);
  const end = to ? Math.min(Number(to), total - 1) : total - 1;
  return start <= end ? { start, end } : undefined;
};

/** Where fauxqs keeps an object, without `.data` and `.meta.json`. */
export const objectFile = (storageDir: string, bucket: string, key: string): string => {
  const encoded = key.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what fauxqs encodes.
    /[<>:"|?*\\%\x00-\x1f]/g,
    (character) => `%${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
  return join(storageDir, "buckets", bucket, "objects", encoded.split("/").join(sep));
};
