import { Aws } from "aws-cdk-lib";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import type { Construct } from "constructs";

/**
 * Encrypts what topics hold. It must be a key of our own: S3, CloudWatch and Prometheus may not use the one that AWS
 * manages for SNS, so their messages would be refused. Buckets, queues and tables need none: theirs is encrypted by
 * keys that the service holds, at no price and without a limit on calls.
 */
export const createTopicKey = (scope: Construct, alias: string): Key => {
  const key = new Key(scope, "TopicKey", {
    alias,
    description: "Messages in Stockwire's topics",
    enableKeyRotation: true,
  });
  // Whoever announces objects is added where it is allowed to publish, bucket by bucket.
  key.addToResourcePolicy(
    new PolicyStatement({
      principals: ["cloudwatch", "aps"].map((name) => new ServicePrincipal(`${name}.amazonaws.com`)),
      actions: ["kms:Decrypt", "kms:GenerateDataKey*"],
      resources: ["*"],
      conditions: { StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID } },
    }),
  );
  return key;
};
