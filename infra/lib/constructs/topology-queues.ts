import type { QueueDeclaration, Topology } from "@stockwire/contracts/topology";
import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { type CfnQueue, Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { acknowledge } from "../acknowledge.ts";
import type { Names } from "../names.ts";

/** A pipe's dead letters hold positions in a stream that is gone after a day: nobody works on them. */
export const PIPE_DEAD_LETTERS = "alert-pipe-dlq";

/** The topology's queues by logical name, and the one for what a pipe could not hand over. */
export const createQueues = (scope: Construct, { queues }: Topology, names: Names): Map<string, Queue> => {
  const created = new Map<string, Queue>();
  const declared = Object.entries<QueueDeclaration>(queues).filter(([, { localOnly }]) => !localOnly);
  for (const [name, declaration] of declared) {
    const sources = declared.filter(([, { redrive }]) => redrive?.deadLetterQueue === name);
    created.set(
      name,
      createQueue(scope, names, name, {
        declaration,
        sources: sources.map(([source]) => source),
      }),
    );
  }
  const pipeDeadLetters = { visibilityTimeoutSeconds: 60, retentionSeconds: 14 * 86_400 };
  created.set(
    PIPE_DEAD_LETTERS,
    createQueue(scope, names, PIPE_DEAD_LETTERS, { declaration: pipeDeadLetters, sources: [] }),
  );
  return created;
};

const createQueue = (
  scope: Construct,
  names: Names,
  name: string,
  { declaration, sources }: { declaration: QueueDeclaration; sources: readonly string[] },
): Queue => {
  const queue = new Queue(scope, `${name}-queue`, {
    queueName: names.of(name),
    visibilityTimeout: Duration.seconds(declaration.visibilityTimeoutSeconds),
    retentionPeriod: Duration.seconds(declaration.retentionSeconds),
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    // Not when its very creation is rolled back: its name would keep the next attempt from making it.
    removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  });
  // By name: a queue and its dead-letter queue name each other, which references could not.
  const resource = queue.node.defaultChild as CfnQueue;
  const { redrive } = declaration;
  if (redrive) {
    resource.redrivePolicy = {
      deadLetterTargetArn: names.queueArn(redrive.deadLetterQueue),
      maxReceiveCount: redrive.maxReceiveCount,
    };
  } else {
    acknowledge(queue, "AwsSolutions-SQS3", "it is a dead-letter queue itself");
  }
  resource.redriveAllowPolicy =
    sources.length > 0
      ? { redrivePermission: "byQueue", sourceQueueArns: sources.map(names.queueArn) }
      : { redrivePermission: "denyAll" };
  return queue;
};

/** A queue's redrive policy is refused until the other queue is there. */
export const orderRedrives = ({ queues }: Topology, created: ReadonlyMap<string, Queue>): void => {
  for (const [name, { redrive }] of Object.entries<QueueDeclaration>(queues)) {
    const deadLetters = redrive && created.get(redrive.deadLetterQueue);
    if (deadLetters) created.get(name)?.node.addDependency(deadLetters);
  }
};
