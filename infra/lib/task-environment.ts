import { bucketVariable, queueVariable, tableVariable, topicVariable } from "@stockwire/contracts/variables";
import type { Names } from "./names.ts";
import type { RetentionParameters } from "./parameters.ts";
import { REPORT_WORKGROUP, reportDatabaseOf } from "./report-names.ts";
import {
  type ServiceDeclaration,
  type ServiceName,
  STOP_TIMEOUT_SECONDS,
  services,
} from "./service-catalogue.ts";

/**
 * The variables of a service's tasks: the names of the resources that its configuration asks for, and the settings
 * whose defaults do not suit Fargate. No secret is among them: credentials come from the task's role.
 */
export const taskEnvironment = (
  service: ServiceName,
  names: Names,
  { receiptDays, alertDays }: RetentionParameters,
): Record<string, string> => {
  const { needs, operationsPort, makes, finishSeconds }: ServiceDeclaration = services[service];
  return {
    ...entries(needs.buckets, bucketVariable, names.bucket),
    ...entries(needs.queues, queueVariable, names.queueUrl),
    ...entries(needs.topics, topicVariable, names.topicArn),
    ...entries(needs.tables, tableVariable, names.of),
    OPERATIONS_PORT: String(operationsPort),
    STOP_TIMEOUT_SECONDS: String(STOP_TIMEOUT_SECONDS),
    ...(makes === "receipts" ? { RECEIPT_DAYS: String(receiptDays) } : { ALERT_DAYS: String(alertDays) }),
    ...(finishSeconds !== undefined && { FINISH_SECONDS: String(finishSeconds) }),
    ...(service === "upload-api" && {
      REPORT_ENGINE: "athena",
      ATHENA_WORKGROUP: names.of(REPORT_WORKGROUP),
      ATHENA_DATABASE: reportDatabaseOf(names.environment),
    }),
  };
};

const entries = <Name extends string>(
  logical: readonly Name[] | undefined,
  variable: (name: Name) => string,
  physical: (name: Name) => string,
): Record<string, string> =>
  Object.fromEntries((logical ?? []).map((name) => [variable(name), physical(name)]));
