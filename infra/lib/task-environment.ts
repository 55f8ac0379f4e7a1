import { bucketVariable, queueVariable, tableVariable, topicVariable } from "@stockwire/contracts/variables";
import { concurrentUploads } from "./concurrent-uploads.ts";
import type { Names } from "./names.ts";
import type { RetentionParameters, TaskSize } from "./parameters.ts";
import { REPORT_WORKGROUP, reportDatabaseOf } from "./report-names.ts";
import {
  type ServiceDeclaration,
  type ServiceName,
  STOP_TIMEOUT_SECONDS,
  services,
} from "./service-catalogue.ts";

/** Who may call the API from a browser. */
export interface ApiCallers {
  /** Pages that may, the dashboard among them. */
  readonly origins: readonly string[];
  /** People who may sign in; undefined where tasks have no way to the keys that their tokens are checked by. */
  readonly people: { readonly userPoolId: string; readonly clientId: string } | undefined;
  readonly signInKeys: string | undefined;
}

/** The load balancer. */
const PROXIES = 1;

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
  };
};

/** What the API's tasks are told besides. */
export const apiEnvironment = (
  names: Names,
  size: TaskSize,
  { origins, people, signInKeys }: ApiCallers,
): Record<string, string> => ({
  REPORT_ENGINE: "athena",
  ATHENA_WORKGROUP: names.of(REPORT_WORKGROUP),
  ATHENA_DATABASE: reportDatabaseOf(names.environment),
  TRUST_PROXY: String(PROXIES),
  MAX_CONCURRENT_UPLOADS: String(concurrentUploads(size)),
  CORS_ORIGINS: origins.join(","),
  ...(people && { COGNITO_USER_POOL_ID: people.userPoolId, COGNITO_CLIENT_ID: people.clientId }),
  ...(signInKeys && { COGNITO_JWKS: signInKeys }),
});

const entries = <Name extends string>(
  logical: readonly Name[] | undefined,
  variable: (name: Name) => string,
  physical: (name: Name) => string,
): Record<string, string> =>
  Object.fromEntries((logical ?? []).map((name) => [variable(name), physical(name)]));
