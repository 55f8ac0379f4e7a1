import { setTimeout as sleep } from "node:timers/promises";
import type { Receipt } from "@stockwire/contracts/receipt";
import { checkGivenUp } from "./check/check-letters.ts";
import { checkRun } from "./check/check-run.ts";
import { collect, type Violation } from "./check/violation.ts";
import { type Sent, sendFile } from "./client.ts";
import { sendStockAgain } from "./epilogue.ts";
import { backlog, countUnfinished, gatherEvidence, readLetters, receiptsOf, redriveAll } from "./evidence.ts";
import {
  type Emphasis,
  type FaultPlan,
  FURTHEST_BACK_MS,
  type InstanceId,
  type PlannedEvent,
  planFaults,
  type Target,
} from "./fault-plan.ts";
import type { Storm } from "./interference.ts";
import type { Journal } from "./journal.ts";
import { createPoison, noPoison } from "./poison.ts";
import { createRandom } from "./random.ts";
import type { Recorder } from "./recorder.ts";
import type { System } from "./system.ts";
import { planWorkload, type Workload } from "./workload.ts";

/** What one run came to. */
export interface RunResult {
  readonly seed: number;
  readonly seconds: number;
  readonly drainSeconds: number;
  readonly uploads: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly transitions: number;
  /** Lines that staff were told once more than needed, each of them excused. */
  readonly toldTwice: number;
  readonly redriven: number;
  readonly faults: Readonly<Record<string, number>>;
  /** Messages in flight when each fault hit: at most, and in the mean. */
  readonly inFlight: { readonly most: number; readonly mean: number };
  readonly recoveries: readonly number[];
  readonly violations: readonly Violation[];
}

/** How long files are sent and faults are made. */
const STORM_MS = 7_000;
const SENDING_MS = 5_500;
/** Only what differs for so long is a violation: summaries and alerts follow the rows. */
const SETTLE_MS = 10_000;
/** A receipt is ended before its message goes. */
const LOST_MS = 15_000;
/** What an alert's claim lasts, and what a claim on an Idempotency-Key lasts, and a little more. */
const CLAIM_MS = 46_000;
const KEY_CLAIM_MS = 61_000;
/** No plan and no patience sets a clock further off. */
const HIGHEST_SHIFT_MS = 12 * 3_600_000;

/** One run from a seed: sends, disturbs, drains, redrives, checks. */
export const runOnce = async (
  system: System,
  recorder: Recorder,
  seed: number,
  options: {
    readonly tag: string;
    readonly drainSeconds: number;
    readonly fillDisk: ((milliseconds: number) => Promise<void>) | undefined;
    readonly emphasis?: Emphasis | undefined;
  },
): Promise<RunResult> => {
  const started = Date.now();
  const random = createRandom(seed);
  const { emphasis = {} } = options;
  const planned = planWorkload(random.fork("workload"), seed, options.tag, SENDING_MS, emphasis);
  const plan = planFaults(random.fork("faults"), STORM_MS, options.fillDisk !== undefined, emphasis);
  await system.resetClocks();
  const journal = system.beginJournal();
  const seen = recorder.changes.length;
  const told = recorder.notifications.length;
  await setThresholds(system, planned);
  const partsBefore = await countUnfinished(system);

  const poison = plan.poison ? createPoison() : noPoison;
  system.setPoison(poison);
  const sending = sendAll(system, planned, journal);
  await makeStorm(system, plan, random.fork("storm"), options.fillDisk);
  const calm = Date.now();
  await system.settled();
  const stormy = await endSending(system, sending);
  const late = await drain(system, options.tag, options.drainSeconds);
  const receipts = await receiptsOf(system, options.tag);
  const letters = await readLetters(system);
  const before = collect("dead letters", (report) => checkGivenUp(receipts, letters, journal, report));
  poison.lift();
  const redriven = letters.length > 0 ? await redriveAll(system) : 0;
  const later = redriven > 0 ? await drain(system, options.tag, options.drainSeconds) : [];
  const drainSeconds = (Date.now() - calm) / 1_000;

  // An API whose clock was ahead and that died meanwhile would take what is sent now for older.
  if (system.clockWasMoved("upload-api")) system.shiftClock("upload-api", HIGHEST_SHIFT_MS);
  const epilogue = await sendStockAgain(system, planned, options.tag, stormy);
  const sent = [...stormy, ...epilogue.sent].filter(({ skipped }) => !skipped);
  const workload = { ...planned, sendings: sent.map(({ sending }) => sending) };

  const look = async () => {
    const evidence = await gatherEvidence(system, options.tag, workload);
    const own = ({ before, after }: Recorder["changes"][number]) =>
      workload.stores.includes((after ?? before)?.store ?? "");
    const changes = recorder.changes.slice(seen).filter(own);
    const lines = recorder.notifications.slice(told);
    return {
      evidence,
      ...checkRun({ workload, sent, evidence, changes, told: lines, journal, partsBefore }),
    };
  };
  let outcome = await look();
  for (const until = Date.now() + SETTLE_MS; outcome.violations.length > 0 && Date.now() < until; ) {
    await sleep(500);
    outcome = await look();
  }
  const crashes = collect("processes", (report) => journal.crashes.forEach(report));
  const all = [...outcome.evidence.receipts.values()].flat();
  return {
    seed,
    seconds: (Date.now() - started) / 1_000,
    drainSeconds,
    uploads: all.length,
    statuses: countBy(all.map(({ status }) => status)),
    transitions: outcome.transitions,
    toldTwice: outcome.toldTwice,
    redriven,
    faults: countBy(journal.faults.map(({ kind }) => kind)),
    inFlight: inFlightOf(journal),
    recoveries: journal.recoveries,
    violations: [...late, ...later, ...before, ...crashes, ...epilogue.violations, ...outcome.violations],
  };
};

const countBy = (names: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
};

const inFlightOf = ({ faults }: Journal): { most: number; mean: number } => {
  const numbers = faults.map(({ inFlight }) => inFlight);
  const sum = numbers.reduce((total, one) => total + one, 0);
  return { most: Math.max(0, ...numbers), mean: numbers.length > 0 ? sum / numbers.length : 0 };
};

const setThresholds = async ({ api, apiKey }: System, { thresholds }: Workload): Promise<void> => {
  for (const [store, threshold] of thresholds) {
    const response = await fetch(`${api}/v1/stores/${encodeURIComponent(store)}/thresholds`, {
      method: "PUT",
      headers: { "x-api-key": apiKey, "content-type": "application/json" },
      body: JSON.stringify({ default: threshold, items: {} }),
    });
    if (!response.ok) throw new Error(`thresholds: ${response.status} ${await response.text()}`);
  }
};

const sendAll = (system: System, workload: Workload, journal: Journal): Promise<Sent[]> => {
  const byName = new Map<string, Promise<Sent>>();
  const note = (kind: "client-cut" | "client-stalled") =>
    void journal.faults.push({ at: Date.now(), kind, inFlight: system.messages.inFlight() });
  for (const sending of workload.sendings) {
    const earlier = sending.kind === "inventory" ? (sending.after ?? []).map((name) => byName.get(name)) : [];
    const send = async (): Promise<Sent> => {
      await sleep(sending.at);
      const done = (await Promise.all(earlier)).filter((one) => one !== undefined);
      return sendFile(system, sending, done, note);
    };
    byName.set(sending.name, send());
  }
  return Promise.all(byName.values());
};

const makeStorm = async (
  system: System,
  plan: FaultPlan,
  random: Storm["random"],
  fillDisk: ((milliseconds: number) => Promise<void>) | undefined,
): Promise<void> => {
  const outages = new Map<Target, "throttled" | "failed-before" | "refused">();
  system.setStorm({ random, plan, outages });
  const event = async (planned: PlannedEvent): Promise<void> => {
    await sleep(planned.at);
    switch (planned.kind) {
      case "kill":
        if (planned.busyFor !== undefined) {
          await untilBusy(system, planned.instance);
          await sleep(planned.busyFor);
        }
        // It comes back in its own time; `settled` waits for that.
        void system.killInstance(planned.instance, planned.signal, planned.away);
        return;
      case "cloud-killed":
        void system.killCloud(planned.away);
        return;
      case "clock":
        system.shiftClock(planned.instance, planned.shift);
        return;
      case "disk-full":
        system
          .journal()
          .faults.push({ at: Date.now(), kind: "disk-full", inFlight: system.messages.inFlight() });
        await fillDisk?.(planned.lasts);
        return;
      case "outage":
        outages.set(planned.target, planned.mode);
        await sleep(Math.min(planned.lasts, plan.lasts - planned.at));
        outages.delete(planned.target);
    }
  };
  await Promise.all([sleep(plan.lasts), ...plan.events.map(event)]);
  system.setStorm(undefined);
};

const BUSY_WITHIN_MS = 1_500;
/** The API holds no messages: for it the moment is as good as any. */
const untilBusy = async ({ messages }: System, instance: InstanceId): Promise<void> => {
  const until = Date.now() + BUSY_WITHIN_MS;
  while (instance !== "upload-api" && messages.inFlight(instance) === 0 && Date.now() < until)
    await sleep(10);
};

/**
 * A claim on an Idempotency-Key whose holder died lasts for a minute of that holder's clock; the API's clock is set ahead
 * instead of waiting.
 */
const endSending = async (system: System, sending: Promise<Sent[]>): Promise<Sent[]> => {
  const soon = await Promise.race([sending, sleep(4_000)]);
  if (soon !== undefined) return soon;
  const behind = system.clockWasMoved("upload-api") ? FURTHEST_BACK_MS : 0;
  system.shiftClock("upload-api", KEY_CLAIM_MS + behind);
  return sending;
};

/** Waits until every queue is empty and every receipt final. */
const drain = async (system: System, tag: string, seconds: number): Promise<Violation[]> => {
  const started = Date.now();
  let quiet = 0;
  let alertsAlone = Date.now();
  let busy = Date.now();
  for (;;) {
    const queues = await backlog(system);
    const others = queues.ingest + queues.invoice;
    quiet = others + queues.alert === 0 ? quiet + 1 : 0;
    if (others > 0 || queues.alert === 0) alertsAlone = Date.now();
    if (quiet === 0) busy = Date.now();
    // With nothing left in any queue, nobody will ever end what is still open.
    const isLost = Date.now() - busy > LOST_MS;
    const isOver = isLost || Date.now() - started > seconds * 1_000;
    const open = quiet >= 3 || isOver ? (await receiptsOf(system, tag)).filter(isOpen) : [];
    if (quiet >= 3 && open.length === 0) return [];
    // A claim of a worker that died: its lease is not waited for.
    if (Date.now() - alertsAlone > 3_000) {
      system.shiftClock("alert-worker", CLAIM_MS);
      alertsAlone = Date.now();
    }
    if (isOver) {
      const waiting = open.map(({ filename, uploadId, status }) => `${filename} (${uploadId}) ${status}`);
      return collect("drain", (report) => {
        report(
          `after ${Math.round((Date.now() - started) / 1_000)} s there is left: ${JSON.stringify(queues)}`,
        );
        for (const one of waiting) report(`not ended: ${one}`);
      });
    }
    await sleep(250);
  }
};

const isOpen = ({ status }: Receipt): boolean => status === "received" || status === "loading";
