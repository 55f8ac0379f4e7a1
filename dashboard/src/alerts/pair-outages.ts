import type { AlertView } from "@stockwire/contracts/views";

/** How an `out` alert ended, as far as alerts tell. */
export type Ending =
  /** When the item came back. */
  | { readonly kind: "back"; readonly at: string }
  /** No later alert of the item is known: it is still out, or it was retired, of which nobody is told. */
  | { readonly kind: "open" }
  /** Out again without having come back: it was retired or removed in between, and when is not kept. */
  | { readonly kind: "unknown" };

/** Names an alert: a row is written once in a moment. */
export const keyOf = ({ store, item, at, kind }: AlertView): string => [store, item, at, kind].join("\u001f");

/** Names what alerts are about. */
const subjectOf = ({ store, item }: { readonly store: string; readonly item: string }): string =>
  `${store}\u001f${item}`;

/**
 * The ending of each `out` alert, by its key.
 * @param newestFirst every alert from some moment on; earlier ones are not needed
 */
export const pairOutages = (newestFirst: readonly AlertView[]): ReadonlyMap<string, Ending> => {
  const endings = new Map<string, Ending>();
  const next = new Map<string, AlertView>();
  for (const alert of newestFirst) {
    const subject = subjectOf(alert);
    if (alert.kind === "out") endings.set(keyOf(alert), endingBy(next.get(subject)));
    next.set(subject, alert);
  }
  return endings;
};

const endingBy = (next: AlertView | undefined): Ending => {
  if (next === undefined) return { kind: "open" };
  return next.kind === "back" ? { kind: "back", at: next.at } : { kind: "unknown" };
};

/** Alerts of one day of the reader's, newest first. */
export interface AlertDay {
  /** Midnight of that day, local, in milliseconds. */
  readonly day: number;
  readonly alerts: readonly AlertView[];
}

export const groupByDay = (newestFirst: readonly AlertView[]): readonly AlertDay[] => {
  const days: { day: number; alerts: AlertView[] }[] = [];
  for (const alert of newestFirst) {
    const day = new Date(alert.at).setHours(0, 0, 0, 0);
    const last = days.at(-1);
    if (last?.day === day) last.alerts.push(alert);
    else days.push({ day, alerts: [alert] });
  }
  return days;
};
