import semver from "semver";
import type { LockedPackage } from "./lockfile.ts";

interface Advisory {
  readonly id: string;
  readonly package: string;
  /** A range of versions, as npm writes them. */
  readonly vulnerable: string;
  readonly severity: string;
  readonly summary: string;
}

/** What is known of a day, and what is passed over with the reason. */
export interface Snapshot {
  readonly date: string;
  readonly source: string;
  readonly advisories: readonly Advisory[];
  readonly ignored: readonly { readonly id: string; readonly reason: string }[];
}

/** Packages in the lockfile with a version that an advisory names, but for the ones ignored. Throws on a range that is none. */
export const findVulnerable = (packages: readonly LockedPackage[], { advisories, ignored }: Snapshot) => {
  const passedOver = new Set(ignored.map(({ id }) => id));
  return advisories
    .filter(({ id }) => !passedOver.has(id))
    .flatMap((advisory) => {
      if (semver.validRange(advisory.vulnerable) === null) {
        throw new Error(`${advisory.id}: ${advisory.vulnerable} is no range of versions`);
      }
      return packages
        .filter(
          ({ name, version }) => name === advisory.package && semver.satisfies(version, advisory.vulnerable),
        )
        .map(({ path, version, isDevelopment }) => ({ ...advisory, path, version, isDevelopment }));
    });
};
