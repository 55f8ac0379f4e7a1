import type { Receipt } from "@stockwire/contracts/receipt";
import type { Evidence } from "../evidence.ts";
import { expectedStock, inOrder, isAccepted, type Load } from "../model.ts";
import type { Change } from "../recorder.ts";
import type { Workload } from "../workload.ts";
import type { Report } from "./violation.ts";

/** Rules 2 and 3: the newest accepted row of each item stands in the table, and nothing else. */
export const checkTable = (
  loads: readonly Load[],
  evidence: Evidence,
  workload: Workload,
  report: Report,
): void => {
  const expected = expectedStock(loads, workload.stores, workload.thresholds);
  for (const store of workload.stores) {
    const items = expected.get(store) ?? new Map();
    const shown = new Map((evidence.stock.get(store) ?? []).map((item) => [item.item, item]));
    for (const [name, { count, level, newest }] of items) {
      const item = shown.get(name);
      if (item === undefined) report(`${store} / ${name}: is missing, ${newest} says ${count}`);
      else if (item.count !== count)
        report(`${store} / ${name}: ${item.count} by ${item.uploadId}, ${newest} says ${count}`);
      else if (item.level !== level) report(`${store} / ${name}: level ${item.level}, should be ${level}`);
    }
    for (const name of shown.keys()) {
      if (!items.has(name)) report(`${store} / ${name}: stands there, no newest file names it`);
    }
  }
};

/** `Stores` agrees with the rows that it sums up. */
export const checkSummaries = ({ stock, stores }: Evidence, workload: Workload, report: Report): void => {
  for (const store of workload.stores) {
    const items = stock.get(store) ?? [];
    const view = stores.get(store);
    if (view === undefined) {
      if (items.length > 0) report(`${store} has ${items.length} items and no summary`);
      continue;
    }
    const count = (level: string) => items.filter((item) => item.level === level).length;
    const actual = `${items.length} items, ${count("out")} out, ${count("low")} low`;
    const said = `${view.items} items, ${view.outOfStock} out, ${view.low} low`;
    if (said !== actual) report(`${store}: the summary says ${said}; the table has ${actual}`);
  }
};

/** Rule 3 in the change log: no row was ever replaced by an older one. */
export const checkVersionsRise = (changes: readonly Change[], report: Report): void => {
  for (const { before, after } of changes) {
    if (before === undefined || after === undefined || after.version > before.version) continue;
    // A threshold moves levels without a load.
    if (after.version === before.version && after.count === before.count) continue;
    report(`${after.store} / ${after.item}: ${after.version} was written over ${before.version}`);
  }
};

/**
 * Rule 4: a row that did not change is written only while an older load of its store is open. Asked of receipts, so only
 * where the workers' clocks were left alone.
 */
export const checkUnchanged = (loads: readonly Load[], changes: readonly Change[], report: Report): void => {
  const ordered = inOrder(loads.filter(isAccepted));
  const byId = new Map(ordered.map((load) => [load.receipt.uploadId, load]));
  for (const { before, after } of changes) {
    if (before === undefined || after === undefined || before.version === after.version) continue;
    if (before.count !== after.count || before.level !== after.level) continue;
    const load = byId.get(after.uploadId);
    // An undoing puts back what was there before, the same count included.
    if (load === undefined || load.sending.mode === "undo") continue;
    const older = ordered.slice(0, ordered.indexOf(load));
    const maybeOpen = older.some(
      ({ receipt, sending }) =>
        sending.file.rows.some(({ store }) => store === after.store) &&
        (receipt.finishedAt ?? "") >= (load.receipt.startedAt ?? "") &&
        (receipt.startedAt ?? "") <= after.updatedAt,
    );
    if (!maybeOpen)
      report(`${after.store} / ${after.item}: written by ${after.uploadId} though nothing changed`);
  }
};

/**
 * An upload that has ended holds no store open.
 * @param takenBack those of the stated gap: their entries stay open and count as given up
 */
export const checkLedger = (
  { ledger, receipts }: Evidence,
  takenBack: readonly Receipt[],
  report: Report,
): void => {
  const excused = new Set(takenBack.map(({ uploadId }) => uploadId));
  const ended = new Set(
    [...receipts.values()]
      .flat()
      .filter(({ status }) => !["received", "loading", "failed"].includes(status))
      .map(({ uploadId }) => uploadId),
  );
  for (const entry of ledger) {
    const { Store, Version, State, Versions } = entry as {
      Store: string;
      Version: string;
      State?: string;
      Versions?: Set<string>;
    };
    const open = [...(Versions ?? [])].filter((version) => !excused.has(uploadIdIn(version)));
    for (const version of open) report(`${Store}: ${version} is still marked as open`);
    if (State === "open" && ended.has(uploadIdIn(Version)) && !excused.has(uploadIdIn(Version)))
      report(`${Store}: the entry of ${Version} is open`);
  }
};

const uploadIdIn = (version: string): string => version.split("\u001f").at(-1) ?? "";
