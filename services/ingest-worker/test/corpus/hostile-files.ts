import { encodingFiles } from "./encodings.ts";
import type { HostileFile } from "./hostile-file.ts";
import { quoteFiles } from "./quotes.ts";
import { shapeFiles } from "./shapes.ts";
import { valueFiles } from "./values.ts";

/** Files made to be misread, each with its verdict, by chapter. Larger ones are in `endless-files.test.ts`. */
export const hostileFiles: Readonly<Record<string, readonly HostileFile[]>> = {
  "Encodings and other kinds of file": encodingFiles,
  "Headers, widths and line ends": shapeFiles,
  Quotes: quoteFiles,
  "Counts and names": valueFiles,
};
