import type { Logger } from "../logger.ts";
import { type PassState, takeLease } from "./lease.ts";
import { nextFullPass } from "./next-full-pass.ts";
import { type FileSources, type FilesReport, reconcileFiles } from "./reconcile-files.ts";

export interface ScheduledPass {
  readonly files: FileSources;
  /** What else belongs to a pass, and what it leaves for the next one; absent: nothing. */
  readonly alerts?: (state: PassState, tools: { signal: AbortSignal; log: Logger }) => Promise<PassState>;
  readonly log: Logger;
}

const HOUR = 3_600_000;
/** An invoice's source lies in its bucket for a day. */
const FULL_AT_MOST = { inventory: 24 * HOUR, invoice: HOUR } as const;
/** Loads come first: after each page somebody else has the turn. */
export const PAUSE_MILLISECONDS = 50;

/**
 * One pass of the schedule, if it is this process's turn.
 * @param notSince epoch milliseconds; where a pass ended later, that one's outcome is taken over
 * @returns what the last pass found, whoever made it
 */
export const runScheduledPass = async (
  { files, alerts, log }: ScheduledPass,
  notSince: number,
  stopping: AbortSignal,
): Promise<PassState> => {
  const { state, lease } = await takeLease(files, notSince);
  if (lease === undefined) return state;
  const lost = new AbortController();
  const heartbeat = setInterval(() => {
    lease.renew().then(
      (held) => held || lost.abort(new Error("another process has the lease")),
      (error) => log.warn({ err: error }, "could not renew the lease"),
    );
  }, 15_000);
  const signal = AbortSignal.any([stopping, lost.signal]);
  let next: PassState = {};
  try {
    next = await passOverFiles(files, state, signal, log);
    if (alerts !== undefined) next = { ...next, ...(await alerts(state, { signal, log })) };
    next = { ...next, PassedAt: Date.now() };
    return { ...state, ...next };
  } finally {
    clearInterval(heartbeat);
    // A pass that failed leaves what it has found out, and the next one is due at once.
    await lease.release(next);
  }
};

const passOverFiles = async (
  files: FileSources,
  state: PassState,
  signal: AbortSignal,
  log: Logger,
): Promise<PassState> => {
  const started = Date.now();
  // What only a full pass finds was announced by it; whether that helped, only the next one can tell.
  const isFull = (state.FullDueAt ?? 0) <= started || (state.Older ?? 0) > 0;
  const { sighted: Sighted, ...report }: FilesReport = await reconcileFiles(files, {
    depth: isFull ? "full" : "recent",
    dryRun: false,
    signal,
    pauseMilliseconds: PAUSE_MILLISECONDS,
    ...(state.Sighted !== undefined && { sighted: state.Sighted }),
    onFound: (found) => log.warn(found, "a file was not accounted for; its event is sent again"),
  });
  const waits = Object.keys(Sighted).length;
  log.info({ ...report, sighted: waits, kind: files.kind, isFull }, "files held against receipts");
  const Older = isFull ? report.older : (state.Older ?? 0);
  const Unaccounted = isFull ? report.unaccounted : report.unaccounted + Older;
  if (!isFull) return { Unaccounted, Older, Sighted };
  const now = Date.now();
  return {
    Unaccounted,
    Older,
    Sighted,
    FullDueAt: nextFullPass(now, now - started, FULL_AT_MOST[files.kind]),
  };
};
