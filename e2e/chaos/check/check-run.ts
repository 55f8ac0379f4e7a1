import type { Receipt } from "@stockwire/contracts/receipt";
import type { Sent } from "../client.ts";
import type { Evidence } from "../evidence.ts";
import type { Journal } from "../journal.ts";
import { type Load, transitionIn } from "../model.ts";
import type { Change } from "../recorder.ts";
import type { PlannedSending, Workload } from "../workload.ts";
import { checkAlerts, checkNotifications } from "./check-alerts.ts";
import { checkInvoices } from "./check-invoices.ts";
import { checkNoLetters, checkParts } from "./check-letters.ts";
import { checkDelivery, checkDuplicates, checkRows, checkTimes } from "./check-receipts.ts";
import { checkLedger, checkSummaries, checkTable, checkUnchanged, checkVersionsRise } from "./check-table.ts";
import { collect, type Violation } from "./violation.ts";

/**
 * The stated gap of a request without an Idempotency-Key: it failed when its object stood, a worker had heard of the object,
 * and the API took it back. The sender got an error and has sent the file again; nothing was loaded.
 */
const isTakenBack = (
  receipt: Receipt,
  sending: PlannedSending | undefined,
  answered: ReadonlySet<string>,
): boolean =>
  sending !== undefined &&
  sending.delivery.way === "api" &&
  !sending.delivery.key &&
  !answered.has(receipt.uploadId) &&
  receipt.status === "rejected" &&
  receipt.error?.code === "object_missing";

/** Compares what a run has left with the files that were sent. Knows nothing of how the services work. */
export const checkRun = (run: {
  readonly workload: Workload;
  readonly sent: readonly Sent[];
  readonly evidence: Evidence;
  /** Of this run's stores. */
  readonly changes: readonly Change[];
  readonly told: readonly (readonly string[])[];
  readonly journal: Journal;
  readonly partsBefore: number;
}): { readonly violations: Violation[]; readonly toldTwice: number; readonly transitions: number } => {
  const { workload, sent, evidence, changes, told, journal } = run;
  const answered = new Set(sent.flatMap(({ uploadIds }) => uploadIds));
  const byName = new Map(workload.sendings.map((sending) => [sending.name, sending]));
  const receipts = new Map(
    [...evidence.receipts].map(([name, all]) => [
      name,
      all.filter((receipt) => !isTakenBack(receipt, byName.get(name), answered)),
    ]),
  );
  const standing = new Set([...receipts.values()].flat());
  const takenBack = [...evidence.receipts.values()].flat().filter((receipt) => !standing.has(receipt));
  const loads: Load[] = workload.sendings.flatMap((sending) =>
    sending.kind === "inventory"
      ? (receipts.get(sending.name) ?? []).map((receipt) => ({ receipt, sending }))
      : [],
  );
  const clocksMoved = journal.faults.some(
    ({ kind, instance }) => kind === "clock" && instance?.startsWith("ingest-worker"),
  );
  const anyClockMoved = journal.faults.some(({ kind }) => kind === "clock");
  let toldTwice = 0;
  const violations = [
    ...collect("delivery", (report) => checkDelivery(sent, evidence.receipts, report)),
    ...collect("times", (report) => {
      if (!anyClockMoved) checkTimes(sent, evidence.receipts, report);
    }),
    ...collect("receipts", (report) => checkRows(loads, changes, report)),
    ...collect("duplicates", (report) => checkDuplicates(loads, report)),
    ...collect("table", (report) => checkTable(loads, evidence, workload, report)),
    ...collect("summaries", (report) => checkSummaries(evidence, workload, report)),
    ...collect("versions", (report) => checkVersionsRise(changes, report)),
    ...collect("unchanged", (report) => {
      if (!clocksMoved) checkUnchanged(loads, changes, report);
    }),
    ...collect("ledger", (report) => checkLedger(evidence, takenBack, report)),
    ...collect("alerts", (report) => checkAlerts(changes, evidence, report)),
    ...collect("notifications", (report) => {
      toldTwice = checkNotifications(changes, told, journal, report);
    }),
    ...collect("invoices", (report) => checkInvoices({ ...evidence, receipts }, workload, report)),
    ...collect("dead letters", (report) => checkNoLetters(evidence, report)),
    ...collect("parts", (report) => checkParts(run.partsBefore, sent, evidence, journal, report)),
  ];
  const transitions = changes.filter((change) => transitionIn(change) !== undefined).length;
  return { violations, toldTwice, transitions };
};
