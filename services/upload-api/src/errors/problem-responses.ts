import { Problem } from "@stockwire/contracts/problem";
import { type ProblemCode, problems } from "./problems.ts";
import { PROBLEM_TYPE } from "./render-problem.ts";

interface ProblemResponse {
  description: string;
  content: Record<string, { schema: typeof Problem }>;
}

/** Any route can answer these. */
const ALWAYS: readonly ProblemCode[] = [
  "unknown_host",
  "rate_limited",
  "internal_error",
  "unavailable",
  "overloaded",
];

/** The `response` schemas of a route for the codes that it answers with, one entry a status. */
export const problemResponses = (...codes: readonly ProblemCode[]): Record<number, ProblemResponse> => {
  const byStatus = Map.groupBy([...codes, ...ALWAYS], (code) => problems[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, ofStatus]) => [
      status,
      {
        description: ofStatus.map((code) => `\`${code}\`: ${problems[code].title}.`).join(" "),
        content: { [PROBLEM_TYPE]: { schema: Problem } },
      },
    ]),
  );
};
