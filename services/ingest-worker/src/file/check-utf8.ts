import { isUtf8 } from "node:buffer";
import { fileFault } from "./file-fault.ts";

/**
 * Checks a stream of chunks for valid UTF-8, a character cut by a chunk's end included. The returned function is
 * called with each chunk and at last with none; it throws the file fault `not_utf8`.
 */
export const createUtf8Check = (): ((chunk?: Buffer) => void) => {
  let carried: Buffer = Buffer.alloc(0);
  let offset = 0;
  return (chunk) => {
    const bytes =
      chunk === undefined ? carried : carried.length > 0 ? Buffer.concat([carried, chunk]) : chunk;
    const end = chunk === undefined ? bytes.length : bytes.length - unfinishedTail(bytes);
    if (!isUtf8(bytes.subarray(0, end))) {
      throw fileFault(
        "not_utf8",
        `the file is not UTF-8 text (looked at up to byte ${offset + end}); save it as "CSV UTF-8" and send it again`,
      );
    }
    offset += end;
    carried = Buffer.from(bytes.subarray(end));
  };
};

/** How many bytes at the end begin a character that the next chunk may complete: 0 to 3. */
const unfinishedTail = (bytes: Buffer): number => {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0b1100_0000) === 0b1000_0000) continue;
    const length = byte >= 0b1111_0000 ? 4 : byte >= 0b1110_0000 ? 3 : byte >= 0b1100_0000 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
};
