import { MAX_LISTED_BYTES } from "@stockwire/service-kit/live/gather-changes";

/**
 * What the services ask of DynamoDB, S3, SNS and SQS, counted in their code (the function is named beside each
 * figure). One write unit is a write of up to 1 KB, one read unit a strongly consistent read of up to 4 KB; an index
 * entry that is made or changed costs a write unit of its own, and a write in a transaction costs two.
 */
export interface Units {
  readonly reads: number;
  readonly writes: number;
}

export const ITEM_BYTES = {
  /** An item of Inventory with a name of some twenty characters. */
  inventory: 230,
  receipt: 900,
  ledger: 550,
  /** Of a file's content; it stays for as long as the ledger's entry. */
  lock: 300,
  alert: 650,
  invoice: 6_000,
  /** What DynamoDB adds to each item and each index entry when it reckons storage. */
  overhead: 100,
  /** A receipt's or an alert's entry in one index. */
  indexEntry: 300,
} as const;

/** A row of an inventory file: some 25 bytes of text. */
export const ROW_BYTES = 25;
export const INVOICE_BYTES = 1_500;

/** An inventory file of one store, its rows aside: no other load of the store is open, nobody asks for the receipt. */
export const perFile: Units = {
  reads:
    2 + // thresholds.of: the store's, before its rows are written and after
    2 + // loads.openIn and loads.read: open versions, the latest entries
    1, // summariesOf: the standing summary
  writes:
    3 * 3 + // the receipt: created, begun as it is found, ended; the item and both indexes, whose entries hold Status
    3 * 2 + // loads.registerWith: the content lock and two items of the ledger in one transaction
    2 + // loads.finish: the entry closed, the version taken from the open ones
    1, // summariseStores
};

/** A request to the API: the sender's key (authenticate), which is remembered for seconds, so not until the next file. */
export const perRequest: Units = { reads: 1, writes: 0 };

/** A file of as many rows names much of what its store has, which then is read whole (createStandingRowsReader). */
const ROWS_TO_READ_WHOLE = 100;

/**
 * A row of a file of so many rows. BatchGetItem rounds each item up to 4 KB by itself, so a row that is read by its key is a
 * read unit however small it is; a store that is read whole is a Query, which adds up the items first, and so is the recount
 * of the store.
 */
export const perRow = (changed: number, rowsOfFile: number): Units => {
  const queried = ITEM_BYTES.inventory / 4_096;
  return { reads: (rowsOfFile < ROWS_TO_READ_WHOLE ? 1 : queried) + queried, writes: changed };
};

/**
 * A transition: claimed, a place among the first three asked for, recorded as told; both indexes twice. Places that are
 * asked for in the same moment share one write, which is not counted on.
 */
export const perAlert: Units = { reads: 0, writes: 3 + 1 + 3 };

/** An accepted invoice: four marks on its receipt (one index, three of them change it), the record and two indexes. */
export const perInvoice: Units = {
  reads: 2,
  writes: 4 + 3 + Math.ceil(ITEM_BYTES.invoice / 1_024) + 2,
};

/** Live events, as JSON in the table `Events`, with what names them. */
const EVENT_BYTES = { row: 190, summary: 300, alert: 330 } as const;
/** A receipt's event takes less than 1 KB, at the end of an invoice with what was read less than 2 KB. */
const RECEIPT_EVENTS = { ofFile: 1 + 1 + 1, ofInvoice: 1 + 1 + 2 } as const;

/** What is listed in one event: the first changes go out soon, all others of the same second in one (createCoalescer). */
const followingUnits = (bytes: number): number => Math.ceil(Math.min(bytes, MAX_LISTED_BYTES) / 1_024);

/**
 * Write units of what pages are told of a file (createLiveEvents): its acceptance, its begin and its end; the first row
 * that changed, then the others with the store's summary; its alerts alike. For a load of up to a second or two.
 */
export const fileEventWrites = (changedRows: number, alerts: number): number =>
  RECEIPT_EVENTS.ofFile +
  Math.min(1, changedRows) +
  followingUnits(EVENT_BYTES.summary + Math.max(0, changedRows - 1) * EVENT_BYTES.row) +
  Math.min(1, alerts) +
  followingUnits(Math.max(0, alerts - 1) * EVENT_BYTES.alert);

export const invoiceEventWrites: number = RECEIPT_EVENTS.ofInvoice;

/** A replica of the API with an open stream (createFeedRun): one look in five goes back fully, all others a second. */
const POLL = { seconds: 0.3, shortSeconds: 1 + 0.3, fullSeconds: 5 + 1.5 + 0.3, fullShare: 1 / 5 } as const;

/** Read units that one such replica takes in a second; a look that finds nothing costs one. */
export const pollReads = (eventBytesPerSecond: number): number => {
  const look = (seconds: number): number => Math.max(1, (seconds * eventBytesPerSecond) / 4_096);
  const short = (1 - POLL.fullShare) * look(POLL.shortSeconds);
  return (short + POLL.fullShare * look(POLL.fullSeconds)) / POLL.seconds;
};

const WRITTEN_PART_BYTES = 8 * 1024 * 1024;
const READ_PART_BYTES = 2 * 1024 * 1024;
const IN_MEMORY_BYTES = 1024 * 1024;

/** Up to 1 MiB is put at once and read once; of more, both passes read the object in parts. */
export const fileRequests = (rows: number): { readonly puts: number; readonly gets: number } => {
  const bytes = rows * ROW_BYTES;
  if (bytes <= IN_MEMORY_BYTES) return { puts: 1, gets: 1 };
  const parts = (partBytes: number): number => Math.ceil(bytes / partBytes);
  return { puts: parts(WRITTEN_PART_BYTES) + 2, gets: 2 * parts(READ_PART_BYTES) };
};

/** Put by the API, copied, read, and its two CSV objects. */
export const INVOICE_REQUESTS = { puts: 4, gets: 1 } as const;

/** SQS requests of a message: sent, received, deleted; as if no two were received or deleted together. */
export const REQUESTS_PER_MESSAGE = 3;
