import type { EnvironmentParameters } from "./parameters.ts";

/**
 * Whether people may sign in: a token's keys are fetched from Cognito, and a pool with a domain of its own answers at no
 * endpoint of a VPC, so without a way out they have to be given.
 */
export const takesPeople = ({ network, api }: Pick<EnvironmentParameters, "network" | "api">): boolean =>
  network.wayOut === "nat" || Boolean(api.signInKeys);
