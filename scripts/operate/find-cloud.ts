import { type Environment, endpointOf } from "@stockwire/local-aws/clients";

/**
 * The cloud that the environment points to; where it points nowhere, that of `npm start`.
 * @param service whose endpoint tells of a cloud that is not AWS, as in `AWS_ENDPOINT_URL_SQS`
 * @param onAws the variable without which there is nothing to do on AWS
 */
export const findCloud = (
  environment: Environment,
  service: "S3" | "SQS",
  onAws: string,
): { readonly environment: Environment; readonly place: string } => {
  const endpoint = endpointOf(environment, service);
  if (endpoint) return { environment, place: `at ${endpoint}` };
  if (environment[onAws]) return { environment, place: "on AWS" };
  const local = `http://127.0.0.1:${environment.AWS_PORT || 4566}`;
  return {
    environment: {
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
      AWS_ENDPOINT_URL: local,
      AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${environment.DYNAMODB_PORT || 8000}`,
      RECEIPT_DAYS: environment.RECEIPT_DAYS,
    },
    place: `at ${local}, the local cloud`,
  };
};
