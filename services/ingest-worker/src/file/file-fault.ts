import { permanent, type WorkError } from "@stockwire/service-kit/errors";

/** Why a whole file is unusable. Codes are part of the API. */
export type FileFaultCode =
  | "empty_file"
  | "no_rows"
  | "not_utf8"
  | "not_csv"
  | "missing_column"
  | "repeated_column"
  | "too_many_stores"
  | "digest_mismatch"
  | "too_many_repeats";

/** The file is rejected whole and changes nothing; never retried. */
export const fileFault = (code: FileFaultCode, message: string): WorkError => permanent(code, message);
