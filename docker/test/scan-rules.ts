/** What an image must not hold. Paths are as `tar` lists them: from the root, without a leading slash. */

const FORBIDDEN: readonly [fault: string, pattern: RegExp][] = [
  ["shell history", /(^|\/)\.\w*_history$/],
  ["npm cache", /(^|\/)(_cacache|\.npm)\/./],
  ["npm settings", /(^|\/)\.npmrc$/],
  ["repository", /(^|\/)\.git(\/|$)/],
  ["settings of a checkout", /(^|\/)\.env[^/]*$/],
  ["test", /^app\/.*(\.test\.\w+$|\/(test|tests|__tests__)\/)/],
  [
    "development file",
    /^app\/(.*\/)?(tsconfig[\w.]*|biome|knip)\.json$|^app\/.*\.(d\.[cm]?ts|map|tsbuildinfo)$/,
  ],
  ["document", /^app\/(docs\/|.*\.md$)/i],
  ["package manager", /^(app\/node_modules|usr\/local\/lib\/node_modules)\/(npm|yarn|corepack)\//],
];

/** Packages that only development needs, as paths from the root of the project: `node_modules/tap`. */
export const developmentPackages = (lockfile: string): ReadonlySet<string> => {
  const { packages } = JSON.parse(lockfile) as { packages: Record<string, { dev?: boolean }> };
  return new Set(Object.keys(packages).filter((path) => packages[path]?.dev));
};

/** @returns one line a fault: what it is and where */
export const findForbiddenFiles = (paths: readonly string[], development: ReadonlySet<string>): string[] => {
  const faults = paths.flatMap((path) =>
    FORBIDDEN.filter(([, pattern]) => pattern.test(path)).map(([fault]) => `${fault}: ${path}`),
  );
  const packages = paths.flatMap(
    (path) => /^app\/(.*node_modules\/.*)\/package\.json$/.exec(path)?.[1] ?? [],
  );
  return [
    ...faults,
    ...packages.filter((path) => development.has(path)).map((path) => `development package: ${path}`),
  ];
};

/** Of an image's configuration, what the rules are about. */
export interface ImageConfig {
  readonly User: string;
  readonly Healthcheck?: object;
  readonly Labels?: Readonly<Record<string, string>> | null;
}

const LABELS = ["title", "description", "version", "revision", "licenses"];

export const findConfigFaults = ({ User, Healthcheck, Labels }: ImageConfig): string[] => {
  const faults: string[] = [];
  if (!/^[1-9]\d*(:[1-9]\d*)?$/.test(User))
    faults.push(`user: "${User}" is not a fixed uid other than root's`);
  if (!Healthcheck) faults.push("no health check");
  for (const label of LABELS) {
    if (!Labels?.[`org.opencontainers.image.${label}`]) faults.push(`no label ${label}`);
  }
  return faults;
};
