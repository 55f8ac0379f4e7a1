import { compressedFile } from "../errors/api-error.ts";

/** First bytes that no text has, and what begins with them. */
const SIGNATURES: readonly (readonly [Buffer, string])[] = [
  [Buffer.from("504b0304", "hex"), "a zip archive or a spreadsheet"],
  [Buffer.from("504b0506", "hex"), "an empty zip archive"],
  [Buffer.from("1f8b", "hex"), "compressed with gzip"],
  [Buffer.from("28b52ffd", "hex"), "compressed with zstd"],
  [Buffer.from("fd377a58", "hex"), "compressed with xz"],
  [Buffer.from("377abcaf", "hex"), "a 7z archive"],
];
const LONGEST = 4;

/**
 * The same chunks, unless they begin as a compressed file does: the worker could only reject such a file, and later.
 * @throws compressed_file
 */
export async function* refuseCompressed(
  filename: string,
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  let start: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of chunks) {
    if (start === undefined) {
      yield chunk;
      continue;
    }
    start = Buffer.concat([start, chunk]);
    if (start.length < LONGEST) continue;
    check(filename, start);
    yield start;
    start = undefined;
  }
  if (start === undefined) return;
  check(filename, start);
  if (start.length > 0) yield start;
}

const check = (filename: string, start: Buffer): void => {
  for (const [signature, format] of SIGNATURES) {
    if (start.subarray(0, signature.length).equals(signature)) throw compressedFile(filename, format);
  }
};
