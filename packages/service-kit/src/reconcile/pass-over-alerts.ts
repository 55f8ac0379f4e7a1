import type { Logger } from "../logger.ts";
import type { PassState } from "./lease.ts";
import { nextFullPass } from "./next-full-pass.ts";
import { type AlertSources, reconcileAlerts } from "./reconcile-alerts.ts";
import { PAUSE_MILLISECONDS } from "./scheduled-pass.ts";

const DAY = 86_400_000;
/** Rows that were being written when the last look began. */
const OVERLAP_MILLISECONDS = DAY / 24;

/** Looks in a row that are left out while messages wait: a queue that is never empty must not hide what is lost. */
const MOST_SKIPPED = 3;

/** A scheduled pass's look at levels: every row that was written since the last one; once a day, whatever may be told. */
export const passOverAlerts = async (
  alerts: AlertSources,
  state: PassState,
  { signal, log }: { readonly signal: AbortSignal; readonly log: Logger },
): Promise<PassState> => {
  const started = Date.now();
  if ((state.LevelsDueAt ?? 0) > started) return {};
  const isFull = (state.LevelsFullDueAt ?? 0) <= started;
  const since = isFull ? undefined : state.LevelsUpTo;
  const skipped = state.LevelsSkipped ?? 0;
  const evenIfBehind = skipped >= MOST_SKIPPED;
  if (evenIfBehind) log.warn({ skipped }, "levels are held against alerts although messages may wait");
  const report = await reconcileAlerts(alerts, {
    depth: isFull ? "full" : "recent",
    evenIfBehind,
    dryRun: false,
    signal,
    pauseMilliseconds: PAUSE_MILLISECONDS,
    ...(since !== undefined && {
      since: new Date(Date.parse(since) - OVERLAP_MILLISECONDS).toISOString(),
    }),
    onFound: ({ Store, Item, UploadId }, kind) =>
      log.warn({ store: Store, item: Item, uploadId: UploadId, kind }, "nobody was told; raised again"),
  });
  if (report.isBehind) {
    log.info({ skipped: skipped + 1 }, "levels were not held against alerts: messages wait");
    return { LevelsSkipped: skipped + 1 };
  }
  log.info({ ...report, isFull }, "levels held against alerts");
  const now = Date.now();
  return {
    LevelsSkipped: 0,
    LevelsUpTo: report.upTo,
    LevelsDueAt: nextFullPass(now, now - started, DAY),
    ...(isFull && { LevelsFullDueAt: now + DAY }),
  };
};
