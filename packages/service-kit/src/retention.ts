import { LOADS_DAYS, RECORDS_DAYS } from "@stockwire/contracts/items";
import { Type } from "typebox";

/**
 * A receipt, or an alert's record, is what makes a late event harmless: without it the event begins anew, and what it
 * is about is reported, or told, a second time. So neither may go before the last event can have come.
 */
const keptDays = (what: string) =>
  Type.Integer({
    minimum: LOADS_DAYS,
    maximum: 3_650,
    default: RECORDS_DAYS,
    description: `days that ${what} are kept; not below ${LOADS_DAYS}, up to which their events may come back`,
  });

/** Of every service that makes receipts; all must be told the same. */
export const receiptSettings = { RECEIPT_DAYS: keptDays("receipts") };

/** Of the service that makes alerts. */
export const alertSettings = { ALERT_DAYS: keptDays("alerts") };
