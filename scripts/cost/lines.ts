/** The lines of a bill, in the order in which they are shown. */
export const SERVICES = [
  "Fargate",
  "Load balancer",
  "NAT gateway",
  "Interface endpoints",
  "Lambda",
  "DynamoDB writes",
  "DynamoDB reads",
  "DynamoDB storage",
  "DynamoDB recovery",
  "DynamoDB stream",
  "S3 requests",
  "S3 storage",
  "SNS",
  "SQS",
  "EventBridge Pipes",
  "Athena",
  "CloudWatch logs",
  "CloudWatch metrics",
  "Managed Prometheus",
  "KMS keys",
] as const;

export type Service = (typeof SERVICES)[number];

export type Bill = Readonly<Record<Service, number>>;

/** Lines that a design does not have are zero. */
export const toBill = (lines: Partial<Bill>): Bill =>
  Object.fromEntries(SERVICES.map((service) => [service, lines[service] ?? 0])) as Record<Service, number>;

export const totalOf = (bill: Bill): number => SERVICES.reduce((sum, service) => sum + bill[service], 0);
