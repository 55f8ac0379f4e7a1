/**
 * Lists the licences of all packages that are shipped in docs/licences.md, and fails on one that is not allowed.
 *
 *   npm run licences            compares
 *   npm run licences -- --write writes the list anew
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findForbidden, renderLicences } from "./supply-chain/licences.ts";
import { root } from "./supply-chain/lockfile.ts";
import { shippedPackages } from "./supply-chain/shipped-packages.ts";

const file = join(root, "docs/licences.md");
const packages = shippedPackages();
const forbidden = findForbidden(packages);
for (const { path, license } of forbidden)
  console.error(`${path}: ${license ?? "no licence"} is not allowed`);
if (process.argv.includes("--write")) writeFileSync(file, renderLicences(packages));
const isCurrent = readFileSync(file, "utf8") === renderLicences(packages);
if (!isCurrent) console.error("docs/licences.md is not up to date: npm run licences -- --write");
console.log(`${packages.length} packages shipped, ${forbidden.length} with a licence that is not allowed`);
if (forbidden.length > 0 || !isCurrent) process.exitCode = 1;
