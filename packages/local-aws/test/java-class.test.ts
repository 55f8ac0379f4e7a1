import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { temporaryDirectory } from "./helpers.ts";

const PACKAGE = join(import.meta.dirname, "..");

const shell = (command: string, ...parameters: string[]) =>
  spawnSync("sh", ["-c", command, "sh", ...parameters], { cwd: PACKAGE, encoding: "utf8" });

/** All that a class says, without what differs between compilers: the order and numbers of its constants. */
const disassemble = (file: string): string[] => {
  const { status, stdout, stderr } = shell('javap -v -p "$1"', file);
  if (status !== 0) throw new Error(stderr);
  return stdout
    .split("\n")
    .filter((line) => !/^\s*(Classfile|Last modified|SHA-256|MD5)/.test(line))
    .map((line) =>
      line
        .replaceAll(/#\d+/g, "#")
        .replace(/^\s*\d+: (?=# REF_)/, "")
        .replaceAll(/\s+/g, " ")
        .trim(),
    )
    .sort();
};

const probe = shell("javac --release 17 -version && javap -version");
const skip = probe.status === 0 ? false : "no JDK of release 17 or later: the class is not compared";
if (skip) console.error(`SKIPPED java-class.test.ts: ${skip}`);

t.test("the class that is checked in is what its source compiles to", { skip }, async (t) => {
  const directory = temporaryDirectory(t);
  const { scripts } = JSON.parse(readFileSync(join(PACKAGE, "package.json"), "utf8"));
  const build = String(scripts.build).replace(" -d . ", ' -d "$1" ');
  t.not(build, scripts.build, "the build's target is replaced");
  const compiled = shell(build, directory);
  t.equal(compiled.status, 0, compiled.stderr);
  t.same(
    disassemble(join(PACKAGE, "java/LoopbackDynamoDb.class")),
    disassemble(join(directory, "LoopbackDynamoDb.class")),
    "or run: npm run build --workspace @stockwire/local-aws",
  );
});
