/** Stock levels and the transitions between them that staff hear about. */

export type Level = "ok" | "low" | "out";
/** As it stands in the table: a retired item is kept out of sight, so that a late older file cannot bring it back. */
export type StoredLevel = Level | "retired";
export type AlertKind = "out" | "back" | "low";

/**
 * @param count pieces in stock, a whole number from 0
 * @param lowThreshold counts from 1 up to this are `low`; undefined: no item is ever `low`
 */
export const levelOf = (count: number, lowThreshold?: number): Level => {
  if (count === 0) return "out";
  return lowThreshold !== undefined && count <= lowThreshold ? "low" : "ok";
};

/**
 * What a change of one item means for staff; undefined where it means nothing. `out` and `back` take precedence
 * over `low`. A level that moved while the count stood still (a changed threshold) is nobody's news, and neither is
 * that an item was retired. Of one that comes back from there staff hear what has changed since they last heard of it.
 * @param previous undefined for an item that was not there before
 */
export const transitionOf = (
  previous: { readonly count: number; readonly level: StoredLevel } | undefined,
  current: { readonly count: number; readonly level: StoredLevel },
): AlertKind | undefined => {
  if (current.level === "retired") return undefined;
  if (previous === undefined) return current.level === "out" ? "out" : undefined;
  if (previous.level === "retired") {
    const [wasOut, isOut] = [previous.count === 0, current.level === "out"];
    if (wasOut === isOut) return undefined;
    return isOut ? "out" : "back";
  }
  if (previous.count === current.count || previous.level === current.level) return undefined;
  if (current.level === "out") return "out";
  if (previous.level === "out") return "back";
  // A count that rose is low only by a threshold that was raised meanwhile.
  return current.level === "low" && current.count < previous.count ? "low" : undefined;
};

/** The sentence that staff know. */
export const alertMessage = (kind: AlertKind, store: string, item: string, count: number): string => {
  if (kind === "out") return `${store} is out of stock of ${item}`;
  if (kind === "back") return `${store} has ${item} back in stock: ${count}`;
  return `${store} is low on ${item}: ${count}`;
};

export const ALERT_SUBJECT = "Inventory Alert!";
