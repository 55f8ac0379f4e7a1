import type { Benchmark, Extent, Outcome } from "./benchmark.ts";
import type { Machine } from "./describe-machine.ts";

/** What one run of one benchmark found, as it is kept in bench/results.json. */
export interface Measured extends Outcome, Pick<Benchmark, "name" | "title" | "about"> {
  /** ISO time of its end. */
  readonly at: string;
  readonly seconds: number;
  /** Absent from results of before it was noted, which are all full. */
  readonly extent?: Extent;
  readonly machine: Machine;
}

/** By the benchmark's name; each of its own time, and perhaps of its own machine. */
export type Results = Readonly<Record<string, Measured>>;
