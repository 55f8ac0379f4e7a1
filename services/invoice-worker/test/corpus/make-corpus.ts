/**
 * Writes the golden corpus: a text and, beside it, what a person would say that it says. The expectations come from
 * the sources and from hand-written cases, never from the parser.
 *
 *   node services/invoice-worker/test/corpus/make-corpus.ts
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CorpusFile } from "./expectation.ts";
import { germanFiles } from "./german-files.ts";
import { handwrittenFiles } from "./handwritten-files.ts";
import { styledFiles } from "./styled-files.ts";

const directory = join(import.meta.dirname, "../../../../samples/invoices/corpus");

const write = ({ name, text, expected }: CorpusFile): void => {
  writeFileSync(join(directory, `${name}.txt`), text);
  writeFileSync(join(directory, `${name}.json`), `${JSON.stringify(expected, null, 2)}\n`);
};

rmSync(directory, { recursive: true, force: true });
mkdirSync(directory, { recursive: true });
const files = [...styledFiles(), ...germanFiles(), ...handwrittenFiles()];
for (const file of files) write(file);
process.stdout.write(`${files.length} files in ${directory}\n`);
