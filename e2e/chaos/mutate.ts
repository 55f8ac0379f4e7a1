import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Edit, Mutation } from "./mutations.ts";

/** What the services are made of; the workspace's packages find each other under `node_modules/@stockwire`. */
const COPIED = ["packages", "services"] as const;

/**
 * A copy of the sources with one guard broken, for processes to be started from.
 * @returns its root
 */
export const copyWith = (root: string, mutation: Mutation): string => {
  const copy = mkdtempSync(join(tmpdir(), "stockwire-mutant-"));
  for (const folder of COPIED) cpSync(join(root, folder), join(copy, folder), { recursive: true });
  for (const name of readdirSync(root)) {
    if (name === "node_modules" || name.startsWith(".") || COPIED.some((folder) => folder === name)) continue;
    symlinkSync(join(root, name), join(copy, name));
  }
  const modules = join(copy, "node_modules");
  mkdirSync(join(modules, "@stockwire"), { recursive: true });
  for (const name of readdirSync(join(root, "node_modules"))) {
    if (name !== "@stockwire") symlinkSync(join(root, "node_modules", name), join(modules, name));
  }
  for (const folder of COPIED) {
    for (const name of readdirSync(join(copy, folder))) {
      symlinkSync(join(copy, folder, name), join(modules, "@stockwire", name));
    }
  }
  for (const edit of mutation.edits) {
    const file = join(copy, edit.file);
    writeFileSync(file, mutate(readFileSync(file, "utf8"), edit, mutation.name));
  }
  return copy;
};

/** @throws Error where the sources have moved on and the text does not stand there exactly once */
export const mutate = (source: string, { file, text, replacement }: Edit, name: string): string => {
  const [before, after, ...more] = source.split(text);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error(`the mutation ${name} does not fit ${file} any more`);
  }
  return before + replacement + after;
};
