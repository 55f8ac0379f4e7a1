import { AthenaClient } from "@aws-sdk/client-athena";

/** The SDK's own environment variables decide where it goes. */
export const createAthenaClient = (): AthenaClient =>
  new AthenaClient({ maxAttempts: 4, requestHandler: { connectionTimeout: 3_000, requestTimeout: 10_000 } });
