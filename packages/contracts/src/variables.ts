import type { BucketName, QueueName, TableName, TopicName } from "./topology.ts";

/**
 * The environment variables through which a service learns physical names. They follow from the logical name,
 * so that whoever provisions (the local cloud, Compose, the CDK app) and whoever reads cannot disagree.
 */

const screaming = (name: string): string =>
  name
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .replace(/[^A-Za-z0-9]+/g, "_")
    .toUpperCase();

/** Variable holding the bucket's name, e.g. `BUCKET_INVENTORY`. */
export const bucketVariable = (name: BucketName): string => `BUCKET_${screaming(name)}`;

/** Variable holding the queue's URL, e.g. `QUEUE_INGEST_DLQ`. */
export const queueVariable = (name: QueueName): string => `QUEUE_${screaming(name)}`;

/** Variable holding the topic's ARN, e.g. `TOPIC_NO_STOCK`. */
export const topicVariable = (name: TopicName): string => `TOPIC_${screaming(name)}`;

/** Variable holding the table's name, e.g. `TABLE_INVENTORY`. */
export const tableVariable = (name: TableName): string => `TABLE_${screaming(name)}`;
