import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

/** What the worker says: how many bytes it has read, at last the digest, or why there is none. */
export type DigestMessage =
  | { readonly done: number }
  | { readonly hex: string }
  | { readonly failed: string };

const CHUNK = 4 * 1024 * 1024;
const say = (message: DigestMessage): void => postMessage(message);

addEventListener("message", async ({ data: file }: MessageEvent<File>) => {
  try {
    // `crypto.subtle` wants all bytes at once, which for 2 GiB is more than a tab may take.
    const hash = sha256.create();
    for (let done = 0; done < file.size; done += CHUNK) {
      hash.update(new Uint8Array(await file.slice(done, done + CHUNK).arrayBuffer()));
      say({ done: Math.min(done + CHUNK, file.size) });
    }
    say({ hex: bytesToHex(hash.digest()) });
  } catch (error) {
    say({ failed: error instanceof Error ? error.message : String(error) });
  }
});
