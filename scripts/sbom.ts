/**
 * Writes the bill of materials of what is shipped, CycloneDX, to sbom.json.
 *
 * `npm sbom --omit dev` leaves out every package that anybody names as a development dependency, fastify and the AWS SDK
 * among them, since some workspace's tests use them too (67 of some 200 packages were left). So npm lists all, and what is
 * shipped is picked out of that by package-lock.json.
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./supply-chain/lockfile.ts";
import { completeSbom, type Sbom } from "./supply-chain/sbom.ts";
import { shippedPackages } from "./supply-chain/shipped-packages.ts";

const text = execFileSync("npm", ["sbom", "--sbom-format", "cyclonedx", "--package-lock-only"], {
  cwd: root,
  encoding: "utf8",
  maxBuffer: 64 * 1024 * 1024,
  stdio: ["ignore", "pipe", "ignore"],
});
const { sbom, missing } = completeSbom(JSON.parse(text) as Sbom, shippedPackages());
writeFileSync(join(root, "sbom.json"), `${JSON.stringify(sbom, null, 2)}\n`);
console.log(`sbom.json: ${sbom.components.length} packages`);
for (const name of missing) console.error(`${name} is shipped and not in npm's list`);
if (missing.length > 0) process.exitCode = 1;
