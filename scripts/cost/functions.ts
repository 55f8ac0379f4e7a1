import { type Bill, toBill } from "./lines.ts";
import { HOURS, type Load, monthOf } from "./load.ts";
import { prices } from "./prices.ts";
import { INVOICE_BYTES, ITEM_BYTES, ROW_BYTES } from "./units.ts";

/**
 * The design that most tutorials show: an object's event starts a function, which puts every row, one put after the
 * other, changed or not; the table's stream starts another one, which tells staff of each transition by itself.
 * No API, no receipts, no order of loads, no metrics of its own.
 */
const FUNCTIONS = {
  memoryGigabytes: 0.25,
  /** Start, event and end of an invocation. */
  secondsPerCall: 0.2,
  /** One put and its answer: "single-digit milliseconds" is what DynamoDB promises. */
  secondsPerPut: 0.005,
  rowsPerStreamCall: 100,
  secondsPerStreamCall: 0.1,
  logBytesPerCall: 500,
  alarms: 4,
  /** A plain item: store, item, count. */
  itemBytes: 80,
  longestSeconds: 900,
} as const;

/** Rows that such a function can put before Lambda ends it. */
export const MOST_ROWS_PER_FUNCTION = Math.floor(
  (FUNCTIONS.longestSeconds - FUNCTIONS.secondsPerCall) / FUNCTIONS.secondsPerPut,
);

const GIGABYTE = 1e9;

export const billOfFunctions = (load: Load): Bill => {
  const month = monthOf(load);
  const uploads = month.files + month.invoices;
  // A put that changes nothing makes no stream record, so only files with changes start the second function.
  const streamCalls = month.files * Math.ceil((load.rows * load.changed) / FUNCTIONS.rowsPerStreamCall);
  const seconds =
    uploads * FUNCTIONS.secondsPerCall +
    month.rows * FUNCTIONS.secondsPerPut +
    streamCalls * FUNCTIONS.secondsPerStreamCall;
  const calls = uploads + streamCalls;
  const storedGigabytes =
    (load.stores * load.rows * (FUNCTIONS.itemBytes + ITEM_BYTES.overhead) +
      month.invoices * 12 * (ITEM_BYTES.invoice + ITEM_BYTES.overhead)) /
    GIGABYTE;
  const reports = (HOURS / 24) * 10;
  return toBill({
    Lambda:
      calls * prices.lambdaRequest.usd +
      seconds * FUNCTIONS.memoryGigabytes * prices.lambdaGigabyteSecond.usd,
    "DynamoDB writes":
      (month.rows + month.invoices * Math.ceil(ITEM_BYTES.invoice / 1_024)) * prices.writeUnit.usd,
    "DynamoDB storage": storedGigabytes * prices.tableGigabyteMonth.usd,
    "DynamoDB recovery": storedGigabytes * prices.recoveryGigabyteMonth.usd,
    "S3 requests":
      (uploads + month.invoices + reports * 31) * prices.s3Put.usd +
      (uploads + reports * load.invoicesPerDay * 31) * prices.s3Get.usd,
    "S3 storage":
      ((month.rows * ROW_BYTES + month.invoices * INVOICE_BYTES * 2) * 12 * prices.s3GigabyteMonth.usd) /
      GIGABYTE,
    SNS: month.alerts * (prices.snsPublish.usd + prices.snsMail.usd),
    Athena: reports * Math.max(10e6, load.invoicesPerDay * 31 * 250) * (prices.athenaTerabyte.usd / 1e12),
    "CloudWatch logs": ((calls * FUNCTIONS.logBytesPerCall) / GIGABYTE) * prices.logGigabyte.usd,
    "CloudWatch metrics": FUNCTIONS.alarms * prices.alarmMonth.usd,
  });
};
