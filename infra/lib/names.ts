import { Aws } from "aws-cdk-lib";

/**
 * Physical names. All carry the environment; a bucket's carries account and region as well, because bucket names are
 * global. Those of queues, topics and tables need not: their ARNs do, and a table's replicas must be called alike in
 * every region.
 *
 * Stacks name each other's resources by these, not by exports, so that the one that keeps the data is never held
 * fast by one that only uses it.
 */
export interface Names {
  readonly environment: string;
  /** Stacks, services and everything else that is no resource of the topology. */
  readonly of: (name: string) => string;
  readonly bucket: (name: string) => string;
  readonly bucketArn: (name: string) => string;
  readonly queueArn: (name: string) => string;
  readonly queueUrl: (name: string) => string;
  readonly topicArn: (name: string) => string;
  readonly tableArn: (name: string) => string;
  readonly arn: (service: string, resource: string) => string;
}

export const createNames = (environment: string): Names => {
  if (!/^[a-z][a-z0-9]{0,7}$/.test(environment)) {
    throw new Error(`"${environment}" is no environment name: one to eight lower-case letters and digits`);
  }
  const of = (name: string): string => `stockwire-${environment}-${name}`;
  const bucket = (name: string): string => `${of(name)}-${Aws.ACCOUNT_ID}-${Aws.REGION}`;
  const arn = (service: string, resource: string): string =>
    `arn:${Aws.PARTITION}:${service}:${Aws.REGION}:${Aws.ACCOUNT_ID}:${resource}`;
  return {
    environment,
    of,
    bucket,
    bucketArn: (name) => `arn:${Aws.PARTITION}:s3:::${bucket(name)}`,
    queueArn: (name) => arn("sqs", of(name)),
    queueUrl: (name) => `https://sqs.${Aws.REGION}.${Aws.URL_SUFFIX}/${Aws.ACCOUNT_ID}/${of(name)}`,
    topicArn: (name) => arn("sns", of(name)),
    tableArn: (name) => arn("dynamodb", `table/${of(name)}`),
    arn,
  };
};
