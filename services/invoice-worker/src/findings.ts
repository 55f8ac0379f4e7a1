import type { Finding } from "@stockwire/contracts/invoice";

/** More would help nobody, and must fit a receipt. */
const MAX_LISTED_FINDINGS = 100;

export interface Findings {
  readonly problem: (finding: Finding) => void;
  readonly note: (finding: Finding) => void;
  readonly problems: readonly Finding[];
  readonly notes: readonly Finding[];
  /** Codes of all problems, listed or not. */
  readonly codes: ReadonlySet<string>;
  readonly omitted: () => number;
}

/** Collects what there is to say about one file: the first hundred of each sort, and a count of the rest. */
export const createFindings = (): Findings => {
  const problems: Finding[] = [];
  const notes: Finding[] = [];
  const codes = new Set<string>();
  let omitted = 0;
  const keep = (list: Finding[], finding: Finding): void => {
    if (list.length < MAX_LISTED_FINDINGS) list.push(finding);
    else omitted += 1;
  };
  return {
    problems,
    notes,
    codes,
    omitted: () => omitted,
    note: (finding) => keep(notes, finding),
    problem: (finding) => {
      codes.add(finding.code);
      keep(problems, finding);
    },
  };
};
