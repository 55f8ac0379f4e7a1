import { readdirSync } from "node:fs";
import { relative, sep } from "node:path";
import { ConfigError } from "@stockwire/service-kit/config";

/** Made for whoever takes them, and chosen for them: never asked for by name. */
const COMPRESSED = /\.(br|gz)$/;
const HIDDEN = /(^|\/)\./;

/**
 * Names of the page's files as they are asked for, like `assets/page-D34db33f.js`. Only these are served, so that no path
 * that somebody makes up reaches the disk.
 * @throws ConfigError where there is no page
 */
export const listFiles = (directory: string): ReadonlySet<string> => {
  const names = readNames(directory).filter((name) => !HIDDEN.test(name) && !COMPRESSED.test(name));
  if (!names.includes("index.html")) throw new ConfigError(`DASHBOARD_DIR: ${directory} has no index.html`);
  return new Set(names);
};

const readNames = (directory: string): string[] => {
  try {
    return readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => relative(directory, `${parentPath}${sep}${name}`).replaceAll(sep, "/"));
  } catch (cause) {
    throw new ConfigError(`DASHBOARD_DIR: ${(cause as Error).message}`);
  }
};
