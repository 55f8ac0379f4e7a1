import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";

/**
 * One for the whole machine, whichever copy of the project is measured and wherever its temporary files lie: its processors are
 * what is shared.
 */
const LOCK_FILE = "/tmp/stockwire-bench.lock";

const MAX_TRIES = 5;

/**
 * Keeps a second benchmark from starting beside this one: both would measure each other. Holds until this process ends;
 * what one that was killed has left is taken over. Of two that do so in the same moment, both may believe that they have it.
 * @throws Error that says who holds it
 */
export const beOnlyOne = (file = LOCK_FILE): void => {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, `${process.pid}\n`);
  try {
    for (let tries = 1; !link(own, file); tries++) {
      if (tries === MAX_TRIES) throw new Error("other benchmarks are being started on this machine");
      const found = readIfThere(file);
      // It has just been let go.
      if (found === undefined) continue;
      const holder = Number(found);
      if (isAlive(holder)) {
        throw new Error(
          `another benchmark is running on this machine (process ${holder}), and they would disturb each other; wait for its end` +
            ` (if that process is no benchmark, remove ${file})`,
        );
      }
      // Somebody else may have taken it over since.
      if (readIfThere(file) === found) rmSync(file, { force: true });
    }
  } finally {
    rmSync(own);
  }
  process.once("exit", () => {
    if (readIfThere(file) === `${process.pid}\n`) rmSync(file, { force: true });
  });
};

/** A link comes with its content, or not at all. @returns false where there is such a file */
const link = (from: string, to: string): boolean => {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  }
};

const isAlive = (pid: number): boolean => {
  // Signal 0 to no number, or to 0, would be about this process itself.
  if (!Number.isInteger(pid) || pid < 1) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's, whom we may not signal, is alive.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
};

const readIfThere = (file: string): string | undefined => {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return undefined;
  }
};
