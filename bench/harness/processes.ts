import { readFile, writeFile } from "node:fs/promises";

/** What Linux says of a process; nothing of this asks the process itself, so looking costs it nothing. */

/** `getconf CLK_TCK`, the same on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** CPU seconds, user and system, of all its threads since it started; children that it has waited for left out. */
const cpuSeconds = async (pid: number): Promise<number> => {
  const text = await readFile(`/proc/${pid}/stat`, "utf8");
  // Behind the name, which may hold blanks: field 3 comes first, utime is field 14, stime field 15 (proc(5)).
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
};

/** Resident memory in bytes, now and at its highest since `forgetPeak`, or since the process started. */
export const memoryOf = async (pid: number): Promise<{ readonly now: number; readonly peak: number }> => {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const bytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status)?.[1]) * 1024;
  return { now: bytes("VmRSS"), peak: bytes("VmHWM") };
};

/** Has the kernel take the present memory for the peak (proc(5), clear_refs). */
export const forgetPeak = (pid: number): Promise<void> => writeFile(`/proc/${pid}/clear_refs`, "5");

/** Process ids of its children, and theirs. */
export const descendantsOf = async (pid: number): Promise<number[]> => {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
  const children = text.trim() === "" ? [] : text.trim().split(" ").map(Number);
  return (await Promise.all(children.map(async (child) => [child, ...(await descendantsOf(child))]))).flat();
};

/** SIGKILL to a process and to all that it has started; what is gone already is no fault. */
export const killWithDescendants = async (pid: number): Promise<void> =>
  killAll([pid, ...(await descendantsOf(pid).catch(() => []))]);

/** SIGKILL to all that a process has started. */
export const killDescendants = async (pid: number): Promise<void> =>
  killAll(await descendantsOf(pid).catch(() => []));

const killAll = (pids: readonly number[]): void => {
  for (const pid of pids) {
    try {
      process.kill(pid, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
};

/** Its program and arguments. */
export const commandOf = async (pid: number): Promise<string> =>
  (await readFile(`/proc/${pid}/cmdline`, "utf8")).replaceAll("\0", " ").trim();

/** CPU seconds that each of several processes takes while `work` is done, and how long that was. */
export const whileWatching = async (
  processes: Readonly<Record<string, number>>,
  work: () => Promise<void>,
): Promise<{ readonly seconds: number; readonly cpu: Readonly<Record<string, number>> }> => {
  const look = async () =>
    Object.fromEntries(
      await Promise.all(
        Object.entries(processes).map(async ([name, pid]) => [name, await cpuSeconds(pid)] as const),
      ),
    );
  const before = await look();
  const started = performance.now();
  await work();
  const seconds = (performance.now() - started) / 1000;
  const after = await look();
  const cpu = Object.fromEntries(
    Object.keys(processes).map((name) => [name, (after[name] ?? 0) - (before[name] ?? 0)]),
  );
  return { seconds, cpu };
};
