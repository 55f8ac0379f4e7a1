import { readProblem, unreachable } from "../api/problem.ts";

export interface SentBody {
  readonly text: string;
  readonly header: (name: string) => string | null;
}

/** A connection over which nothing moves for so long is given up, in milliseconds. */
const SILENCE_MS = 60_000;
/** The same where the browser knows of no network; an API on this machine does not need one. */
const OFFLINE_SILENCE_MS = 5_000;

/**
 * Sends bytes by XMLHttpRequest: fetch does not tell how far it is.
 * @param onProgress told how many bytes have left
 * @throws ApiProblem for every answer that is no success, and for none; the signal's reason when it ends
 */
export const sendBody = (
  method: "POST" | "PUT",
  url: string,
  body: Blob,
  options: {
    readonly headers?: Readonly<Record<string, string>>;
    readonly onProgress: (sent: number) => void;
    readonly signal: AbortSignal;
  },
): Promise<SentBody> => {
  const { headers = {}, onProgress, signal } = options;
  const { promise, resolve, reject } = Promise.withResolvers<SentBody>();
  const request = new XMLHttpRequest();
  let silence: ReturnType<typeof setTimeout>;
  const heard = (): void => {
    clearTimeout(silence);
    const give = navigator.onLine ? SILENCE_MS : OFFLINE_SILENCE_MS;
    silence = setTimeout(() => {
      request.abort();
      reject(unreachable());
    }, give);
  };
  const stop = (): void => {
    request.abort();
    reject(signal.reason);
  };
  request.open(method, url);
  for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
  request.upload.addEventListener("progress", ({ loaded }) => {
    heard();
    onProgress(loaded);
  });
  request.addEventListener("error", () => reject(unreachable()));
  request.addEventListener("load", () => {
    const { status, responseText: text } = request;
    const header = (name: string) => request.getResponseHeader(name);
    if (status >= 200 && status < 300) resolve({ text, header });
    else void readProblem(asResponse(status, text, header("retry-after"))).then(reject);
  });
  if (signal.aborted) stop();
  else {
    signal.addEventListener("abort", stop, { once: true });
    addEventListener("offline", heard);
    heard();
    request.send(body);
  }
  return promise.finally(() => {
    clearTimeout(silence);
    removeEventListener("offline", heard);
    signal.removeEventListener("abort", stop);
  });
};

const asResponse = (status: number, text: string, retryAfter: string | null): Response =>
  new Response(text, { status, headers: retryAfter === null ? {} : { "retry-after": retryAfter } });
