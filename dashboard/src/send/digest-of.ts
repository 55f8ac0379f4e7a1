import type { DigestMessage } from "./sha256-worker.ts";
import { unreadable } from "./unreadable.ts";

/**
 * The file's sha-256 in lower-case hexadecimal, made beside the page so that nothing stands still.
 * @param onProgress told how many bytes are done
 */
export const digestOf = (
  file: File,
  onProgress: (done: number) => void,
  signal: AbortSignal,
): Promise<string> => {
  const worker = new Worker(new URL("./sha256-worker.ts", import.meta.url), { type: "module" });
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  worker.addEventListener("message", ({ data }: MessageEvent<DigestMessage>) => {
    if ("done" in data) onProgress(data.done);
    else if ("hex" in data) resolve(data.hex);
    else reject(unreadable(file));
  });
  worker.addEventListener("error", () => reject(new Error("The file's checksum could not be made.")));
  const stop = (): void => reject(signal.reason);
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  worker.postMessage(file);
  return promise.finally(() => {
    signal.removeEventListener("abort", stop);
    worker.terminate();
  });
};
