import type { FileCode } from "@stockwire/contracts/codes";
import { permanent, type WorkError } from "@stockwire/service-kit/errors";

/** The file is rejected whole and changes nothing; never retried. */
export const fileFault = (code: FileCode, message: string): WorkError => permanent(code, message);
