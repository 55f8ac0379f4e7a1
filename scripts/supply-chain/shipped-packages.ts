import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type LockedPackage, readLockfile, resolveFrom, root } from "./lockfile.ts";

const PAGE = "dashboard";
/** `import … from "x"`, `export … from "x"`, `import "x"`, `import("x")`. */
const IMPORT = /(?:from|import)\s*\(?\s*"([^".][^"]*)"/g;

/** The packages that the page's sources name: they are built into it, though npm knows them as development packages. */
const packagesOfPage = (): ReadonlySet<string> => {
  const names = new Set<string>();
  for (const file of globSync(`${PAGE}/src/**/*.{ts,tsx}`, { cwd: root })) {
    for (const [, specifier = ""] of readFileSync(join(root, file), "utf8").matchAll(IMPORT)) {
      const parts = specifier.split("/");
      names.add(specifier.startsWith("@") ? parts.slice(0, 2).join("/") : (parts[0] ?? ""));
    }
  }
  return names;
};

/**
 * What reaches somebody: the packages that services run on, and those in the page with what they need in turn. Optional
 * ones for other platforms are among them.
 */
export const shippedPackages = (): readonly LockedPackage[] => {
  const packages = readLockfile();
  const byPath = new Map(packages.map((entry) => [entry.path, entry]));
  const shipped = new Set(packages.filter(({ isDevelopment }) => !isDevelopment));
  const waiting = [...packagesOfPage()]
    .map((name) => resolveFrom(byPath, PAGE, name))
    .filter((found) => found !== undefined);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (shipped.has(next)) continue;
    shipped.add(next);
    for (const name of next.dependencies) {
      const found = resolveFrom(byPath, next.path, name);
      if (found !== undefined) waiting.push(found);
    }
  }
  return packages.filter((entry) => shipped.has(entry));
};
