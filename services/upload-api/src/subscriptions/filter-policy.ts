import type { AlertKind } from "@stockwire/contracts/level";

/** What a subscriber hears of; undefined: of every store, or kind. */
export interface Filter {
  readonly stores: readonly string[] | undefined;
  readonly kinds: readonly AlertKind[] | undefined;
}

/** SNS developer guide, "Filter policy constraints": the product of the numbers of values. */
export const MAX_COMBINATIONS = 150;

export const combinationsOf = ({ stores, kinds }: Filter): number =>
  (stores?.length ?? 1) * (kinds?.length ?? 1);

/** The policy that lets everything through; setting it takes a policy away. */
export const EVERYTHING = "{}";

/** As SNS takes it. Sorted, so that the same filter is the same text. */
export const toFilterPolicy = ({ stores, kinds }: Filter): string =>
  JSON.stringify({
    ...(stores && { store: stores.toSorted() }),
    ...(kinds && { kind: kinds.toSorted() }),
  });

/**
 * What a policy lets through; undefined where it says something that we never write: somebody has set it by other means.
 */
export const readFilterPolicy = (policy: string | undefined): Filter | undefined => {
  const { store, kind, ...rest } = parse(policy);
  if (Object.keys(rest).length > 0 || !isNames(store) || !isNames(kind)) return undefined;
  return { stores: store, kinds: kind as AlertKind[] | undefined };
};

const isNames = (values: unknown): values is string[] | undefined =>
  values === undefined || (Array.isArray(values) && values.every((value) => typeof value === "string"));

const parse = (policy: string | undefined): Record<string, unknown> => {
  if (policy === undefined || policy === "") return {};
  const parsed: unknown = JSON.parse(policy);
  return parsed !== null && typeof parsed === "object" ? (parsed as Record<string, unknown>) : {};
};
