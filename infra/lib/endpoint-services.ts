import { InterfaceVpcEndpointAwsService } from "aws-cdk-lib/aws-ec2";

/**
 * What tasks call through an interface endpoint where there is no other way out. S3 and DynamoDB have gateway
 * endpoints. Athena reads Glue and S3 itself, ECS's agent and a task's credentials are reached inside the task, and
 * SNS uses its key itself: none of these needs one. A test derives the list from the code of the services.
 */
export const endpointServices: Readonly<Record<string, InterfaceVpcEndpointAwsService>> = {
  // The platform: an image's layers come from S3.
  "ecr.api": InterfaceVpcEndpointAwsService.ECR,
  "ecr.dkr": InterfaceVpcEndpointAwsService.ECR_DOCKER,
  logs: InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
  // The collector.
  "aps-workspaces": InterfaceVpcEndpointAwsService.PROMETHEUS_WORKSPACES,
  // The services.
  sqs: InterfaceVpcEndpointAwsService.SQS,
  sns: InterfaceVpcEndpointAwsService.SNS,
  athena: InterfaceVpcEndpointAwsService.ATHENA,
};
