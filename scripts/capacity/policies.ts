import type { Policy } from "./policy.ts";

export interface NamedPolicy {
  readonly name: string;
  readonly colour: string;
  readonly policy: Policy;
}

/** The deployed policy beside what one might do instead. */
export const comparedPolicies = (deployed: Policy): readonly [NamedPolicy, ...NamedPolicy[]] => [
  { name: "backlog per task", colour: "#1565c0", policy: deployed },
  { name: "CPU load of 70 %", colour: "#c62828", policy: { ...deployed, metric: "cpu", target: 70 } },
  { name: "always one task", colour: "#6a6a6a", policy: { ...deployed, metric: "none", fewest: 1 } },
  {
    name: `always ${deployed.most} tasks`,
    colour: "#2e7d32",
    policy: { ...deployed, metric: "none", fewest: deployed.most },
  },
];
