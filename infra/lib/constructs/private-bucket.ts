import { Duration, RemovalPolicy } from "aws-cdk-lib";
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type BucketProps,
  type CfnBucket,
  type IBucket,
  ObjectOwnership,
} from "aws-cdk-lib/aws-s3";
import type { Construct } from "constructs";
import { acknowledge } from "../acknowledge.ts";

export interface PrivateBucketProps
  extends Pick<BucketProps, "lifecycleRules" | "versioned" | "objectOwnership" | "cors"> {
  readonly bucketName: string;
  /** Name of the bucket in which reads and writes are logged; absent for logs themselves. */
  readonly accessLogs: string | undefined;
  /** False for what can be made again. */
  readonly retain?: boolean;
}

/**
 * A bucket of ours: encrypted, TLS only, closed to the public, without ACLs. As the interface: CDK's own class does
 * not fit it under exactOptionalPropertyTypes.
 */
export const createPrivateBucket = (
  scope: Construct,
  id: string,
  { accessLogs, retain = true, ...props }: PrivateBucketProps,
): IBucket => {
  const bucket = new Bucket(scope, id, {
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    ...props,
    encryption: BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    removalPolicy: retain ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY,
  });
  if (accessLogs !== undefined) {
    // By name: the log may lie in another stack, and its policy lets all of our buckets write.
    (bucket.node.defaultChild as CfnBucket).loggingConfiguration = {
      destinationBucketName: accessLogs,
      logFilePrefix: `s3/${id}/`,
    };
  } else {
    acknowledge(bucket, "AwsSolutions-S1", "it is an access log itself; logging that would never end");
  }
  return bucket as IBucket;
};

/** The bucket that holds who read and wrote what, and who called the API. */
export const ACCESS_LOGS = "access-logs";

/** Unfinished uploads cost like objects and show in no listing. */
export const abortAfter = (days: number) => ({
  id: "abort-incomplete-uploads",
  abortIncompleteMultipartUploadAfter: Duration.days(days),
});
