import { queueVariable } from "@stockwire/contracts/variables";
import { type Environment, endpointOf } from "@stockwire/local-aws/clients";

/** The cloud that the environment points to; where it points nowhere, that of `npm start`. */
export const environmentOf = (
  environment: Environment,
): { readonly environment: Environment; readonly place: string } => {
  const endpoint = endpointOf(environment, "SQS");
  if (endpoint) return { environment, place: `at ${endpoint}` };
  if (environment[queueVariable("ingest-dlq")]) return { environment, place: "on AWS" };
  const local = `http://127.0.0.1:${environment.AWS_PORT || 4566}`;
  return {
    environment: {
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
      AWS_ENDPOINT_URL_SQS: local,
    },
    place: `at ${local}, the local cloud`,
  };
};
