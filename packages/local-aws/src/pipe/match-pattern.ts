import type { EventPattern } from "@stockwire/contracts/topology";

/**
 * Matches an event against an EventBridge pattern in its smallest form: every field that the pattern names must
 * be there and hold one of the values listed. Fields that it does not name do not matter.
 */
export const matchesPattern = (pattern: EventPattern, event: unknown): boolean =>
  isRecord(event) &&
  Object.entries(pattern).every(([field, expected]) => {
    const actual = Object.hasOwn(event, field) ? event[field] : undefined;
    return isValues(expected)
      ? typeof actual === "string" && expected.includes(actual)
      : matchesPattern(expected, actual);
  });

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isValues = (expected: readonly string[] | EventPattern): expected is readonly string[] =>
  Array.isArray(expected);
