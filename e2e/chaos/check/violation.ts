/** One thing that is not as it must be. */
export interface Violation {
  /** Which check, for sorting: `receipts`, `table`, … */
  readonly check: string;
  readonly text: string;
}

export type Report = (text: string) => void;

/** A long list of the same kind of difference says no more than its first few. */
const SHOWN = 6;

/** Runs one check; what it reports becomes violations under its name. */
export const collect = (check: string, run: (report: Report) => void): Violation[] => {
  const texts: string[] = [];
  run((text) => void texts.push(text));
  const more = texts.length > SHOWN ? [`… and ${texts.length - SHOWN} more`] : [];
  return [...texts.slice(0, SHOWN), ...more].map((text) => ({ check, text }));
};
