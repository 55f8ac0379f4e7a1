import type { PipeDeclaration } from "@stockwire/contracts/topology";
import type { TableV2 } from "aws-cdk-lib/aws-dynamodb";
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { LogGroup } from "aws-cdk-lib/aws-logs";
import { CfnPipe } from "aws-cdk-lib/aws-pipes";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import type { PipeParameters } from "../parameters.ts";

export interface StreamPipeProps {
  readonly name: string;
  readonly declaration: PipeDeclaration;
  readonly table: TableV2;
  readonly queue: Queue;
  readonly deadLetters: Queue;
  readonly limits: PipeParameters;
  readonly logGroup: LogGroup;
}

/** What SQS takes in one request; Pipes refuses a larger batch for this target. */
const BATCH = 10;

/** Hands stream records that match a filter to a queue, one message each, in the order of each item. */
export class StreamPipe extends Construct {
  constructor(scope: Construct, id: string, props: StreamPipeProps) {
    super(scope, id);
    const { table, queue, deadLetters, declaration, limits } = props;
    const streamArn = table.tableStreamArn;
    if (streamArn === undefined)
      throw new Error(`${declaration.sourceTable} has no stream for ${props.name}`);
    const role = new Role(this, "Role", {
      assumedBy: new ServicePrincipal("pipes.amazonaws.com"),
      inlinePolicies: {
        pipe: new PolicyDocument({
          statements: [
            new PolicyStatement({
              actions: [
                "dynamodb:DescribeStream",
                "dynamodb:GetRecords",
                "dynamodb:GetShardIterator",
                "dynamodb:ListStreams",
              ],
              resources: [streamArn],
            }),
            new PolicyStatement({
              actions: ["sqs:SendMessage"],
              resources: [queue.queueArn, deadLetters.queueArn],
            }),
            new PolicyStatement({
              actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
              resources: [props.logGroup.logGroupArn],
            }),
          ],
        }),
      },
    });
    new CfnPipe(this, "Pipe", {
      name: props.name,
      roleArn: role.roleArn,
      source: streamArn,
      sourceParameters: {
        dynamoDbStreamParameters: {
          // What happened while the pipe was made or replaced is told as well; telling twice does no harm.
          startingPosition: "TRIM_HORIZON",
          batchSize: BATCH,
          maximumRetryAttempts: limits.maximumRetryAttempts,
          maximumRecordAgeInSeconds: limits.maximumRecordAgeSeconds,
          onPartialBatchItemFailure: "AUTOMATIC_BISECT",
          deadLetterConfig: { arn: deadLetters.queueArn },
        },
        filterCriteria: {
          filters: declaration.filters.map((filter) => ({ pattern: JSON.stringify(filter) })),
        },
      },
      target: queue.queueArn,
      targetParameters: { sqsQueueParameters: {} },
      logConfiguration: {
        level: "ERROR",
        cloudwatchLogsLogDestination: { logGroupArn: props.logGroup.logGroupArn },
      },
    });
  }
}
