import { advance, type Limit } from "./advance.ts";
import { createFleet, type Fleet } from "./fleet.ts";
import { LIMITS } from "./limits.ts";
import type { Policy } from "./policy.ts";
import { createRandom } from "./random.ts";
import { createScaler } from "./scaler.ts";
import type { Scenario } from "./scenarios.ts";
import { createTable } from "./table.ts";
import { type IncomingFile, workOf } from "./work.ts";

/** The service at one moment. */
interface Moment {
  readonly at: number;
  /** Files that wait or are being worked on. */
  readonly backlog: number;
  readonly running: number;
  readonly wanted: number;
}

export interface Run {
  /** Seconds from arrival to the end of the load, one for each file, in the order of their ends. */
  readonly delays: readonly number[];
  /** Every ten seconds while there is work, every minute otherwise. */
  readonly moments: readonly Moment[];
  /** When the last file was done. */
  readonly drainedAt: number;
  /** Task seconds that are paid, from the beginning until no more tasks run than always do. */
  readonly taskSeconds: number;
  /** When that was. */
  readonly settledAt: number;
  /** Seconds with work in which each limit was what held it up. */
  readonly limits: Readonly<Record<Limit, number>>;
  readonly cpuSeconds: number;
}

/** Seconds of a step while there is work; without any, time goes on minute by minute. */
const STEP = 0.1;
const MOMENT_SECONDS = 10;
const LONGEST = 14 * 86_400;

/**
 * Runs files through the service until all are loaded and the surplus tasks are gone. The same files, policy and seed
 * give the same run. Throws where a file is still there after the queue's retention of fourteen days.
 */
export const simulate = ({ files, tableUnits }: Scenario, policy: Policy, seed: number): Run => {
  const arriving = files.toSorted((a, b) => a.arrivesAt - b.arrivesAt);
  const fleet = createFleet(policy.fewest, createRandom(seed));
  const scaler = createScaler(policy);
  const table = createTable(tableUnits);
  const limits: Record<Limit, number> = { table: 0, partition: 0, cpu: 0, places: 0, "round-trips": 0 };
  const delays: number[] = [];
  const moments: Moment[] = [];
  const waiting: IncomingFile[] = [];
  let arrived = 0;
  let taken = 0;
  let wanted = policy.fewest;
  let cpuSeconds = 0;
  let cpuOfMinute = 0;
  let drainedAt = 0;
  let minute = 0;
  let moment = 0;

  const visible = () => waiting.length - taken;
  // What the last minutes of the backlog looked like is known only afterwards, and may still add tasks.
  const hindsight = policy.metric === "none" ? 0 : LIMITS.metricDelaySeconds + LIMITS.metricSeconds;
  const isSettled = (at: number) =>
    delays.length === files.length && at >= drainedAt + hindsight && fleet.tasks.length <= policy.fewest;
  const endMinute = (at: number): void => {
    const running = fleet.running(at).length;
    const cpuLoad = running === 0 ? 0 : (100 * cpuOfMinute) / (running * policy.cpu * LIMITS.metricSeconds);
    wanted = scaler.observe(at, { running, visible: visible(), cpuLoad });
    cpuOfMinute = 0;
  };

  // Steps are counted, not added up: sums of tenths drift.
  for (let step = 0; ; ) {
    const at = step * STEP;
    if (at > LONGEST) throw new Error(`${files.length - delays.length} files were never loaded`);
    if (at >= minute * LIMITS.metricSeconds) {
      endMinute(at);
      minute += 1;
    }
    for (; (arriving[arrived]?.arrivesAt ?? Infinity) + LIMITS.eventSeconds <= at; arrived++) {
      waiting.push(arriving[arrived] as IncomingFile);
    }
    fleet.follow(at, wanted);
    const running = fleet.running(at);
    if (at >= moment * MOMENT_SECONDS) {
      moments.push({ at, backlog: visible() + inFlight(fleet), running: running.length, wanted });
      moment = Math.floor(at / MOMENT_SECONDS) + 1;
    }
    // Workers ask for messages at the same time: each gets the next one in turn.
    for (let places = true; visible() > 0 && places; ) {
      places = false;
      for (const { active } of running) {
        if (active.length >= policy.concurrency || visible() === 0) continue;
        const file = waiting[taken++] as IncomingFile;
        active.push({ file, work: workOf(file, policy.parallelReads), done: 0 });
        places = true;
      }
    }
    if (isSettled(at)) return result(at);
    if (inFlight(fleet) === 0) {
      step = nextStep(at);
      continue;
    }
    const conditions = { cpu: policy.cpu, tableUnitsPerSecond: table.unitsPerSecond(at), waiting: visible() };
    const { finished, units, cpuSeconds: used, limit } = advance(running, STEP, conditions);
    limits[limit] += STEP;
    table.consume(at, units);
    cpuSeconds += used;
    cpuOfMinute += used;
    step += 1;
    for (const { active } of finished.length > 0 ? running : []) {
      for (let index = active.length - 1; index >= 0; index--) {
        const one = active[index];
        if (one === undefined || !finished.includes(one)) continue;
        active.splice(index, 1);
        drainedAt = step * STEP;
        delays.push(drainedAt - one.file.arrivesAt);
      }
    }
  }

  /** The first step at which anything can happen while nothing is worked on. */
  function nextStep(at: number): number {
    const arrival = (arriving[arrived]?.arrivesAt ?? Infinity) + LIMITS.eventSeconds;
    const ready = fleet.tasks.map(({ readyAt }) => readyAt).filter((readyAt) => readyAt > at);
    const launch = fleet.tasks.length < wanted ? at : Infinity;
    const next = Math.min(arrival, minute * LIMITS.metricSeconds, launch, ...ready);
    return Math.max(Math.round(at / STEP) + 1, Math.ceil(next / STEP - 1e-6));
  }

  function result(settledAt: number): Run {
    moments.push({ at: settledAt, backlog: 0, running: fleet.running(settledAt).length, wanted });
    return {
      delays,
      moments,
      drainedAt,
      taskSeconds: fleet.billedSeconds(settledAt),
      settledAt,
      limits,
      cpuSeconds,
    };
  }
};

const inFlight = (fleet: Fleet): number => fleet.tasks.reduce((sum, { active }) => sum + active.length, 0);
