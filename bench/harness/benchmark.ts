/** How much of a benchmark is done: `short` fits into CI, `full` is what docs/performance.md shows. */
export type Extent = "short" | "full";

/** Figures of one benchmark as they are shown: the first column names the way, the others are figures. */
export interface FigureTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** One comparison within one run: the only kind of figure that may be compared between machines. */
export interface Ratio {
  /** Stable: floors and the page refer to it, for example `load/worker-to-bare-limit`. */
  readonly name: string;
  /** Median of the rounds' ratios. */
  readonly value: number;
  /** Smallest and largest of the rounds' ratios: the noise of this run. */
  readonly spread: readonly [number, number];
  /** The ratio of each round, in their order; absent where there are no rounds, and of old results. */
  readonly rounds?: readonly number[];
  /** What is wanted: at least (`>=`) or at most (`<=`) so much. Without it the ratio is only shown. */
  readonly target?: { readonly kind: ">=" | "<="; readonly value: number };
}

export interface Outcome {
  readonly tables: readonly FigureTable[];
  readonly ratios: readonly Ratio[];
}

/** Compares ways to do one thing, alternating, in one run on one machine, and checks what each way left behind. */
export interface Benchmark {
  /** As on the command line: `npm run bench -- load`. Also the name of its file. */
  readonly name: string;
  readonly title: string;
  /** What is compared with what, in one paragraph of Markdown: it stands on the page. */
  readonly about: string;
  /**
   * @param say one line of progress
   * @throws when a result is wrong: a fast wrong answer is no figure
   */
  readonly run: (extent: Extent, say: (line: string) => void) => Promise<Outcome>;
}
