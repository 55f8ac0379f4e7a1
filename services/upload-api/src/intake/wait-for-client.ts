import type { IncomingMessage } from "node:http";
import {
  type ApiError,
  bodyStalled,
  bodyTooSlow,
  malformedMultipart,
  tooManyFiles,
  unexpectedField,
  uploadBrokenOff,
} from "../errors/api-error.ts";
import { MAX_FILES } from "./limits.ts";

/** Waits for something that the client has to send; fails with an ApiError that says what the client did. */
export type FromClient = <T>(next: Promise<T>) => Promise<T>;

/**
 * The clock runs only while the client is waited for: the time that S3 takes is not the client's fault. A client that
 * sends a byte now and then never stalls; once it was waited for as long in all as a stall may last, it must have sent
 * so many bytes for each second of that.
 * @param limits `stallMilliseconds` without a byte; `minBytesPerSecond` 0: however slow
 */
export const waitForClient = (
  raw: IncomingMessage,
  limits: { readonly stallMilliseconds: number; readonly minBytesPerSecond: number },
): FromClient => {
  const { stallMilliseconds, minBytesPerSecond } = limits;
  const { socket } = raw;
  const before = socket.bytesRead;
  let waited = 0;

  const tooSlow = (): ApiError | undefined => {
    const bytes = socket.bytesRead - before;
    if (waited <= stallMilliseconds || bytes >= (minBytesPerSecond * waited) / 1000) return undefined;
    return bodyTooSlow(bytes, Math.round(waited / 1000), minBytesPerSecond);
  };

  return (next) =>
    new Promise((resolve, reject) => {
      const began = performance.now();
      const timer = setTimeout(() => reject(bodyStalled(stallMilliseconds / 1000)), stallMilliseconds);
      next
        .then(
          (value) => {
            waited += performance.now() - began;
            const fault = tooSlow();
            if (fault) reject(fault);
            else resolve(value);
          },
          (error) => reject(clientFault(raw, error)),
        )
        .finally(() => clearTimeout(timer));
    });
};

const clientFault = (raw: IncomingMessage, error: unknown): ApiError => {
  if (raw.destroyed && !raw.complete) return uploadBrokenOff(error);
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "FST_FILES_LIMIT" || code === "FST_PARTS_LIMIT") return tooManyFiles(MAX_FILES, error);
  if (code === "FST_FIELDS_LIMIT" || code === "FST_PROTO_VIOLATION") {
    return unexpectedField("The form has fields that are not taken.", error);
  }
  return malformedMultipart(error);
};
