import type { Deployment, StandingTasks } from "./deployment.ts";
import { type Bill, toBill } from "./lines.ts";
import { HOURS, type Load, type Month, monthOf } from "./load.ts";
import { MEASURED } from "./measured.ts";
import { prices } from "./prices.ts";
import {
  fileEventWrites,
  fileRequests,
  INVOICE_BYTES,
  INVOICE_REQUESTS,
  ITEM_BYTES,
  invoiceEventWrites,
  perAlert,
  perFile,
  perInvoice,
  perRequest,
  perRow,
  pollReads,
  REQUESTS_PER_MESSAGE,
  ROW_BYTES,
} from "./units.ts";

/** What is not in the templates and not in the code, and so assumed; docs/cost.md says each of them. */
const ASSUMED = {
  /** Share of the paid CPU time of extra ingest tasks that does work. */
  utilisation: 0.5,
  logBytesPerFile: 2_500,
  logBytesPerTaskMonth: 30e6,
  mailAddresses: 1,
  reportsPerDay: 10,
  reportDays: 31,
  /** Months of operation after which storage is looked at. */
  storedMonths: 12,
  streamShards: 4,
  streamPollsPerSecond: 4,
  /** Share of the time in which somebody has a page open at an API task: at all of them, around the clock. */
  watchedShare: 1,
  /** Time series of a task, taken in every half minute; a sample takes two bytes and is kept 150 days. */
  seriesPerTask: 300,
  scrapeSeconds: 30,
  /** SQS calls of a worker that waits: a long poll, and two queues asked for their depth, every five seconds. */
  idleCallsPerSecond: 3 / 5,
} as const;

const GIGABYTE = 1e9;
const SECONDS = HOURS * 3_600;

/** A month of this system as the templates deploy it. */
export const billOfContainers = (load: Load, deployment: Deployment): Bill => {
  const month = monthOf(load);
  const { writes, reads } = dynamoUnits(load, month, deployment);
  const storedGigabytes = tableGigabytes(load, month);
  return toBill({
    ...standing(deployment, load, month),
    "DynamoDB writes": writes * prices.writeUnit.usd,
    "DynamoDB reads": reads * prices.readUnit.usd,
    "DynamoDB storage": storedGigabytes * prices.tableGigabyteMonth.usd,
    "DynamoDB recovery": storedGigabytes * prices.recoveryGigabyteMonth.usd,
    "DynamoDB stream": ASSUMED.streamShards * ASSUMED.streamPollsPerSecond * SECONDS * prices.streamRead.usd,
    ...objects(load, month),
    ...messages(load, month, deployment),
    ...observation(month, deployment),
  });
};

const taskHour = ({ cpu, memory }: StandingTasks): number =>
  cpu * prices.fargateCpuHour.usd + memory * prices.fargateMemoryHour.usd;

const standing = (deployment: Deployment, load: Load, month: Month): Partial<Bill> => {
  const always = deployment.tasks.reduce((sum, task) => sum + task.count * taskHour(task) * HOURS, 0);
  const ingest = deployment.tasks.find(({ service }) => service.includes("ingest"));
  const cpuHours = cpuSecondsOf(load, month) / 3_600;
  // As if the tasks that always run did none of it: nobody knows how much of the work falls into their idle time.
  const extra = ingest === undefined ? 0 : (cpuHours / ingest.cpu / ASSUMED.utilisation) * taskHour(ingest);
  const bytes = month.rows * ROW_BYTES + month.invoices * INVOICE_BYTES;
  const throughGateways = (month.files * ASSUMED.logBytesPerFile) / GIGABYTE;
  return {
    Fargate: always + extra,
    "Load balancer":
      deployment.loadBalancers * HOURS * prices.loadBalancerHour.usd +
      (bytes / GIGABYTE) * prices.loadBalancerUnitHour.usd,
    "NAT gateway":
      deployment.natGateways * (HOURS * prices.natHour.usd + throughGateways * prices.natGigabyte.usd),
    "Interface endpoints":
      deployment.endpointZones * HOURS * prices.endpointHour.usd +
      (deployment.endpointZones > 0 ? throughGateways * prices.endpointGigabyte.usd : 0),
    "KMS keys": deployment.keys * prices.keyMonth.usd,
  };
};

const cpuSecondsOf = (load: Load, { files, rows }: Month): number =>
  files * MEASURED.cpuSecondsPerFile +
  rows *
    (MEASURED.cpuSecondsPerUnchangedRow +
      load.changed * (MEASURED.cpuSecondsPerChangedRow - MEASURED.cpuSecondsPerUnchangedRow));

/** Of the table `Events`; what is not a whole KB is reckoned as one, for reading too. */
const eventUnits = (load: Load, month: Month, { tasks }: Deployment) => {
  const writes =
    month.files === 0
      ? month.invoices * invoiceEventWrites
      : month.files * fileEventWrites(load.rows * load.changed, month.alerts / month.files) +
        month.invoices * invoiceEventWrites;
  const watched = tasks
    .filter(({ service }) => service.includes("upload-api"))
    .reduce((sum, { count }) => sum + count * ASSUMED.watchedShare, 0);
  return { writes, reads: watched * SECONDS * pollReads((writes * 1_024) / SECONDS) };
};

const dynamoUnits = (load: Load, month: Month, deployment: Deployment) => {
  const { files, rows, alerts, invoices } = month;
  const row = perRow(load.changed, load.rows);
  const events = eventUnits(load, month, deployment);
  return {
    writes:
      events.writes +
      files * perFile.writes +
      rows * row.writes +
      alerts * perAlert.writes +
      invoices * perInvoice.writes,
    reads:
      events.reads +
      (files + invoices) * perRequest.reads +
      files * perFile.reads +
      rows * row.reads +
      alerts * perAlert.reads +
      invoices * perInvoice.reads,
  };
};

/** Receipts and alerts are kept longer than the year that is looked at (in `dev` shorter: cents), entries of the ledger 35 days. */
const tableGigabytes = (load: Load, month: Month): number => {
  const { overhead, indexEntry } = ITEM_BYTES;
  const withIndexes = (bytes: number, indexes: number) =>
    bytes + overhead + indexes * (indexEntry + overhead);
  const bytes =
    load.stores * load.rows * (ITEM_BYTES.inventory + overhead) +
    month.files *
      (ASSUMED.storedMonths * withIndexes(ITEM_BYTES.receipt, 2) +
        ITEM_BYTES.ledger +
        ITEM_BYTES.lock +
        2 * overhead) +
    month.alerts * ASSUMED.storedMonths * withIndexes(ITEM_BYTES.alert, 2) +
    month.invoices *
      ASSUMED.storedMonths *
      (withIndexes(ITEM_BYTES.invoice, 2) + withIndexes(ITEM_BYTES.receipt, 1));
  return bytes / GIGABYTE;
};

const objects = (load: Load, month: Month): Partial<Bill> => {
  const file = fileRequests(load.rows);
  const puts = month.files * file.puts + month.invoices * INVOICE_REQUESTS.puts;
  // A report lists a day at a time and reads each invoice's object, of which there is one an invoice.
  const reports = (HOURS / 24) * ASSUMED.reportsPerDay;
  const objectsRead = reports * load.invoicesPerDay * ASSUMED.reportDays;
  const gets = month.files * file.gets + month.invoices * INVOICE_REQUESTS.gets + objectsRead;
  const bytes = ASSUMED.storedMonths * (month.rows * ROW_BYTES + month.invoices * INVOICE_BYTES * 3);
  return {
    "S3 requests": (puts + reports * ASSUMED.reportDays) * prices.s3Put.usd + gets * prices.s3Get.usd,
    "S3 storage": (bytes / GIGABYTE) * prices.s3GigabyteMonth.usd,
    Athena:
      reports *
      Math.max(10e6, load.invoicesPerDay * ASSUMED.reportDays * 250) *
      (prices.athenaTerabyte.usd / 1e12),
  };
};

/** Alerts of one file: three at once, the rest in one digest. */
const publicationsOf = (month: Month): number => {
  if (month.files === 0) return 0;
  const ofOneFile = month.alerts / month.files;
  return month.files * Math.min(ofOneFile, 3 + Math.min(1, Math.max(0, ofOneFile - 3)));
};

const messages = (_load: Load, month: Month, deployment: Deployment): Partial<Bill> => {
  const announced = month.files + month.invoices;
  const told = publicationsOf(month);
  const workers = deployment.tasks
    .filter(({ service }) => service.includes("worker"))
    .reduce((sum, { count }) => sum + count, 0);
  const idleCalls = workers * ASSUMED.idleCallsPerSecond * SECONDS;
  return {
    SNS: (announced + told) * prices.snsPublish.usd + told * ASSUMED.mailAddresses * prices.snsMail.usd,
    SQS: ((announced + month.alerts) * REQUESTS_PER_MESSAGE + idleCalls) * prices.sqsRequest.usd,
    "EventBridge Pipes": month.alerts * prices.pipeRequest.usd,
  };
};

const observation = (month: Month, deployment: Deployment): Partial<Bill> => {
  const tasks = deployment.tasks.reduce((sum, { count }) => sum + count, 0);
  const logGigabytes =
    ((month.files + month.invoices) * ASSUMED.logBytesPerFile + tasks * ASSUMED.logBytesPerTaskMonth) /
    GIGABYTE;
  const samples = (tasks * ASSUMED.seriesPerTask * SECONDS) / ASSUMED.scrapeSeconds;
  return {
    // Three months are kept, compressed to about a sixth.
    "CloudWatch logs": logGigabytes * (prices.logGigabyte.usd + (3 / 6) * prices.logGigabyteMonth.usd),
    "CloudWatch metrics":
      deployment.alarmMetrics * prices.alarmMonth.usd +
      deployment.dashboards * prices.dashboardMonth.usd +
      (deployment.containerInsights ? insightMetrics(deployment) * prices.metricMonth.usd : 0),
    "Managed Prometheus":
      samples * prices.sampleTaken.usd + ((samples * 2 * 5) / GIGABYTE) * prices.sampleGigabyteMonth.usd,
  };
};

/** Container Insights keeps some 8 metrics for the cluster, and some 15 for each service and its task definition. */
const insightMetrics = ({ tasks }: Deployment): number => 8 + 15 * tasks.length;
