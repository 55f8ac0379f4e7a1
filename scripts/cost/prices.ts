/**
 * What AWS charges in us-east-1 (N. Virginia), on demand, without free tiers and volume discounts, in US dollars.
 * `page` is where AWS publishes a price. `seenAt` is where the figure was read on the date of the look-up; a price
 * without it is from memory and should be looked up before anything depends on it.
 */
export interface Price {
  readonly usd: number;
  readonly per: string;
  readonly page: string;
  readonly seenAt?: string;
}

export const REGION = "us-east-1";
/** Date on which all of these were looked up or remembered. */
export const LOOKED_UP = "2026-11-21";

const FARGATE = "https://aws.amazon.com/fargate/pricing/";
const LOAD_BALANCER = "https://aws.amazon.com/elasticloadbalancing/pricing/";
const VPC = "https://aws.amazon.com/vpc/pricing/";
const PRIVATE_LINK = "https://aws.amazon.com/privatelink/pricing/";
const DYNAMODB = "https://aws.amazon.com/dynamodb/pricing/on-demand/";
const S3 = "https://aws.amazon.com/s3/pricing/";
const SNS = "https://aws.amazon.com/sns/pricing/";
const SQS = "https://aws.amazon.com/sqs/pricing/";
const EVENTBRIDGE = "https://aws.amazon.com/eventbridge/pricing/";
const ATHENA = "https://aws.amazon.com/athena/pricing/";
const CLOUDWATCH = "https://aws.amazon.com/cloudwatch/pricing/";
const PROMETHEUS = "https://aws.amazon.com/prometheus/pricing/";
const KMS = "https://aws.amazon.com/kms/pricing/";
const LAMBDA = "https://aws.amazon.com/lambda/pricing/";

const SEEN_FARGATE = "https://www.vantage.sh/blog/fargate-pricing";
const SEEN_NETWORK = "https://basavytix.com/blog/aws-nat-gateway-pricing";
const SEEN_ENDPOINT =
  "https://www.factualminds.com/blog/amazon-vpc-pricing-endpoints-peering-transit-gateway/";
const SEEN_DYNAMODB = "https://airbyte.com/data-engineering-resources/dynamodb-pricing";
const SEEN_S3 = "https://cloudoptimo.com/blog/a-look-into-aws-s3-pricing-models";
const SEEN_SNS = "https://www.factualminds.com/blog/amazon-sns-pricing-publishes-fanout-protocols/";
const SEEN_LAMBDA =
  "https://git.mcrn.ar/mariano/lambda_local_runner/src/branch/main/docs/lambdas-md/lambda-13-cost.md";
const SEEN_CLOUDWATCH =
  "https://www.factualminds.com/blog/amazon-cloudwatch-pricing-metrics-logs-alarms-dashboards/";

export const prices = {
  fargateCpuHour: { usd: 0.03238, per: "vCPU-hour, ARM", page: FARGATE, seenAt: SEEN_FARGATE },
  fargateMemoryHour: { usd: 0.00356, per: "GB-hour, ARM", page: FARGATE, seenAt: SEEN_FARGATE },
  loadBalancerHour: {
    usd: 0.0225,
    per: "load balancer and hour",
    page: LOAD_BALANCER,
    seenAt: "https://cal53.calculator.city/aws-alb-cost-calculator/",
  },
  loadBalancerUnitHour: { usd: 0.008, per: "capacity unit and hour", page: LOAD_BALANCER },
  natHour: { usd: 0.045, per: "NAT gateway and hour", page: VPC, seenAt: SEEN_NETWORK },
  natGigabyte: { usd: 0.045, per: "GB through it", page: VPC, seenAt: SEEN_NETWORK },
  endpointHour: {
    usd: 0.01,
    per: "interface endpoint, zone and hour",
    page: PRIVATE_LINK,
    seenAt: SEEN_ENDPOINT,
  },
  endpointGigabyte: {
    usd: 0.01,
    per: "GB through it",
    page: PRIVATE_LINK,
    seenAt: "https://egresscost.com/nat-gateway",
  },
  writeUnit: { usd: 0.625e-6, per: "write request unit", page: DYNAMODB, seenAt: SEEN_DYNAMODB },
  readUnit: { usd: 0.125e-6, per: "read request unit", page: DYNAMODB, seenAt: SEEN_DYNAMODB },
  tableGigabyteMonth: {
    usd: 0.25,
    per: "GB-month",
    page: DYNAMODB,
    seenAt: "https://aws.amazon.com/dynamodb/pricing/",
  },
  recoveryGigabyteMonth: {
    usd: 0.2,
    per: "GB-month of point-in-time recovery",
    page: DYNAMODB,
    seenAt: "https://finops.com.py/services/dynamodb/backups",
  },
  streamRead: { usd: 0.2e-6, per: "GetRecords call", page: DYNAMODB },
  s3Put: { usd: 5e-6, per: "PUT, COPY, POST or LIST", page: S3, seenAt: SEEN_S3 },
  s3Get: { usd: 0.4e-6, per: "GET", page: S3, seenAt: SEEN_S3 },
  s3GigabyteMonth: {
    usd: 0.023,
    per: "GB-month, standard",
    page: S3,
    seenAt: "https://devnotes.tech/understanding-aws-s3-pricing-a-complete-cost-breakdown-with-examples",
  },
  snsPublish: { usd: 0.5e-6, per: "publication of up to 64 KB", page: SNS, seenAt: SEEN_SNS },
  snsMail: { usd: 20e-6, per: "e-mail", page: SNS, seenAt: SEEN_SNS },
  sqsRequest: {
    usd: 0.4e-6,
    per: "request of up to 64 KB",
    page: SQS,
    seenAt: "https://cloudburn.io/blog/amazon-sqs-pricing",
  },
  pipeRequest: {
    usd: 0.4e-6,
    per: "record that passes the filter, up to 64 KB",
    page: EVENTBRIDGE,
    seenAt: "https://techoral.com/aws/aws-eventbridge-pipes.html",
  },
  athenaTerabyte: {
    usd: 5,
    per: "TB scanned, 10 MB a query at least",
    page: ATHENA,
    seenAt: "https://athena.guide/articles/athena-basics-pricing-model",
  },
  logGigabyte: { usd: 0.5, per: "GB taken in", page: CLOUDWATCH, seenAt: SEEN_CLOUDWATCH },
  logGigabyteMonth: { usd: 0.03, per: "GB-month, compressed", page: CLOUDWATCH },
  metricMonth: {
    usd: 0.3,
    per: "custom metric and month",
    page: CLOUDWATCH,
    seenAt: "https://signoz.io/guides/cloudwatch-pricing",
  },
  alarmMonth: { usd: 0.1, per: "metric of an alarm and month", page: CLOUDWATCH },
  dashboardMonth: { usd: 3, per: "dashboard and month", page: CLOUDWATCH, seenAt: SEEN_CLOUDWATCH },
  sampleTaken: { usd: 0.09e-6, per: "sample taken in", page: PROMETHEUS },
  sampleGigabyteMonth: { usd: 0.03, per: "GB-month of samples", page: PROMETHEUS },
  keyMonth: { usd: 1, per: "customer key and month", page: KMS },
  lambdaRequest: { usd: 0.2e-6, per: "invocation", page: LAMBDA, seenAt: SEEN_LAMBDA },
  lambdaGigabyteSecond: { usd: 0.0000133334, per: "GB-second, ARM", page: LAMBDA, seenAt: SEEN_LAMBDA },
} as const satisfies Record<string, Price>;
