import { billOfContainers } from "./containers.ts";
import type { Deployment } from "./deployment.ts";
import { billOfFunctions } from "./functions.ts";
import { type Bill, totalOf } from "./lines.ts";
import type { Load } from "./load.ts";

export interface Comparison {
  readonly containers: Bill;
  readonly functions: Bill;
  readonly containersTotal: number;
  readonly functionsTotal: number;
}

export const compare = (load: Load, deployment: Deployment): Comparison => {
  const containers = billOfContainers(load, deployment);
  const functions = billOfFunctions(load);
  return {
    containers,
    functions,
    containersTotal: totalOf(containers),
    functionsTotal: totalOf(functions),
  };
};

const MOST_STORES = 10_000_000;

/**
 * The fewest stores with files like these from which on this system costs no more than one function a file; undefined
 * where it never does. Both bills are straight lines in the number of stores, so halving finds it.
 */
export const crossoverStores = (load: Load, deployment: Deployment): number | undefined => {
  const isCheaper = (stores: number): boolean => {
    const { containersTotal, functionsTotal } = compare({ ...load, stores }, deployment);
    return containersTotal <= functionsTotal;
  };
  if (!isCheaper(MOST_STORES)) return undefined;
  let dearer = 0;
  let cheaper = MOST_STORES;
  while (cheaper - dearer > 1) {
    const middle = Math.floor((dearer + cheaper) / 2);
    if (isCheaper(middle)) cheaper = middle;
    else dearer = middle;
  }
  return cheaper;
};
