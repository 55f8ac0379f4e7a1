import type { ServiceName } from "../lib/service-catalogue.ts";

const READ = ["s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket"];

/**
 * Which permissions each call of the SDK takes, from the service authorization reference; where a call asks for those
 * of others (Athena reads for its caller, SNS encrypts with its caller's right), these too. Reads of objects take
 * leave to list besides, without which S3 answers 403 for what is not there.
 */
const TAKEN: Readonly<Record<string, readonly string[]>> = {
  // S3
  "client-s3/HeadBucketCommand": ["s3:ListBucket"],
  "client-s3/ListObjectsV2Command": ["s3:ListBucket"],
  "client-s3/ListObjectVersionsCommand": ["s3:ListBucketVersions"],
  "client-s3/GetBucketVersioningCommand": ["s3:GetBucketVersioning"],
  "client-s3/GetObjectCommand": READ,
  "client-s3/HeadObjectCommand": READ,
  "client-s3/PutObjectCommand": ["s3:PutObject"],
  "client-s3/CopyObjectCommand": [...READ, "s3:PutObject"],
  "client-s3/CreateMultipartUploadCommand": ["s3:PutObject"],
  "client-s3/UploadPartCommand": ["s3:PutObject"],
  "client-s3/CompleteMultipartUploadCommand": ["s3:PutObject"],
  "client-s3/AbortMultipartUploadCommand": ["s3:AbortMultipartUpload"],
  "client-s3/ListPartsCommand": ["s3:ListMultipartUploadParts"],
  // SQS
  "client-sqs/DeleteMessageBatchCommand": ["sqs:DeleteMessage"],
  "client-sqs/ChangeMessageVisibilityCommand": ["sqs:ChangeMessageVisibility"],
  "client-sqs/SendMessageCommand": ["sqs:SendMessage"],
  "client-sqs/GetQueueAttributesCommand": ["sqs:GetQueueAttributes"],
  "sqs-consumer/Consumer": ["sqs:ReceiveMessage"],
  // SNS
  "client-sns/PublishCommand": ["sns:Publish", "kms:Decrypt", "kms:GenerateDataKey"],
  "client-sns/GetTopicAttributesCommand": ["sns:GetTopicAttributes"],
  "client-sns/SubscribeCommand": ["sns:Subscribe"],
  "client-sns/UnsubscribeCommand": ["sns:Unsubscribe"],
  "client-sns/ListSubscriptionsByTopicCommand": ["sns:ListSubscriptionsByTopic"],
  "client-sns/paginateListSubscriptionsByTopic": ["sns:ListSubscriptionsByTopic"],
  "client-sns/GetSubscriptionAttributesCommand": ["sns:GetSubscriptionAttributes"],
  "client-sns/SetSubscriptionAttributesCommand": ["sns:SetSubscriptionAttributes"],
  // DynamoDB. Transactions and PartiQL take the permissions of what they do.
  "client-dynamodb/DescribeTableCommand": ["dynamodb:DescribeTable"],
  "client-dynamodb/BatchExecuteStatementCommand": ["dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate"],
  "lib-dynamodb/BatchExecuteStatementCommand": ["dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate"],
  "lib-dynamodb/GetCommand": ["dynamodb:GetItem"],
  "lib-dynamodb/PutCommand": ["dynamodb:PutItem"],
  "lib-dynamodb/UpdateCommand": ["dynamodb:UpdateItem"],
  "lib-dynamodb/DeleteCommand": ["dynamodb:DeleteItem"],
  "lib-dynamodb/QueryCommand": ["dynamodb:Query"],
  "lib-dynamodb/BatchGetCommand": ["dynamodb:BatchGetItem"],
  "lib-dynamodb/BatchWriteCommand": ["dynamodb:BatchWriteItem"],
  "lib-dynamodb/paginateScan": ["dynamodb:Scan"],
  "lib-dynamodb/paginateQuery": ["dynamodb:Query"],
  "lib-dynamodb/TransactWriteCommand": ["dynamodb:PutItem", "dynamodb:UpdateItem"],
  // Athena
  "client-athena/StartQueryExecutionCommand": [
    "athena:StartQueryExecution",
    "glue:GetDatabase",
    "glue:GetTable",
    "s3:GetBucketLocation",
    "s3:GetObject",
    "s3:ListBucket",
    "s3:PutObject",
    "s3:AbortMultipartUpload",
  ],
  "client-athena/GetQueryExecutionCommand": ["athena:GetQueryExecution"],
  "client-athena/paginateGetQueryResults": ["athena:GetQueryResults", "s3:GetObject"],
  "client-athena/StopQueryExecutionCommand": ["athena:StopQueryExecution"],
  // ECS, through its agent in the task
  "ecs-agent/task-protection": ["ecs:UpdateTaskProtection"],
};

/** A delete that names a version removes it; one that does not removes the object where no versions are kept. */
const TAKEN_BY: Readonly<Partial<Record<ServiceName, Readonly<Record<string, readonly string[]>>>>> = {
  "upload-api": { "client-s3/DeleteObjectCommand": ["s3:DeleteObjectVersion"] },
  "ingest-worker": { "client-s3/DeleteObjectCommand": ["s3:DeleteObject"] },
};

/** Every call that is written down for a service, with what it takes. */
export const actionsOf = (service: ServiceName): Readonly<Record<string, readonly string[]>> => ({
  ...TAKEN,
  ...TAKEN_BY[service],
});
