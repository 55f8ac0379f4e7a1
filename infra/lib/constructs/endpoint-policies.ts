import { Aws } from "aws-cdk-lib";
import { PolicyStatement, StarPrincipal } from "aws-cdk-lib/aws-iam";
import type { Names } from "../names.ts";

/**
 * What may pass an endpoint, so that a task which was taken over can neither carry data to somebody else's resources
 * nor use somebody else's credentials. A gateway's principals cannot be named, only told apart by conditions.
 */
const ours = (actions: string, resources: string[]): PolicyStatement =>
  new PolicyStatement({
    principals: [new StarPrincipal()],
    actions: [actions],
    resources,
    conditions: {
      StringEquals: { "aws:PrincipalAccount": Aws.ACCOUNT_ID, "aws:ResourceAccount": Aws.ACCOUNT_ID },
    },
  });

/** The environment's buckets, and ECR's, from which images' layers are read under ECR's own signature. */
export const throughS3 = (names: Names): PolicyStatement[] => [
  ours("s3:*", [names.bucketArn("*"), `${names.bucketArn("*")}/*`]),
  new PolicyStatement({
    principals: [new StarPrincipal()],
    actions: ["s3:GetObject"],
    resources: [`arn:${Aws.PARTITION}:s3:::prod-${Aws.REGION}-starport-layer-bucket/*`],
  }),
];

/** The environment's tables with their indexes. */
export const throughDynamoDb = (names: Names): PolicyStatement[] => [
  ours("dynamodb:*", [names.tableArn("*")]),
];

/**
 * Interface endpoints: the account's own. Not ECR's: what pulls an image shows the registry a token, and no account was
 * in reach to see how a policy takes that; a mistake there would keep every task from starting.
 */
export const throughInterface = (endpoint: string): PolicyStatement[] =>
  endpoint.startsWith("ecr.") ? [] : [ours("*", ["*"])];
