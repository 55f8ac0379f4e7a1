import { isFinal } from "@stockwire/contracts/receipt";
import type { Backlog } from "./read-backlog.ts";
import type { KnownUpload } from "./read-receipts.ts";

/** How long a file may be without an end before somebody asks, in milliseconds. */
export interface Patience {
  /** With nothing of it in the queue. */
  readonly young: number;
  /** A load that has said nothing, while messages are in hand that may be its own. A wait for its turn is shorter. */
  readonly silent: number;
  /** While messages wait that may be its own: how old the oldest is, SQS does not tell. */
  readonly backlogged: number;
}

export const PATIENCE: Patience = { young: 120_000, silent: 20 * 60_000, backlogged: 3_600_000 };

/** How long an object may be without a receipt. */
export const patienceForObjects = (patience: Patience, { waiting }: Backlog): number =>
  waiting > 0 ? patience.backlogged : patience.young;

/** Whether nobody works on an upload that has not ended, as far as can be told from here. */
export const isStuck = (upload: KnownUpload, patience: Patience, backlog: Backlog, now: number): boolean => {
  if (isFinal(upload.Status)) return false;
  const { ReceivedAt, StartedAt = "", TouchedAt = "", AnnouncedAt = "" } = upload;
  const lastSign = Math.max(
    ...[ReceivedAt, StartedAt, TouchedAt, AnnouncedAt].filter(Boolean).map((time) => Date.parse(time)),
  );
  return now - lastSign > patienceFor(upload, patience, backlog);
};

const patienceFor = (upload: KnownUpload, patience: Patience, { waiting, all }: Backlog): number => {
  if (waiting > 0) return patience.backlogged;
  return upload.Status === "loading" && all > 0 ? patience.silent : patience.young;
};
