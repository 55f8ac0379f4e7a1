import { createHash } from "node:crypto";
import type { Intake } from "../intake/intake.ts";

/**
 * Of all that decides what a request does: the same fingerprint, the same effect. It is about the files and not about
 * the body's bytes, as every attempt of a form has a boundary of its own.
 * @param sha256 of each file's bytes
 */
export const fingerprintOf = (
  { kind, mode, storeRestriction }: Intake,
  files: readonly { readonly filename: string; readonly sha256: string }[],
): string => {
  const parts = [
    kind,
    mode,
    storeRestriction ?? null,
    files.map(({ filename, sha256 }) => [filename, sha256]),
  ];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
};
