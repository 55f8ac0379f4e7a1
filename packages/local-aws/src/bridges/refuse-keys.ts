import type { FastifyRequest } from "fastify";
import type { FauxqsApp } from "../emulators/fauxqs.ts";
import { createdObject, type S3Request } from "./created-object.ts";

/** S3's own limit, in bytes of UTF-8. */
const LONGEST_KEY = 1024;
/** What file systems take as one name, in bytes, less the `.meta.json` that fauxqs appends. */
const LONGEST_SEGMENT = 255 - ".meta.json".length;

/** Refuses keys that cannot be kept: fauxqs makes a file path of a key, nearly as it stands. */
export const refuseKeys = (app: FauxqsApp): void => {
  app.addHook("preHandler", async (request, reply) => {
    const segments = new Set(keysOf(request).flatMap((key) => key.split("/")));
    if (segments.has(".") || segments.has("..")) {
      // It would leave the storage directory.
      await reply.code(400).send("A key with a segment `.` or `..` cannot be kept here.");
      return;
    }
    if (request.method !== "PUT" && request.method !== "POST") return;
    const why = keysOf(request).map(tooLong).find(Boolean);
    if (why) await reply.code(400).type("application/xml").send(keyTooLong(why));
  });
};

/** The key of the path, and that of a browser's form. */
const keysOf = ({ method, params, query, headers, body }: FastifyRequest): string[] => {
  const { bucket, "*": key = "" } = params as { bucket?: string; "*"?: string };
  const asked = { method, bucket, key, query: query as S3Request["query"], headers, body };
  return [key, createdObject(asked, 200)?.key ?? ""];
};

const tooLong = (key: string): string | undefined => {
  const bytes = Buffer.byteLength(key);
  if (bytes > LONGEST_KEY) return `Your key is too long: ${bytes} bytes, at most ${LONGEST_KEY}.`;
  const longest = Math.max(...key.split("/").map(fileNameBytes));
  if (longest <= LONGEST_SEGMENT) return undefined;
  return `Your key is too long to be kept as a file: ${longest} bytes between two slashes, at most ${LONGEST_SEGMENT}.`;
};

/** As fauxqs writes a segment: characters that some file system refuses become `%xx`. */
const fileNameBytes = (segment: string): number =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that fauxqs encodes
  Buffer.byteLength(segment) + 2 * (segment.match(/[<>:"|?*\\%\x00-\x1f]/g)?.length ?? 0);

const keyTooLong = (message: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>KeyTooLongError</Code><Message>${message}</Message></Error>`;
