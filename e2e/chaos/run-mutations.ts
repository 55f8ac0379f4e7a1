import { rmSync } from "node:fs";
import { copyWith } from "./mutate.ts";
import { MUTATIONS, type Mutation } from "./mutations.ts";
import type { RunResult } from "./run.ts";
import { runSeeds } from "./run-seeds.ts";

/** How one broken guard fared. */
export interface MutationResult {
  readonly name: string;
  readonly rule: number;
  /** Runs until it was noticed; undefined: it was not. */
  readonly runs: number | undefined;
  readonly seed: number | undefined;
  /** The checks that noticed. */
  readonly by: readonly string[];
}

export const chosenMutations = (names: readonly string[]): readonly Mutation[] => {
  const unknown = names.filter((name) => !MUTATIONS.some((mutation) => mutation.name === name));
  if (unknown.length > 0) throw new Error(`There is no mutation ${unknown.join(", ")}.`);
  return names.length === 0 ? MUTATIONS : MUTATIONS.filter(({ name }) => names.includes(name));
};

/** Runs seeds from `seed` on with one guard broken until a check notices, at most `most` of them. */
export const runMutation = async (
  root: string,
  mutation: Mutation,
  options: { readonly seed: number; readonly most: number; readonly onResult: (result: RunResult) => void },
): Promise<MutationResult> => {
  const copy = copyWith(root, mutation);
  let seed = options.seed;
  let caught: RunResult | undefined;
  try {
    await runSeeds(copy, {
      next: () => (caught === undefined && seed < options.seed + options.most ? seed++ : undefined),
      onResult: (result) => {
        options.onResult(result);
        if (result.violations.length > 0) caught = result;
      },
      emphasis: mutation.emphasis,
      // A guard that is gone often leaves something that never ends.
      drainSeconds: 120,
      keep: false,
    });
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
  return {
    name: mutation.name,
    rule: mutation.rule,
    runs: caught === undefined ? undefined : seed - options.seed,
    seed: caught?.seed,
    by: [...new Set(caught?.violations.map(({ check }) => check))],
  };
};
