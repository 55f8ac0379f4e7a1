import type { Receipt } from "@stockwire/contracts/receipt";
import type { Sent } from "../client.ts";
import { inOrder, type Load } from "../model.ts";
import type { Change } from "../recorder.ts";
import type { InventorySending } from "../workload.ts";
import type { Report } from "./violation.ts";

const FINAL = new Set(["loaded", "partial", "rejected", "duplicate", "conflict", "validated"]);

/** Rule 1: what was answered 202 is there and has come to an end; a sender that broke off has left nothing. */
export const checkDelivery = (
  sent: readonly Sent[],
  receipts: ReadonlyMap<string, readonly Receipt[]>,
  report: Report,
): void => {
  for (const { sending, uploadIds, unanswered, refusal } of sent) {
    const found = receipts.get(sending.name) ?? [];
    const { name, delivery } = sending;
    if (refusal !== undefined) report(`${name} was refused: ${refusal.slice(0, 200)}`);
    for (const uploadId of uploadIds) {
      if (!found.some((receipt) => receipt.uploadId === uploadId))
        report(`${name}: answered ${uploadId}, no receipt`);
    }
    if (delivery.way === "abandon" && found.length > 0) report(`${name} was broken off and has a receipt`);
    if (delivery.way === "api" && delivery.key && found.length > 1) {
      report(`${name} was sent under one Idempotency-Key and became ${found.length} uploads`);
    }
    if (delivery.way !== "abandon" && unanswered) report(`${name} was never answered`);
    if (delivery.way === "drop" && found.length === 0) report(`${name} was dropped and has no receipt`);
    // Put once more after an answer that was lost, it is a new drop; nobody drops through a proxy.
    if (delivery.way === "drop" && found.length > 1)
      report(`${name} was dropped once and has ${found.length} receipts`);
    for (const { status, uploadId, error } of found) {
      if (!FINAL.has(status)) report(`${name} (${uploadId}) ended as ${status} ${error?.message ?? ""}`);
    }
  }
};

/** Where no clock was moved, a file counts as received while its request was under way: what came first is older. */
export const checkTimes = (
  sent: readonly Sent[],
  receipts: ReadonlyMap<string, readonly Receipt[]>,
  report: Report,
): void => {
  for (const { sending, uploadIds, asked } of sent) {
    if (asked === undefined) continue;
    for (const { uploadId, receivedAt } of receipts.get(sending.name) ?? []) {
      const time = Date.parse(receivedAt);
      if (!uploadIds.includes(uploadId) || (time >= asked.from && time <= asked.to)) continue;
      const [from, to] = [asked.from, asked.to].map((ms) => new Date(ms).toISOString());
      report(
        `${sending.name} (${uploadId}) was received at ${receivedAt}, and asked for from ${from} to ${to}`,
      );
    }
  }
};

/** What each receipt says of its file's rows. */
export const checkRows = (loads: readonly Load[], changes: readonly Change[], report: Report): void => {
  for (const { receipt, sending } of loads) {
    const { rows, status } = receipt;
    const { file } = sending;
    const say = (text: string) => report(`${sending.name} (${receipt.uploadId}, ${status}): ${text}`);
    if (sending.mode === "undo") {
      checkUndoing(receipt, loads, changes, say);
      continue;
    }
    if (receipt.sha256 !== null && receipt.sha256 !== file.sha256) say(`sha-256 ${receipt.sha256}`);
    if (receipt.bytes !== file.content.length) say(`${receipt.bytes} bytes, sent ${file.content.length}`);
    const sum = rows.written + rows.unchanged + rows.stale + rows.rejected + rows.repeated;
    if (rows.read !== sum) say(`read ${rows.read} is not the sum ${sum}`);
    if (file.refusedAs !== undefined) {
      if (status !== "rejected" || receipt.error?.code !== file.refusedAs) {
        say(`should be rejected as ${file.refusedAs}, is ${receipt.error?.code}`);
      }
      continue;
    }
    const expected = expectedStatus(receipt, sending);
    if (status !== expected) say(`should be ${expected}: ${receipt.error?.message ?? ""}`);
    if (rows.read !== file.read) say(`read ${rows.read}, the file has ${file.read}`);
    if (rows.rejected !== file.rejected.length)
      say(`rejected ${rows.rejected}, should be ${file.rejected.length}`);
    if (rows.repeated !== file.repeated) say(`repeated ${rows.repeated}, should be ${file.repeated}`);
    const listed = receipt.rejected.map(({ line, code }) => `${line} ${code}`).join();
    const wanted = file.rejected
      .slice(0, 100)
      .map(({ line, code }) => `${line} ${code}`)
      .join();
    if (listed !== wanted) say(`rejected rows ${listed.slice(0, 200)}, should be ${wanted.slice(0, 200)}`);
    if (sending.mode === "validate") {
      if (changes.some(({ after }) => after?.uploadId === receipt.uploadId)) say("a dry run wrote rows");
    } else if (status !== "duplicate") checkWritten(receipt, sending, changes, say);
    else if (rows.written + rows.stale > 0) say("a duplicate wrote rows");
  }
};

const expectedStatus = ({ status }: Receipt, { mode, file }: InventorySending): string => {
  if (mode === "validate") return "validated";
  if (status === "duplicate") return "duplicate";
  return file.rejected.length > 0 ? "partial" : "loaded";
};

/** It has its store to itself, so it puts back all that it finds; the table is compared by another check. */
const checkUndoing = (
  { uploadId, status, rows, error, undoOf }: Receipt,
  loads: readonly Load[],
  changes: readonly Change[],
  say: (text: string) => void,
): void => {
  const touched = new Set(
    changes.flatMap(({ after }) =>
      after?.uploadId === uploadId ? [`${after.store}\u001f${after.item}`] : [],
    ),
  );
  // An older file was loaded beside the one to be undone: refused, and nothing is touched.
  const undone = loads.find(({ receipt }) => receipt.uploadId === undoOf);
  const earlier = loads.find(({ sending }) => sending.name === undone?.sending.after?.[0]);
  const mayOverlap = (earlier?.receipt.finishedAt ?? "") >= (undone?.receipt.startedAt ?? "");
  const isRefused = status === "rejected" && error?.code === "undo_unsure" && mayOverlap;
  if (status !== "loaded" && !isRefused) say(`should be loaded: ${error?.code}`);
  if (rows.written !== touched.size) say(`put back ${rows.written}; the change log has ${touched.size}`);
  if (rows.stale > 0) say(`${rows.stale} rows are stale, though nobody else has touched them`);
};

/** Rule 2: a load counts each row that it has put into the table, in however many attempts. */
const checkWritten = (
  { uploadId, rows, retired }: Receipt,
  { file }: InventorySending,
  changes: readonly Change[],
  say: Report,
): void => {
  const keyOf = (store: string, item: string) => `${store}\u001f${item}`;
  const written = new Set<string>();
  const retiredItems = new Set<string>();
  const overwritten = new Set<string>();
  const unchanged = new Set<string>();
  for (const { before, after } of changes) {
    if (after?.uploadId === uploadId) {
      (after.level === "retired" ? retiredItems : written).add(keyOf(after.store, after.item));
      if (before?.count === after.count && before.level === after.level)
        unchanged.add(keyOf(after.store, after.item));
    } else if (before?.uploadId === uploadId) overwritten.add(keyOf(before.store, before.item));
  }
  const named = new Set(file.rows.map(({ store, item }) => keyOf(store, item)));
  for (const key of written)
    if (!named.has(key)) say(`wrote ${key.replace("\u001f", " / ")}, which its file does not name`);
  // A row that a newer load wrote over before this one was started again is stale then. And of two deliveries at once the
  // one may count as unchanged what the other, which began while an older load was open, has written with the same count.
  const least = [...written].filter((key) => !overwritten.has(key) && !unchanged.has(key)).length;
  if (rows.written > written.size || rows.written < least) {
    say(
      `written ${rows.written}; the change log has ${written.size}, ${least} of them not overwritten since`,
    );
  }
  if (retired > retiredItems.size) say(`retired ${retired}; the change log has ${retiredItems.size}`);
};

/**
 * Rule 5: of two loads of the same bytes with no other load of their stores between them one is a duplicate, and a
 * duplicate names a load of the same bytes.
 */
export const checkDuplicates = (loads: readonly Load[], report: Report): void => {
  const ordered = inOrder(
    loads.filter(({ sending: { file, mode } }) => file.refusedAs === undefined && mode !== "validate"),
  );
  const byId = new Map(ordered.map((load) => [load.receipt.uploadId, load]));
  for (const { receipt, sending } of ordered) {
    if (receipt.status !== "duplicate") continue;
    const original = byId.get(receipt.duplicateOf ?? "");
    if (original?.sending.file.sha256 !== sending.file.sha256) {
      report(`${sending.name} is a duplicate of ${receipt.duplicateOf}, which has other bytes`);
    } else if (original.receipt.status === "duplicate") {
      report(`${sending.name} is a duplicate of ${receipt.duplicateOf}, a duplicate itself`);
    }
  }
  const storesOf = (load: Load) => [...new Set(load.sending.file.rows.map(({ store }) => store))];
  for (const [index, load] of ordered.entries()) {
    const stores = storesOf(load);
    const next = ordered
      .slice(index + 1)
      .find((other) => storesOf(other).some((store) => stores.includes(store)));
    if (next === undefined || next.sending.file.sha256 !== load.sending.file.sha256) continue;
    if (next.sending.mode !== load.sending.mode || next.sending.store !== load.sending.store) continue;
    if (load.receipt.status !== "duplicate" && next.receipt.status !== "duplicate") {
      report(
        `${load.sending.name} and ${next.sending.name} have the same bytes, follow each other, and both loaded`,
      );
    }
  }
};
