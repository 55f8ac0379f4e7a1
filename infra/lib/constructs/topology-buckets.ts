import type { BucketDeclaration, BucketName, Topology } from "@stockwire/contracts/topology";
import { Aws, Duration } from "aws-cdk-lib";
import { ServicePrincipal } from "aws-cdk-lib/aws-iam";
import {
  type CfnBucket,
  type CorsRule,
  HttpMethods,
  type IBucket,
  type LifecycleRule,
  StorageClass,
} from "aws-cdk-lib/aws-s3";
import type { Topic } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";
import type { Names } from "../names.ts";
import type { BucketParameters } from "../parameters.ts";
import { ACCESS_LOGS, abortAfter, createPrivateBucket } from "./private-bucket.ts";

/**
 * The topology's buckets, with their announcements to `topics`.
 * @param pages origins besides the dashboard's whose pages may send parts of big files
 */
export const createBuckets = (
  scope: Construct,
  { buckets }: Topology,
  names: Names,
  parameters: BucketParameters,
  topics: ReadonlyMap<string, Topic>,
  pages: readonly string[],
): void => {
  const accessLogs = createAccessLogBucket(scope, names, parameters);
  for (const [name, declaration] of Object.entries(buckets) as [BucketName, BucketDeclaration][]) {
    const bucket = createPrivateBucket(scope, `${name}-bucket`, {
      bucketName: names.bucket(name),
      accessLogs: names.bucket(ACCESS_LOGS),
      versioned: declaration.versioned,
      lifecycleRules: lifecycleOf(name, declaration, parameters),
      ...(declaration.browserUploads && { cors: [partsFrom([DASHBOARDS, ...pages])] }),
    });
    bucket.node.addDependency(accessLogs);
    const topic = declaration.notifies && topics.get(declaration.notifies);
    if (topic) announce(bucket, names.bucketArn(name), topic);
  }
};

/**
 * The dashboard's own name is known only after it was made, in a stack above this one. The address is what lets a page
 * send, and no cookie comes with it, so the origin need not be told more closely.
 */
const DASHBOARDS = "https://*.cloudfront.net";

/** A part is the body and nothing else: its length a browser sets by itself. */
const partsFrom = (allowedOrigins: string[]): CorsRule => ({
  id: "presigned-parts",
  allowedOrigins,
  allowedMethods: [HttpMethods.PUT],
  allowedHeaders: ["content-type"],
  exposedHeaders: ["ETag"],
  maxAge: 600,
});

/** What the store sent is read again only when somebody asks, or an older file comes late. */
const lifecycleOf = (
  name: BucketName,
  declaration: BucketDeclaration,
  parameters: BucketParameters,
): LifecycleRule[] => {
  const { expireAfterDays, expireOldVersionsAfterDays, versioned } = declaration;
  const rules: LifecycleRule[] = [abortAfter(declaration.abortIncompleteUploadsAfterDays)];
  if (expireAfterDays !== undefined) {
    rules.push({ id: "expire", expiration: Duration.days(expireAfterDays) });
  }
  if (expireOldVersionsAfterDays !== undefined) {
    rules.push({
      id: "expire-old-versions",
      noncurrentVersionExpiration: Duration.days(expireOldVersionsAfterDays),
      // Without an expiry of its own, a delete marker over nothing stays for ever. S3 takes one or the other.
      ...(versioned && expireAfterDays === undefined && { expiredObjectDeleteMarker: true }),
    });
  }
  if (name === "inventory") {
    rules.push({
      id: "infrequent-access",
      // S3 leaves objects below 128 KiB where they are: the smallest size that is billed would make them dearer.
      transitions: [
        {
          storageClass: StorageClass.INFREQUENT_ACCESS,
          transitionAfter: Duration.days(parameters.infrequentAccessAfterDays),
        },
      ],
    });
  }
  return rules;
};

/**
 * Written into the bucket itself: CDK's own way is a Lambda function that changes the bucket behind CloudFormation's
 * back. S3 tests the topic's policy when the bucket is made, so the policy must stand first; it names the bucket by
 * its name, which is known beforehand.
 */
const announce = (bucket: IBucket, bucketArn: string, topic: Topic): void => {
  const resource = bucket.node.defaultChild as CfnBucket;
  resource.notificationConfiguration = {
    topicConfigurations: [{ event: "s3:ObjectCreated:*", topic: topic.topicArn }],
  };
  const policy = topic.node.findChild("Policy");
  bucket.node.addDependency(policy);
  topic.grantPublish(
    new ServicePrincipal("s3.amazonaws.com", {
      conditions: {
        ArnEquals: { "aws:SourceArn": bucketArn },
        StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID },
      },
    }),
  );
};

/** Who read and wrote which object, and who called the API. */
const createAccessLogBucket = (scope: Construct, names: Names, { accessLogDays }: BucketParameters) => {
  const bucket = createPrivateBucket(scope, "access-log-bucket", {
    bucketName: names.bucket(ACCESS_LOGS),
    accessLogs: undefined,
    lifecycleRules: [abortAfter(1), { id: "expire", expiration: Duration.days(accessLogDays) }],
  });
  bucket.grantPut(
    new ServicePrincipal("logging.s3.amazonaws.com", {
      conditions: {
        ArnLike: { "aws:SourceArn": `arn:${Aws.PARTITION}:s3:::${names.of("*")}` },
        StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID },
      },
    }),
    "s3/*",
  );
  // CDK's own grant needs to know the region.
  bucket.grantPut(
    new ServicePrincipal("logdelivery.elasticloadbalancing.amazonaws.com", {
      conditions: { StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID } },
    }),
    "load-balancer/*",
  );
  return bucket;
};
