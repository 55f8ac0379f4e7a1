import type { IncomingMessage } from "node:http";
import {
  type ApiError,
  bodyStalled,
  malformedMultipart,
  tooManyFiles,
  unexpectedField,
  uploadBrokenOff,
} from "../errors/api-error.ts";
import { MAX_FILES } from "./limits.ts";

/** Waits for something that the client has to send; fails with an ApiError that says what the client did. */
export type FromClient = <T>(next: Promise<T>) => Promise<T>;

/**
 * The clock runs only while the client is waited for: the time that S3 takes is not the client's fault.
 * @param stallMilliseconds without a byte
 */
export const waitForClient =
  (raw: IncomingMessage, stallMilliseconds: number): FromClient =>
  (next) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(bodyStalled(stallMilliseconds / 1000)), stallMilliseconds);
      next.then(resolve, (error) => reject(clientFault(raw, error))).finally(() => clearTimeout(timer));
    });

const clientFault = (raw: IncomingMessage, error: unknown): ApiError => {
  if (raw.destroyed && !raw.complete) return uploadBrokenOff(error);
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "FST_FILES_LIMIT" || code === "FST_PARTS_LIMIT") return tooManyFiles(MAX_FILES, error);
  if (code === "FST_FIELDS_LIMIT" || code === "FST_PROTO_VIOLATION") {
    return unexpectedField("The form has fields that are not taken.", error);
  }
  return malformedMultipart(error);
};
