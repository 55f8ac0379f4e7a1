import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A package as package-lock.json has it. */
export interface LockedPackage {
  /** Where it is installed: `node_modules/a/node_modules/b`, or a workspace's folder. */
  readonly path: string;
  readonly name: string;
  readonly version: string;
  readonly license: string | undefined;
  /** Needed by nothing that runs. */
  readonly isDevelopment: boolean;
  readonly hasInstallScript: boolean;
  /** What its author says to those who still use it. */
  readonly deprecated: string | undefined;
  readonly dependencies: readonly string[];
}

interface Entry {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
  readonly deprecated?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

export const root = join(import.meta.dirname, "../..");

/** Every installed package, without our own. */
export const readLockfile = (): readonly LockedPackage[] => {
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
    packages: Readonly<Record<string, Entry>>;
  };
  return Object.entries(packages)
    .filter(([path, { link }]) => path.includes("node_modules/") && link !== true)
    .map(([path, entry]) => ({
      path,
      name: path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length),
      version: entry.version ?? "",
      license: entry.license,
      isDevelopment: entry.dev === true,
      hasInstallScript: entry.hasInstallScript === true,
      deprecated: entry.deprecated,
      dependencies: Object.keys({
        ...entry.dependencies,
        ...entry.optionalDependencies,
        ...entry.peerDependencies,
      }),
    }));
};

/** The package that a package means by a name: the nearest one above it, as Node looks for it. */
export const resolveFrom = (
  packages: ReadonlyMap<string, LockedPackage>,
  path: string,
  name: string,
): LockedPackage | undefined => {
  for (let at = path; ; at = at.slice(0, Math.max(at.lastIndexOf("node_modules/") - 1, 0))) {
    const found = packages.get(`${at === "" ? "" : `${at}/`}node_modules/${name}`);
    if (found !== undefined || at === "") return found;
  }
};
