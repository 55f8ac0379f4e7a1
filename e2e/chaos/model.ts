import type { Receipt } from "@stockwire/contracts/receipt";
import type { Change, Image } from "./recorder.ts";
import type { InventorySending } from "./workload.ts";

/**
 * What must be true after a run, worked out from the files and the receipts' order alone. Deliberately none of the
 * product's own code: what is wrong there must not be wrong here too.
 */

export interface ExpectedItem {
  readonly count: number;
  readonly level: "ok" | "low" | "out";
  /** Uploads whose row it may be: the newest file that names it, and any earlier ones with the same count before it. */
  readonly newest: string;
}

/** An upload of an inventory file that was accepted. */
export interface Load {
  readonly receipt: Receipt;
  readonly sending: InventorySending;
}

/** Oldest first: the order of versions. */
export const inOrder = (loads: readonly Load[]): Load[] =>
  loads.toSorted((a, b) => {
    const [left, right] = [a, b].map(({ receipt }) => `${receipt.receivedAt}\u001f${receipt.uploadId}`);
    return (left as string) < (right as string) ? -1 : 1;
  });

const ACCEPTED = new Set(["loaded", "partial", "duplicate"]);

export const isAccepted = ({ receipt }: Load): boolean => ACCEPTED.has(receipt.status);

/** By store, by item: what the newest accepted file says of each. */
export const expectedStock = (
  loads: readonly Load[],
  stores: readonly string[],
  thresholds: ReadonlyMap<string, number>,
): Map<string, Map<string, ExpectedItem>> => {
  const stock = new Map(stores.map((store) => [store, new Map<string, ExpectedItem>()]));
  for (const { receipt, sending } of inOrder(loads.filter(isAccepted))) {
    if (sending.mode === "replace" || sending.mode === "undo") {
      const named = new Set(sending.file.rows.map(({ store }) => store));
      for (const store of named) stock.get(store)?.clear();
    }
    for (const { store, item, count } of sending.file.rows) {
      const level = expectedLevel(count, thresholds.get(store));
      stock.get(store)?.set(item, { count, level, newest: receipt.uploadId });
    }
  }
  return stock;
};

const expectedLevel = (count: number, threshold: number | undefined): "ok" | "low" | "out" => {
  if (count === 0) return "out";
  return threshold !== undefined && count <= threshold ? "low" : "ok";
};

/** What staff are to hear of one change in the table; undefined: nothing. */
export const transitionIn = ({ before, after }: Change): Transition | undefined => {
  if (after === undefined || after.level === "retired") return undefined;
  const kind = kindOf(before, after);
  if (kind === undefined) return undefined;
  const { store, item, count } = after;
  const texts = {
    out: `${store} is out of stock of ${item}`,
    back: `${store} has ${item} back in stock: ${count}`,
    low: `${store} is low on ${item}: ${count}`,
  };
  return { store, item, kind, count, at: after.updatedAt, version: after.version, message: texts[kind] };
};

export interface Transition {
  readonly store: string;
  readonly item: string;
  readonly kind: "out" | "back" | "low";
  readonly count: number;
  readonly at: string;
  readonly version: string;
  readonly message: string;
}

/** Rule 6: out, back and low, in this precedence, and only where the count moved. */
const kindOf = (before: Image | undefined, after: Image): Transition["kind"] | undefined => {
  const isOut = after.count === 0;
  if (before === undefined) return isOut ? "out" : undefined;
  const wasOut = before.count === 0;
  if (isOut !== wasOut) return isOut ? "out" : "back";
  if (before.level === "retired" || isOut) return undefined;
  const fell = after.count < before.count;
  return after.level === "low" && before.level === "ok" && fell ? "low" : undefined;
};
