import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { developmentPackages, findConfigFaults, findForbiddenFiles } from "./scan-rules.ts";

t.test("each kind of file that has no place in an image is found", async (t) => {
  const forbidden = [
    "root/.bash_history",
    "root/.node_repl_history",
    "root/.npm/_logs/install.log",
    "home/node/.cache/_cacache/index-v5/00",
    "app/.npmrc",
    "app/.git/HEAD",
    "app/.env",
    "app/services/upload-api/test/app.ts",
    "app/services/upload-api/src/app.test.ts",
    "app/node_modules/pino/test/basic.js",
    "app/node_modules/pino/pino.d.ts",
    "app/node_modules/pino/pino.js.map",
    "app/tsconfig.json",
    "app/docs/api.txt",
    "app/node_modules/pino/README.md",
    "usr/local/lib/node_modules/npm/package.json",
  ];
  for (const path of forbidden) t.not(findForbiddenFiles([path], new Set()).length, 0, path);
});

t.test("what a service is made of passes", async (t) => {
  const fine = [
    "app/services/upload-api/src/app.ts",
    "app/services/upload-api/package.json",
    "app/node_modules/pino/package.json",
    "app/node_modules/fastify/lib/contentTypeParser.js",
    "app/packages/contracts/src/topology.ts",
    "root/.profile",
    "root/.npm/",
    "usr/share/perl5/Debconf/Test.pm",
  ];
  t.same(findForbiddenFiles(fine, new Set()), []);
});

t.test("packages of development are known from the lockfile", async (t) => {
  const development = developmentPackages(
    readFileSync(join(import.meta.dirname, "../../package-lock.json"), "utf8"),
  );
  t.ok(development.has("node_modules/tap"));
  t.notOk(development.has("node_modules/fastify"));
  t.same(findForbiddenFiles(["app/node_modules/tap/package.json"], development), [
    "development package: node_modules/tap",
  ]);
});

t.test("root, a missing health check and missing labels are found", async (t) => {
  const labels = ["title", "description", "version", "revision", "licenses"];
  const Labels = Object.fromEntries(labels.map((name) => [`org.opencontainers.image.${name}`, "x"]));
  t.same(findConfigFaults({ User: "1000:1000", Healthcheck: {}, Labels }), []);
  for (const User of ["", "root", "0", "0:0", "node"]) {
    t.match(findConfigFaults({ User, Healthcheck: {}, Labels }), [/^user:/], User);
  }
  t.same(findConfigFaults({ User: "1000", Labels }), ["no health check"]);
  t.same(findConfigFaults({ User: "1000", Healthcheck: {}, Labels: null }).length, labels.length);
});
