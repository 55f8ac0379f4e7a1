import { tableVariable } from "@stockwire/contracts/variables";

export interface KeysTable {
  readonly name: string;
  /** Where it lies, for people. */
  readonly place: string;
  /** What a client for it needs. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

type Environment = Readonly<Record<string, string | undefined>>;

const LOCAL_NAME = "ApiKeys";

/**
 * The table that the environment points to; where it points nowhere, that of the local cloud. The table's variable alone
 * means the real AWS, an endpoint alone a table under its own name, as `npm start` makes them on any endpoint.
 */
export const chooseTable = (environment: Environment): KeysTable => {
  const named = environment[tableVariable("ApiKeys")];
  const endpoint = environment.AWS_ENDPOINT_URL_DYNAMODB || environment.AWS_ENDPOINT_URL;
  if (endpoint) return { name: named || LOCAL_NAME, place: `at ${endpoint}`, environment };
  if (named) {
    const region = environment.AWS_REGION || environment.AWS_DEFAULT_REGION || "us-east-1";
    return { name: named, place: `on AWS in ${region}`, environment: { ...environment, AWS_REGION: region } };
  }
  const local = `http://127.0.0.1:${environment.DYNAMODB_PORT || 8000}`;
  return {
    name: LOCAL_NAME,
    place: `at ${local}, the local cloud`,
    environment: {
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
      AWS_ENDPOINT_URL_DYNAMODB: local,
    },
  };
};
