import {
  CreateBucketCommand,
  HeadBucketCommand,
  type LifecycleRule,
  PutBucketLifecycleConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
  type S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import type { BucketDeclaration, BucketName, Topology } from "@stockwire/contracts/topology";
import { bucketVariable } from "@stockwire/contracts/variables";
import type { ProvisionOptions } from "./provision.ts";
import type { Arns } from "./topics.ts";

/** Creates buckets and sets what the endpoint has of versioning, lifecycle and notifications. */
export const provisionBuckets = async (
  s3: S3Client,
  topology: Topology,
  topicArns: Arns,
  { bucketEvents, log }: ProvisionOptions,
): Promise<Record<string, string>> => {
  const variables: Record<string, string> = {};
  for (const [name, bucket] of Object.entries(topology.buckets) as [BucketName, BucketDeclaration][]) {
    const Bucket = name;
    await createBucket(s3, name);
    const where = { bucket: name, log };
    if (bucket.versioned) {
      const VersioningConfiguration = { Status: "Enabled" } as const;
      await whereKnown({ ...where, feature: "versions", lost: "overwritten files are gone" }, () =>
        s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration })),
      );
    }
    const LifecycleConfiguration = { Rules: lifecycleRules(bucket) };
    await whereKnown({ ...where, feature: "lifecycle", lost: "nothing expires" }, () =>
      s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration })),
    );
    const TopicArn = bucket.notifies && topicArns.get(bucket.notifies);
    if (TopicArn && bucketEvents) {
      const Events = ["s3:ObjectCreated:*" as const];
      const NotificationConfiguration = {
        TopicConfigurations: [{ Id: "object-created", TopicArn, Events }],
      };
      await whereKnown({ ...where, feature: "notifications", lost: "no file put there is noticed" }, () =>
        s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration })),
      );
    }
    variables[bucketVariable(name)] = name;
  }
  return variables;
};

const createBucket = async (s3: S3Client, name: string): Promise<void> => {
  try {
    await s3.send(new HeadBucketCommand({ Bucket: name }));
    return;
  } catch (error) {
    if (!(error instanceof S3ServiceException) || error.$metadata.httpStatusCode !== 404) throw error;
  }
  const region = await s3.config.region();
  const elsewhere = region !== "us-east-1" && {
    CreateBucketConfiguration: { LocationConstraint: region as "eu-west-1" },
  };
  try {
    await s3.send(new CreateBucketCommand({ Bucket: name, ...elsewhere }));
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "BucketAlreadyOwnedByYou") throw error; // another start won
  }
};

const lifecycleRules = (bucket: BucketDeclaration): LifecycleRule[] => {
  const rule = (ID: string, settings: Partial<LifecycleRule>): LifecycleRule => ({
    ID,
    Status: "Enabled",
    Filter: { Prefix: "" },
    ...settings,
  });
  const rules = [
    rule("abort-incomplete-uploads", {
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: bucket.abortIncompleteUploadsAfterDays },
    }),
  ];
  if (bucket.expireAfterDays) rules.push(rule("expire", { Expiration: { Days: bucket.expireAfterDays } }));
  if (bucket.versioned && bucket.expireOldVersionsAfterDays) {
    const days = { NoncurrentDays: bucket.expireOldVersionsAfterDays };
    rules.push(rule("expire-old-versions", { NoncurrentVersionExpiration: days }));
  }
  return rules;
};

const UNKNOWN_STATUS = new Set([405, 501]);

/** Runs a call that not every S3-compatible endpoint knows; one line says what is missing there. */
const whereKnown = async (
  what: { bucket: string; feature: string; lost: string; log: (line: string) => void },
  call: () => Promise<unknown>,
): Promise<void> => {
  try {
    await call();
  } catch (error) {
    const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
    if (status === undefined || !UNKNOWN_STATUS.has(status)) throw error;
    what.log(`This endpoint has no bucket ${what.feature} (bucket ${what.bucket}): ${what.lost}.`);
  }
};
