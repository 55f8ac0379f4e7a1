import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { invalidCursor } from "../errors/api-error.ts";
import { isGone, isOutOfRange, type ObjectPlace } from "./open-object.ts";

export interface Lines {
  readonly lines: readonly { readonly text: string; readonly end: number }[];
  /** Where the next line begins; absent at the end. */
  readonly next?: number;
}

const WINDOW_BYTES = 256 * 1024;
const LF = 10;

/**
 * The whole lines of one window of an object. An object that is not there has none.
 * @param offset where a line begins
 * @throws invalid_cursor where none does
 */
export const readLines = async (s3: S3Client, place: ObjectPlace, offset: number): Promise<Lines> => {
  // With the byte before, to see that a line begins here.
  const from = Math.max(0, offset - 1);
  const window = await readWindow(s3, place, from);
  if (window === undefined) return { lines: [] };
  if (offset > 0 && window.bytes[0] !== LF) throw invalidCursor();
  const lines: { text: string; end: number }[] = [];
  let start = offset - from;
  for (let end = window.bytes.indexOf(LF, start); end !== -1; end = window.bytes.indexOf(LF, start)) {
    lines.push({ text: window.bytes.toString("utf8", start, end), end: from + end + 1 });
    start = end + 1;
  }
  const next = from + start;
  return next < window.total ? { lines, next } : { lines };
};

const readWindow = async (s3: S3Client, { bucket, key }: ObjectPlace, from: number) => {
  try {
    const { Body, ContentRange } = await s3.send(
      new GetObjectCommand({ Bucket: bucket, Key: key, Range: `bytes=${from}-${from + WINDOW_BYTES}` }),
    );
    const bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
    return { bytes, total: Number(ContentRange?.split("/")[1] ?? bytes.length) };
  } catch (error) {
    if (isGone(error) || isOutOfRange(error)) return undefined;
    throw error;
  }
};
