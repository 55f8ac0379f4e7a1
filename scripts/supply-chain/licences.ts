import type { LockedPackage } from "./lockfile.ts";

/** Licences that ask for no more than their text and the authors' names. */
const ALLOWED = new Set([
  "MIT",
  "ISC",
  "0BSD",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "Apache-2.0",
  "BlueOak-1.0.0",
]);

/** `(MIT OR Apache-2.0)`: one of them is enough; `MIT AND ISC`: both are needed. */
export const isAllowed = (expression: string | undefined): boolean => {
  if (expression === undefined) return false;
  const bare = expression.replace(/^\((.*)\)$/, "$1");
  if (bare.includes(" OR ")) return bare.split(" OR ").some(isAllowed);
  if (bare.includes(" AND ")) return bare.split(" AND ").every(isAllowed);
  return ALLOWED.has(bare);
};

export const findForbidden = (packages: readonly LockedPackage[]): readonly LockedPackage[] =>
  packages.filter(({ license }) => !isAllowed(license));

/** The list as a document. */
export const renderLicences = (packages: readonly LockedPackage[]): string => {
  const byLicence = new Map<string, Set<string>>();
  for (const { name, version, license } of packages) {
    const key = license ?? "none stated";
    byLicence.set(key, (byLicence.get(key) ?? new Set()).add(`${name} ${version}`));
  }
  const sections = [...byLicence]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([licence, names]) => {
      const list = [...names].sort().map((name) => `- ${name}`);
      return `## ${licence} (${names.size})\n\n${list.join("\n")}\n`;
    });
  return `# Licences

Written by \`npm run licences -- --write\` from package-lock.json: every package that a service runs on or that is built
into the page, those for other platforms included. \`npm run licences\` fails where this list is old or a licence is not one
of ${[...ALLOWED].join(", ")}.

${sections.join("\n")}`;
};
