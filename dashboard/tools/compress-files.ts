import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

/** What is not compressed already. */
const TEXT = /\.(html|js|css|svg|json|txt)$/;
/** Below, the answer fits one packet anyway. */
const WORTH_IT_BYTES = 1024;

/** Puts `.br` and `.gz` beside every text file below a directory, so that nothing is compressed while serving. */
export const compressFiles = (directory: string): void => {
  for (const name of readdirSync(directory, { recursive: true, encoding: "utf8" })) {
    const file = join(directory, name);
    if (!TEXT.test(name) || statSync(file).size < WORTH_IT_BYTES) continue;
    const content = readFileSync(file);
    const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
    writeFileSync(`${file}.br`, brotliCompressSync(content, { params }));
    writeFileSync(`${file}.gz`, gzipSync(content, { level: constants.Z_BEST_COMPRESSION }));
  }
};
