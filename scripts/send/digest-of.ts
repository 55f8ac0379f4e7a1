import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

/** The file's sha-256, in lower-case hexadecimal. */
export const digestOf = async (path: string): Promise<string> => {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) hash.update(chunk);
  return hash.digest("hex");
};
