import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

const root = join(import.meta.dirname, "../..");

/** `import … from "…"`, without those of types alone, and `import("…")`. */
const IMPORT = /\bimport\s+(?!type\b)(?:([\w$]+)\s*,?\s*)?(?:\{([^}]*)\})?\s*from\s*"([^"]+)"/g;
const DYNAMIC = /\bimport\(\s*"([^"]+)"\s*\)/g;
/** Files that are started as threads of their own. */
const THREAD = /new URL\(\s*"([^"]+)"\s*,\s*import\.meta\.url\s*\)/g;

const AGENT = "task-protection/v1/state";

/**
 * Every AWS call that the code of a service makes, as `package/Name`: walks the imports from its `main.ts` through
 * the shared packages, and takes what each module imports from the SDK to call it with.
 */
export const callsOf = (service: string): Set<string> => {
  const calls = new Set<string>();
  const seen = new Set<string>();
  const waiting = [join(root, "services", service, "src/main.ts")];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    const source = readFileSync(file, "utf8");
    for (const call of callsIn(source)) calls.add(call);
    for (const specifier of specifiersIn(source)) {
      const target = locate(specifier, file);
      if (target !== undefined) waiting.push(target);
    }
  }
  return calls;
};

/** The SDK's clients that a service's calls go to: `s3`, `sqs`, … */
export const callsIn = (source: string): string[] => {
  const found: string[] = [];
  for (const [, , names = "", from = ""] of source.matchAll(IMPORT)) {
    const sdk = /^@aws-sdk\/(client-[a-z0-9-]+|lib-[a-z]+)$/.exec(from)?.[1];
    const owner = sdk ?? (from === "sqs-consumer" ? from : undefined);
    if (owner === undefined) continue;
    const imported = names
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== "" && !name.startsWith("type "))
      .map((name) => name.split(" as ")[0] as string);
    found.push(...imported.filter(isCall).map((name) => `${owner}/${name}`));
  }
  if (source.includes(AGENT)) found.push("ecs-agent/task-protection");
  return found;
};

const isCall = (name: string): boolean =>
  name.endsWith("Command") ||
  name.startsWith("paginate") ||
  name.startsWith("waitUntil") ||
  ["Upload", "Consumer"].includes(name);

const specifiersIn = (source: string): string[] => [
  ...[...source.matchAll(IMPORT)].map(([, , , from = ""]) => from),
  ...[...source.matchAll(DYNAMIC)].map(([, from = ""]) => from),
  ...[...source.matchAll(THREAD)].map(([, from = ""]) => from),
];

/** Our own files; packages of others are of no interest. */
const locate = (specifier: string, from: string): string | undefined => {
  if (specifier.startsWith("."))
    return specifier.endsWith(".ts") ? resolve(dirname(from), specifier) : undefined;
  const [, name, path] = /^@stockwire\/([a-z-]+)\/(.+)$/.exec(specifier) ?? [];
  return name === undefined ? undefined : join(root, "packages", name, "src", `${path}.ts`);
};
