import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** What V8 writes into the directory of NODE_V8_COVERAGE, as far as it is read here. */
interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}
interface ScriptCoverage {
  readonly url: string;
  readonly functions: readonly { readonly ranges: readonly Range[] }[];
}

export interface FileCoverage {
  /** From the project's root. */
  readonly file: string;
  /** Lines that hold code. */
  readonly lines: number;
  readonly covered: number;
}

/** The lines that ran, by file, over all threads. Type stripping keeps every line where it was. */
export const readCoverage = (
  directory: string,
  root: string,
  sources: readonly string[],
): readonly FileCoverage[] => {
  const ran = new Map<string, boolean[]>();
  for (const name of readdirSync(directory)) {
    const { result } = JSON.parse(readFileSync(join(directory, name), "utf8")) as {
      result: ScriptCoverage[];
    };
    for (const script of result) {
      if (!script.url.startsWith("file:")) continue;
      const file = fileURLToPath(script.url).slice(root.length + 1);
      if (!sources.some((source) => file.startsWith(source))) continue;
      const found = linesRun(readFileSync(join(root, file), "utf8"), script);
      const before = ran.get(file);
      ran.set(file, before?.map((value, index) => value || (found[index] ?? false)) ?? found);
    }
  }
  return [...ran]
    .map(([file, lines]) => {
      const text = readFileSync(join(root, file), "utf8").split("\n");
      const code = text.map((line) => holdsCode(line));
      return {
        file,
        lines: code.filter(Boolean).length,
        covered: code.filter((isCode, index) => isCode && lines[index]).length,
      };
    })
    .sort((a, b) => a.file.localeCompare(b.file));
};

const holdsCode = (line: string): boolean => !/^\s*(?:$|\/\/|\/\*|\*|[\])}]+[;,]?$)/.test(line);

/** A line ran unless all of its code lies in a block that did not; inner ranges come after outer ones. */
const linesRun = (text: string, { functions }: ScriptCoverage): boolean[] => {
  const count = new Uint8Array(text.length).fill(1);
  for (const { ranges } of functions) {
    for (const { startOffset, endOffset, count: times } of ranges) {
      count.fill(times > 0 ? 1 : 0, startOffset, endOffset);
    }
  }
  let start = 0;
  return text.split("\n").map((line) => {
    const first = start + (line.length - line.trimStart().length);
    start += line.length + 1;
    return count[first] === 1;
  });
};
