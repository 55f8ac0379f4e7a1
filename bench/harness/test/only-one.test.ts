import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { beOnlyOne } from "../only-one.ts";

const module = new URL("../only-one.ts", import.meta.url).href;

/** In a process of its own, which has ended when this returns. */
const inOtherProcess = (file: string) => {
  const script = `import { beOnlyOne } from ${JSON.stringify(module)}; beOnlyOne(${JSON.stringify(file)});`;
  return spawnSync(process.execPath, ["--input-type=module", "--eval", script], { encoding: "utf8" });
};

t.test("a second benchmark is refused, and told by whom", async (t) => {
  const file = join(t.testdir(), "lock");
  writeFileSync(file, `${process.pid}\n`);
  const { status, stderr } = inOtherProcess(file);
  t.not(status, 0);
  t.match(stderr, `another benchmark is running on this machine (process ${process.pid})`);
  t.equal(readFileSync(file, "utf8"), `${process.pid}\n`, "the first one still has it");
});

t.test("it is let go at the process's end, and nothing stays behind", async (t) => {
  const folder = t.testdir();
  const { status, stderr } = inOtherProcess(join(folder, "lock"));
  t.equal(status, 0, stderr);
  t.same(readdirSync(folder), []);
});

t.test("what a dead one has left is taken over, whatever stands in it", async (t) => {
  const dead = spawnSync(process.execPath, ["--version"]).pid;
  for (const left of [`${dead}\n`, "", "0\n", "nonsense"]) {
    const file = join(t.testdir(), "lock");
    writeFileSync(file, left);
    t.equal(inOtherProcess(file).status, 0, JSON.stringify(left));
  }
});

t.test("what this process holds nobody else gets", async (t) => {
  const file = join(t.testdir(), "lock");
  beOnlyOne(file);
  t.not(inOtherProcess(file).status, 0);
});
