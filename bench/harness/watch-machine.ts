import { readdir, readFile } from "node:fs/promises";
import os from "node:os";
import { setTimeout as pause } from "node:timers/promises";

/** What Linux says of threads and of the machine as a whole (proc(5)); looking costs those that are looked at nothing. */

const TICKS_PER_SECOND = 100;

/** The busiest thread of a process while it was watched. */
interface BusiestThread {
  /** As the program named it; the kernel keeps 15 characters. */
  readonly name: string;
  /** Cores that it kept busy, on average: 1 is all that a thread can have. */
  readonly cores: number;
}

/** What a part of the system, one process or several of a kind, did while it was watched. */
interface PartLoad {
  /** Cores that all its threads kept busy together, on average. */
  readonly cores: number;
  readonly busiest: BusiestThread;
}

/** What was seen while some work was done. */
export interface MachineLoad<Look> {
  readonly seconds: number;
  readonly parts: Readonly<Record<string, PartLoad>>;
  /** Shares of all cores' time, 0 to 1: idle, and kept by the host for other guests. */
  readonly idle: number;
  readonly stolen: number;
  /** Cores that processes other than these, and the kernel itself, kept busy. */
  readonly others: number;
  /** Answers of `look`, in order. */
  readonly looks: readonly Look[];
}

interface Thread {
  readonly name: string;
  readonly ticks: number;
}

/** Threads by id. One that ends between two calls is missed, with what it took since the first. */
const threadsOf = async (pid: number): Promise<Map<string, Thread>> => {
  const threads = new Map<string, Thread>();
  for (const id of await readdir(`/proc/${pid}/task`)) {
    // It may have ended since it was listed.
    const text = await readFile(`/proc/${pid}/task/${id}/stat`, "utf8").catch(() => undefined);
    if (text === undefined) continue;
    const end = text.lastIndexOf(")");
    // Behind the name, which may hold blanks: field 3 comes first, utime is field 14, stime field 15.
    const fields = text.slice(end + 2).split(" ");
    const name = text.slice(text.indexOf("(") + 1, end);
    threads.set(id, { name, ticks: Number(fields[11]) + Number(fields[12]) });
  }
  return threads;
};

/** Ticks of all cores since boot: altogether, idle (waiting for a disk included) and stolen. */
const machineTicks = async () => {
  const [line = ""] = (await readFile("/proc/stat", "utf8")).split("\n");
  // user nice system idle iowait irq softirq steal; guests' time, behind, is in user's already.
  const ticks = line.trim().split(/\s+/).slice(1, 9).map(Number);
  const [, , , idle = 0, waiting = 0, , , stolen = 0] = ticks;
  return { all: ticks.reduce((sum, each) => sum + each, 0), idle: idle + waiting, stolen };
};

const lookAt = async (parts: Readonly<Record<string, readonly number[]>>) =>
  new Map(
    await Promise.all(
      Object.entries(parts).map(
        async ([name, pids]) => [name, await Promise.all(pids.map(threadsOf))] as const,
      ),
    ),
  );

/**
 * Watches processes, thread by thread, and the machine while `work` is done.
 * @param parts process ids by the name of what they are together
 * @param look what else is to be looked at, again and again, `everyMs` after the last answer
 * @throws whatever `work` or `look` throws
 */
export const whileWatchingMachine = async <Look>(
  parts: Readonly<Record<string, readonly number[]>>,
  look: () => Promise<Look>,
  everyMs: number,
  work: () => Promise<void>,
): Promise<MachineLoad<Look>> => {
  const looks: Look[] = [];
  const ended = new AbortController();
  const looking = (async () => {
    while (!ended.signal.aborted) {
      looks.push(await look());
      // Cut short when the work has ended, which is what the loop asks for next.
      await pause(everyMs, undefined, { signal: ended.signal }).catch(() => undefined);
    }
  })();
  // Awaited below; until then a failure of it is nobody's.
  looking.catch(() => undefined);
  const [before, machineBefore] = [await lookAt(parts), await machineTicks()];
  const started = performance.now();
  try {
    await work();
  } finally {
    ended.abort();
  }
  const seconds = (performance.now() - started) / 1000;
  const [after, machineAfter] = [await lookAt(parts), await machineTicks()];
  await looking;
  const share = (kind: "idle" | "stolen"): number =>
    (machineAfter[kind] - machineBefore[kind]) / (machineAfter.all - machineBefore.all);
  const loadOf = (name: string): PartLoad => {
    const threads = (after.get(name) ?? []).flatMap((process, index) =>
      [...process].map(([id, thread]) => ({
        name: thread.name,
        cores: (thread.ticks - (before.get(name)?.[index]?.get(id)?.ticks ?? 0)) / TICKS_PER_SECOND / seconds,
      })),
    );
    const cores = threads.reduce((sum, thread) => sum + thread.cores, 0);
    const none = { name: "", cores: 0 };
    return { cores, busiest: threads.reduce((most, each) => (each.cores > most.cores ? each : most), none) };
  };
  const loads = Object.fromEntries(Object.keys(parts).map((name) => [name, loadOf(name)]));
  const own = Object.values(loads).reduce((sum, load) => sum + load.cores, 0);
  return {
    seconds,
    parts: loads,
    others: Math.max(0, os.cpus().length * (1 - share("idle") - share("stolen")) - own),
    idle: share("idle"),
    stolen: share("stolen"),
    looks,
  };
};
