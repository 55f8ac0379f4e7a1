/** Both ends are ISO dates and included; undefined: no end. */
export interface DateRange {
  readonly from: string | undefined;
  readonly to: string | undefined;
}

const iso = (year: number, month: number, day: number): string =>
  new Date(Date.UTC(year, month, day)).toISOString().slice(0, 10);

/** Ranges of the reader's own calendar. */
export const datePresets = (
  today = new Date(),
): readonly { readonly name: string; readonly range: DateRange }[] => {
  const [year, month] = [today.getFullYear(), today.getMonth()];
  const endOfMonth = iso(year, month + 1, 0);
  return [
    { name: "This month", range: { from: iso(year, month, 1), to: endOfMonth } },
    { name: "Last 3 months", range: { from: iso(year, month - 2, 1), to: endOfMonth } },
    { name: "This year", range: { from: iso(year, 0, 1), to: iso(year, 11, 31) } },
    { name: "All", range: { from: undefined, to: undefined } },
  ];
};
