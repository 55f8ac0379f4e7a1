import type { Sent } from "../client.ts";
import type { Evidence } from "../evidence.ts";
import type { Journal } from "../journal.ts";
import { type Load, transitionIn } from "../model.ts";
import type { Change } from "../recorder.ts";
import type { Workload } from "../workload.ts";
import { checkAlerts, checkNotifications } from "./check-alerts.ts";
import { checkInvoices } from "./check-invoices.ts";
import { checkNoLetters, checkParts } from "./check-letters.ts";
import { checkDelivery, checkDuplicates, checkRows, checkTimes } from "./check-receipts.ts";
import { checkLedger, checkSummaries, checkTable, checkUnchanged, checkVersionsRise } from "./check-table.ts";
import { findTakenBack } from "./taken-back.ts";
import { collect, type Violation } from "./violation.ts";

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
  const takenBack = findTakenBack([...evidence.receipts.values()].flat(), workload.sendings, sent);
  const receipts = new Map(
    [...evidence.receipts].map(([name, all]) => [name, all.filter((receipt) => !takenBack.has(receipt))]),
  );
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
    ...collect("ledger", (report) => checkLedger(evidence, [...takenBack], report)),
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
