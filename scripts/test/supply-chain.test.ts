import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { findVulnerable, type Snapshot } from "../supply-chain/advisories.ts";
import { findForbidden, isAllowed, renderLicences } from "../supply-chain/licences.ts";
import { type LockedPackage, readLockfile, root } from "../supply-chain/lockfile.ts";
import { findOwnKeys } from "../supply-chain/own-keys.ts";
import { completeSbom } from "../supply-chain/sbom.ts";
import { shippedPackages } from "../supply-chain/shipped-packages.ts";

const lodging = (name: string, version: string, license?: string): LockedPackage => ({
  path: `node_modules/${name}`,
  name,
  version,
  license,
  isDevelopment: false,
  hasInstallScript: false,
  deprecated: undefined,
  dependencies: [],
});

t.test("what is shipped: services' packages, the page's with what they need, and no tools", async (t) => {
  const names = new Set(shippedPackages().map(({ name }) => name));
  for (const name of ["fastify", "csv-parse", "@aws-sdk/client-s3", "sqs-consumer", "preact"]) {
    t.ok(names.has(name), name);
  }
  for (const name of ["tap", "vite", "aws-cdk-lib", "knip", "papaparse"]) {
    t.notOk(names.has(name), name);
  }
});

t.test("licences: every one is allowed, and the list is up to date", async (t) => {
  t.same(findForbidden(shippedPackages()), []);
  t.equal(readFileSync(join(root, "docs/licences.md"), "utf8"), renderLicences(shippedPackages()));
  t.ok(isAllowed("(MIT OR GPL-3.0-only)"));
  t.notOk(isAllowed("MIT AND GPL-3.0-only"));
  t.notOk(isAllowed(undefined));
  t.same(
    findForbidden([lodging("a", "1.0.0", "AGPL-3.0-only"), lodging("b", "1.0.0", "MIT")]).map(
      ({ name }) => name,
    ),
    ["a"],
  );
});

t.test("advisories: a version in a range is found, others and ignored ones are not", async (t) => {
  const snapshot: Snapshot = {
    date: "2026-01-01",
    source: "test",
    advisories: [{ id: "A", package: "a", vulnerable: ">=1.2.0 <1.2.5", severity: "high", summary: "" }],
    ignored: [],
  };
  const packages = [lodging("a", "1.2.4"), lodging("a", "1.2.5"), lodging("b", "1.2.4")];
  t.match(findVulnerable(packages, snapshot), [{ id: "A", version: "1.2.4" }]);
  t.equal(findVulnerable(packages, snapshot).length, 1);
  t.same(findVulnerable(packages, { ...snapshot, ignored: [{ id: "A", reason: "test" }] }), []);
  const [broken] = snapshot.advisories;
  if (broken === undefined) throw new Error("none");
  t.throws(() => findVulnerable(packages, { ...snapshot, advisories: [{ ...broken, vulnerable: "all" }] }));
});

t.test("advisories: nothing in the lockfile is in the snapshot's ranges", async (t) => {
  const file = join(root, "scripts/supply-chain/advisories.json");
  const snapshot = JSON.parse(readFileSync(file, "utf8")) as Snapshot;
  t.same(findVulnerable(readLockfile(), snapshot), []);
  for (const { reason } of snapshot.ignored) t.ok(reason.length > 20, "ignored with a reason");
});

t.test("the bill of materials has what is shipped and tells what it has not", async (t) => {
  const component = (name: string) => ({ "bom-ref": `${name}@1.0.0`, purl: `pkg:npm/${name}@1.0.0` });
  const whole = {
    components: [component("a"), component("tool")],
    dependencies: [{ ref: "a@1.0.0", dependsOn: ["tool@1.0.0"] }, { ref: "tool@1.0.0" }],
  };
  const { sbom, missing } = completeSbom(whole, [lodging("a", "1.0.0"), lodging("@b/c", "2.0.0")]);
  t.same(sbom, { components: [component("a")], dependencies: [{ ref: "a@1.0.0", dependsOn: [] }] });
  t.same(missing, ["pkg:npm/%40b/c@2.0.0"]);
});

t.test("our own keys are found, placeholders are not", async (t) => {
  const key = `sw_0123456789ab_${"aB3-xY7_qW9z".repeat(4).slice(0, 43)}`;
  t.same(findOwnKeys(`one\nkey: ${key}\n`), [2]);
  t.same(findOwnKeys(`sw_0123456789ab_${"x".repeat(43)}`), []);
});

t.test("every file that SECURITY.md names is there", async (t) => {
  const text = readFileSync(join(root, "SECURITY.md"), "utf8");
  const names = [...text.matchAll(/`((?:services|packages|scripts|infra|e2e|docker|docs)\/[\w./-]+)`/g)].map(
    ([, name = ""]) => name,
  );
  t.ok(names.length > 20, `${names.length} files named`);
  for (const name of names) t.ok(existsSync(join(root, name)), name);
});
