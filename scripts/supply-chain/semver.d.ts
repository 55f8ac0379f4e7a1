/** What is used of a package that comes without types. */
declare module "semver" {
  const semver: {
    readonly satisfies: (version: string, range: string) => boolean;
    readonly validRange: (range: string) => string | null;
  };
  export default semver;
}
