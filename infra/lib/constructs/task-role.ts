import { Aws } from "aws-cdk-lib";
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import { acknowledge } from "../acknowledge.ts";
import type { Names } from "../names.ts";
import { permissions, type Target } from "../permissions.ts";
import { REPORT_WORKGROUP, reportDatabaseOf } from "../report-names.ts";
import { CLUSTER, type ServiceName } from "../service-catalogue.ts";

/** ARNs that no name tells. */
export interface TaskRoleArns {
  readonly topicKeyArn: string;
}

/** The role under which one service's tasks call AWS: the table in permissions.ts, and nothing else. */
export const createTaskRole = (
  scope: Construct,
  service: ServiceName,
  names: Names,
  arns: TaskRoleArns,
): Role => {
  const statements = permissions[service].map(
    ({ on, actions, where }) =>
      new PolicyStatement({
        actions: [...actions],
        resources: arnsOf(on, names, arns),
        ...(where && { conditions: { StringEquals: where } }),
      }),
  );
  const role = new Role(scope, "TaskRole", {
    assumedBy: new ServicePrincipal("ecs-tasks.amazonaws.com"),
    inlinePolicies: { calls: new PolicyDocument({ statements, minimize: false }) },
  });
  acknowledgeStars(role, statements);
  return role;
};

const arnsOf = (target: Target, names: Names, { topicKeyArn }: TaskRoleArns): string[] => {
  if ("bucket" in target) return [names.bucketArn(target.bucket)];
  if ("objectsOf" in target) return [`${names.bucketArn(target.objectsOf)}/*`];
  if ("queue" in target) return [names.queueArn(target.queue)];
  if ("topic" in target) return [names.topicArn(target.topic)];
  if ("table" in target) return [names.tableArn(target.table)];
  if ("index" in target) return [`${names.tableArn(target.index[0])}/index/${target.index[1]}`];
  const database = reportDatabaseOf(names.environment);
  switch (target.is) {
    case "workgroup":
      return [names.arn("athena", `workgroup/${names.of(REPORT_WORKGROUP)}`)];
    case "catalogue":
      return ["catalog", `database/${database}`, `table/${database}/*`].map((resource) =>
        names.arn("glue", resource),
      );
    case "topic-key":
      return [topicKeyArn];
    case "own-tasks":
      return [names.arn("ecs", `task/${names.of(CLUSTER)}/*`)];
    case "subscriptions":
      // SNS has no type of resource for them, and its errors name this one; the API asks only for those of its topic.
      return [names.arn("sns", "*")];
  }
};

const STARS: readonly [pattern: RegExp, reason: string][] = [
  [/:s3:/, "objects' keys are not known beforehand; the bucket is named in full"],
  [/:glue:/, "the tables of one database that holds nothing but the reports' tables"],
  [
    /:sns:/,
    "a subscription's id is not known beforehand, and SNS takes no narrower resource for these calls",
  ],
  [/:ecs:/, "a task's own id is not known beforehand; the cluster is named in full"],
];

/** cdk-nag asks about every star; each of ours stands for names that nobody can know when deploying. */
const acknowledgeStars = (role: Role, statements: readonly PolicyStatement[]): void => {
  const resources = new Set(statements.flatMap(({ resources: named }) => named));
  for (const resource of [...resources].filter((arn) => arn.endsWith("*"))) {
    const reason = STARS.find(([pattern]) => pattern.test(resource))?.[1];
    if (reason === undefined) throw new Error(`no reason is written down for ${resource}`);
    acknowledge(role, `AwsSolutions-IAM5[Resource::${asCdkNagSaysIt(resource)}]`, reason);
  }
};

/** Pseudo parameters in angle brackets. */
const asCdkNagSaysIt = (arn: string): string =>
  arn
    .replaceAll(Aws.PARTITION, "<AWS::Partition>")
    .replaceAll(Aws.REGION, "<AWS::Region>")
    .replaceAll(Aws.ACCOUNT_ID, "<AWS::AccountId>");
