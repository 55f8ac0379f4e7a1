import type { Evidence } from "../evidence.ts";
import { ENTRY_FAULT } from "../fault-plan.ts";
import type { Fault, Journal, Publication } from "../journal.ts";
import { type Transition, transitionIn } from "../model.ts";
import type { Change } from "../recorder.ts";
import type { Report } from "./violation.ts";

/** Rule 6: the recorded alerts are the transitions in the table's own change log, each told. */
export const checkAlerts = (
  changes: readonly Change[],
  { alerts, stock }: Evidence,
  report: Report,
): void => {
  const expected = changes.map(transitionIn).filter((one) => one !== undefined);
  const left = new Map<string, number>();
  const keyOf = ({ store, item, kind, count, at }: Omit<Transition, "message" | "version">): string =>
    [store, item, kind, count, at].join(" / ");
  for (const alert of alerts) {
    const key = keyOf(alert);
    left.set(key, (left.get(key) ?? 0) + 1);
    if (alert.publishedAt === null) report(`${key}: recorded, never told`);
  }
  for (const transition of expected) {
    const key = keyOf(transition);
    const count = left.get(key) ?? 0;
    if (count === 0) report(`${key}: no alert`);
    else left.set(key, count - 1);
  }
  for (const [key, count] of left) if (count > 0) report(`${key}: an alert without a transition`);
  checkLast(expected, stock, report);
};

/** Each item's last alert agrees with the count that stands in the end. */
const checkLast = (expected: readonly Transition[], stock: Evidence["stock"], report: Report): void => {
  const last = new Map(
    expected.map((transition) => [`${transition.store}\u001f${transition.item}`, transition]),
  );
  for (const [store, items] of stock) {
    for (const { item, count } of items) {
      const transition = last.get(`${store}\u001f${item}`);
      const isOut = transition?.kind === "out";
      if (isOut !== (count === 0)) {
        report(`${store} / ${item}: the count is ${count}, the last alert ${transition?.kind ?? "none"}`);
      }
    }
  }
};

/**
 * What a subscriber got: every transition once. More often only where the suite did something between a publication and
 * its record: the one gap that SNS leaves.
 * @returns how many lines were told once more than needed, all excused
 */
export const checkNotifications = (
  changes: readonly Change[],
  told: readonly (readonly string[])[],
  journal: Journal,
  report: Report,
): number => {
  const expected = Map.groupBy(
    changes.map(transitionIn).filter((one) => one !== undefined),
    ({ message }) => message,
  );
  const got = new Map<string, number>();
  for (const line of told.flat()) got.set(line, (got.get(line) ?? 0) + 1);
  let extra = 0;
  for (const [message, transitions] of expected) {
    const count = got.get(message) ?? 0;
    if (count < transitions.length) report(`“${message}” was told ${count} times, due ${transitions.length}`);
    if (count <= transitions.length) continue;
    const excused = journal.publications.filter(
      (publication, index) =>
        publication.lines.includes(message) && excuse(journal, index, publication, transitions) !== undefined,
    ).length;
    extra += count - transitions.length;
    if (count - transitions.length > excused) {
      report(`“${message}” was told ${count} times, due ${transitions.length}, ${excused} more excused`);
    }
  }
  for (const message of got.keys())
    if (!expected.has(message)) report(`“${message}” was told, never happened`);
  return extra;
};

const LEASE_MS = 45_000;

/** What came between a publication and its record; undefined where nothing did, so that it may not be told again. */
const excuse = (
  { faults, records, publications }: Journal,
  index: number,
  publication: Publication,
  transitions: readonly Transition[],
): string | undefined => {
  const { at, instance, generation, answered } = publication;
  if (!answered) return "the answer of SNS was lost";
  const items = new Set(transitions.map(({ store, item }) => `${store}\u001f${item}`));
  const record = records.find(
    (one) =>
      one.at >= at && one.instance === instance && one.generation === generation && items.has(one.storeItem),
  );
  const again = publications
    .slice(index + 1)
    .find(({ lines }) => lines.some((line) => publication.lines.includes(line)));
  const until = Math.min(record?.at ?? Number.POSITIVE_INFINITY, again?.at ?? Number.POSITIVE_INFINITY);
  const cause = faults.find(
    (fault) => fault.at >= at - LEASE_MS && fault.at <= until && isCause(fault, at, instance),
  );
  return cause?.kind;
};

const isCause = (fault: Fault, publishedAt: number, instance: string): boolean => {
  // Leases compare clocks, so a jump counts for as long as a lease can last.
  if (fault.kind === "clock") return fault.instance === instance;
  if (fault.at < publishedAt) return false;
  if (fault.kind === "cloud-killed") return true;
  // What a batch was refused is written by itself at once.
  if (fault.instance !== instance || fault.kind === "delayed" || fault.kind === ENTRY_FAULT) return false;
  return fault.kind === "SIGKILL" || fault.target === "dynamodb";
};
