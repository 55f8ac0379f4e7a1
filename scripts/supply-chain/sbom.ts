import type { LockedPackage } from "./lockfile.ts";

/** A CycloneDX document, as far as it is read here. */
export interface Sbom {
  readonly components: readonly { readonly "bom-ref": string; readonly purl?: string }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
}

const purlOf = ({ name, version }: Pick<LockedPackage, "name" | "version">): string =>
  `pkg:npm/${name.replace("@", "%40")}@${version}`;

/** The document with what is shipped alone, and the names of what is shipped and not in it. */
export const completeSbom = (
  whole: Sbom,
  shipped: readonly LockedPackage[],
): { readonly sbom: Sbom; readonly missing: readonly string[] } => {
  const wanted = new Set(shipped.map(purlOf));
  const components = whole.components.filter(({ purl }) => purl !== undefined && wanted.has(purl));
  const refs = new Set(components.map((component) => component["bom-ref"]));
  const found = new Set(components.map(({ purl }) => purl));
  const dependencies = whole.dependencies
    .filter(({ ref }) => refs.has(ref))
    .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((other) => refs.has(other)) }));
  return {
    sbom: { ...whole, components, dependencies },
    missing: [...wanted].filter((purl) => !found.has(purl)),
  };
};
