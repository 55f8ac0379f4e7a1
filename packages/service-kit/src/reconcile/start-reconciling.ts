import type { Metrics } from "../metrics.ts";
import { runScheduledPass, type ScheduledPass } from "./scheduled-pass.ts";

export interface Reconciling extends ScheduledPass {
  /** Minutes between two passes; 0: never. */
  readonly minutes: number;
  readonly metrics: Metrics;
}

/**
 * Looks every few minutes for what was lost on the way. Each replica asks at times of its own, and one of them has the
 * turn; all of them report what the last pass found.
 */
export const startReconciling = (options: Reconciling): { readonly stop: () => Promise<void> } => {
  const { minutes, metrics, log, files } = options;
  const { kind } = files;
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  const interval = minutes * 60_000;

  const pass = async (): Promise<void> => {
    try {
      const state = await runScheduledPass(options, Date.now() - interval / 2, stopping.signal);
      metrics.stockwire_files_unaccounted.set({ kind }, state.Unaccounted ?? 0);
      if (state.PassedAt !== undefined) {
        metrics.stockwire_reconcile_last_pass_timestamp_seconds.set({ kind }, state.PassedAt / 1000);
      }
    } catch (error) {
      if (stopping.signal.aborted) return;
      log.warn({ err: error, kind }, "could not look for files that were lost");
    }
  };
  const plan = (first: boolean): void => {
    if (stopping.signal.aborted) return;
    const share = first ? 0.2 + Math.random() * 0.4 : 0.9 + Math.random() / 5;
    timer = setTimeout(() => {
      running = pass().finally(() => plan(false));
    }, interval * share);
  };
  if (minutes > 0) {
    metrics.stockwire_reconcile_last_pass_timestamp_seconds.set({ kind }, Date.now() / 1000);
    plan(true);
  }
  return {
    stop: async () => {
      stopping.abort(new Error("the service is stopping"));
      clearTimeout(timer);
      await running;
    },
  };
};
