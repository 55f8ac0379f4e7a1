import { setTimeout as sleep } from "node:timers/promises";
import { GetObjectCommand, ListMultipartUploadsCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient, paginateScan } from "@aws-sdk/lib-dynamodb";
import type { Receipt } from "@stockwire/contracts/receipt";
import { bucketVariable, queueVariable, tableVariable } from "@stockwire/contracts/variables";
import type { AlertView, StoreView } from "@stockwire/contracts/views";
import { findQueues } from "../../scripts/redrive/find-queues.ts";
import { type Letter, visitLetters } from "../../scripts/redrive/letters.ts";
import type { System } from "./system.ts";
import { undoingOf, type Workload } from "./workload.ts";

/** A row as the API shows it. */
interface StockItem {
  readonly item: string;
  readonly count: number;
  readonly level: string;
  readonly uploadId: string;
  readonly line: number;
}

interface InvoiceView {
  readonly customerId: string;
  readonly invoiceId: string;
  readonly status: string;
  readonly uploadId: string;
}

/** Everything that the checker looks at, as it stands after a run. */
export interface Evidence {
  /** By file name: one file can have become several uploads. */
  readonly receipts: ReadonlyMap<string, readonly Receipt[]>;
  readonly stock: ReadonlyMap<string, readonly StockItem[]>;
  readonly stores: ReadonlyMap<string, StoreView>;
  readonly alerts: readonly AlertView[];
  readonly invoices: readonly InvoiceView[];
  /** Keys of the invoices' CSV with their text, of this run's customers. */
  readonly csv: ReadonlyMap<string, string>;
  readonly expenses: readonly { readonly date: string; readonly invoices: number; readonly total: string }[];
  readonly letters: readonly (Letter & { readonly queue: string })[];
  /** Items of the ledger `Loads` of this run's stores. */
  readonly ledger: readonly Record<string, unknown>[];
  readonly unfinishedParts: number;
}

const PATIENCE_MS = 60_000;

/** On a machine that is busy with other things the API says 503 before DynamoDB Local has answered it. */
const get = async <Body>({ api, apiKey }: System, path: string): Promise<Body> => {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const response = await fetch(`${api}${path}`, { headers: { "x-api-key": apiKey } });
    if (response.status === 404) return { items: [] } as Body;
    if (response.ok) return (await response.json()) as Body;
    const problem = `${path}: ${response.status} ${await response.text()}`;
    if (response.status !== 503 || Date.now() > deadline) throw new Error(problem);
    await sleep(500);
  }
};

/** All pages of a list. */
const list = async <Item>(system: System, path: string): Promise<Item[]> => {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const joint = path.includes("?") ? "&" : "?";
    const page: { items: Item[]; cursor?: string } = await get(
      system,
      cursor === undefined ? path : `${path}${joint}cursor=${encodeURIComponent(cursor)}`,
    );
    items.push(...page.items);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return items;
};

/** The receipts of this run's files, in no order. */
export const receiptsOf = async (system: System, tag: string): Promise<Receipt[]> =>
  (await list<Receipt>(system, "/v1/uploads?limit=100")).filter(
    ({ filename }) => filename.startsWith(`${tag}-`) || filename.startsWith(undoingOf(`${tag}-`)),
  );

/** All items of a store. */
export const readStock = (system: System, store: string): Promise<StockItem[]> =>
  list<StockItem>(system, `/v1/stores/${encodeURIComponent(store)}/inventory?limit=1000`);

export const gatherEvidence = async (system: System, tag: string, workload: Workload): Promise<Evidence> => {
  const receipts = Map.groupBy(await receiptsOf(system, tag), ({ filename }) => filename);
  const stock = new Map<string, StockItem[]>();
  const alerts: AlertView[] = [];
  for (const store of workload.stores) {
    const name = encodeURIComponent(store);
    stock.set(store, await readStock(system, store));
    alerts.push(...(await list<AlertView>(system, `/v1/alerts?limit=1000&store=${name}`)));
  }
  const stores = new Map(
    (await list<StoreView>(system, "/v1/stores?limit=1000")).map((view) => [view.store, view]),
  );
  const invoices: InvoiceView[] = [];
  for (const customer of workload.customers) {
    invoices.push(
      ...(await list<InvoiceView>(
        system,
        `/v1/invoices?limit=1000&customer=${encodeURIComponent(customer)}`,
      )),
    );
  }
  const [from, to] = workload.dates;
  const { rows } = await get<{ rows: Evidence["expenses"] }>(
    system,
    `/v1/reports/expenses?from=${from}&to=${to}`,
  );
  return {
    receipts,
    stock,
    stores,
    alerts,
    invoices,
    csv: await readCsv(system, tag),
    expenses: rows,
    letters: await readLetters(system),
    ledger: await readLedger(system, tag),
    unfinishedParts: await countUnfinished(system),
  };
};

const readCsv = async ({ clients, environment }: System, tag: string): Promise<Map<string, string>> => {
  const Bucket = environment[bucketVariable("invoice-csv-dest")];
  const found = new Map<string, string>();
  for (const Prefix of ["invoices/", "invoice-lines/"]) {
    let token: string | undefined;
    do {
      const page = await clients.s3.send(
        new ListObjectsV2Command({
          Bucket,
          Prefix,
          ...(token !== undefined && { ContinuationToken: token }),
        }),
      );
      for (const { Key = "" } of page.Contents ?? []) {
        if (!Key.includes(`/${tag}-`)) continue;
        const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket, Key }));
        found.set(Key, (await Body?.transformToString()) ?? "");
      }
      token = page.NextContinuationToken;
    } while (token !== undefined);
  }
  return found;
};

/** Every dead letter, left where it is. */
export const readLetters = async ({
  clients,
  environment,
}: System): Promise<(Letter & { queue: string })[]> => {
  const letters: (Letter & { queue: string })[] = [];
  for (const queue of await findQueues(clients.sqs, environment, undefined)) {
    // To look takes two empty answers of a second each; most queues are seen to be empty without.
    if ((await depthOf({ clients, environment }, queue.deadLetterUrl)) === 0) continue;
    await visitLetters(clients.sqs, queue, new AbortController().signal, async (letter) => {
      letters.push({ ...letter, queue: queue.name });
    });
  }
  return letters;
};

/** Brings every dead letter back, with the code of `npm run redrive -- retry`. @returns how many */
export const redriveAll = async ({ clients, environment }: System): Promise<number> => {
  let moved = 0;
  for (const queue of await findQueues(clients.sqs, environment, undefined)) {
    if ((await depthOf({ clients, environment }, queue.deadLetterUrl)) === 0) continue;
    await visitLetters(clients.sqs, queue, new AbortController().signal, async (_letter, { sendBack }) => {
      await sendBack();
      moved += 1;
    });
  }
  return moved;
};

const depthOf = async (
  { clients, environment }: Pick<System, "clients" | "environment">,
  queue: string,
): Promise<number> => {
  const QueueUrl = environment[queue] ?? queue;
  const { Attributes = {} } = await clients.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }),
  );
  const depths = [
    Attributes.ApproximateNumberOfMessages,
    Attributes.ApproximateNumberOfMessagesNotVisible,
    Attributes.ApproximateNumberOfMessagesDelayed,
  ];
  return depths.reduce((sum, depth) => sum + Number(depth ?? 0), 0);
};

/** Messages of all kinds in the queues that the workers read, by queue. */
export const backlog = async (system: System): Promise<Record<"ingest" | "alert" | "invoice", number>> => ({
  ingest: await depthOf(system, queueVariable("ingest")),
  alert: await depthOf(system, queueVariable("alert")),
  invoice: await depthOf(system, queueVariable("invoice")),
});

const readLedger = async ({ clients, environment }: System, tag: string) => {
  const pages = paginateScan(
    { client: DynamoDBDocumentClient.from(clients.dynamodb) },
    { TableName: environment[tableVariable("Loads")], ConsistentRead: true },
  );
  const items: Record<string, unknown>[] = [];
  for await (const { Items = [] } of pages) items.push(...Items);
  return items.filter(({ Store }) => String(Store).startsWith(`${tag} `));
};

/** Multipart uploads that are neither completed nor aborted. */
export const countUnfinished = async ({ clients, environment }: System): Promise<number> => {
  let count = 0;
  for (const name of ["inventory", "invoice-txt-src", "results"] as const) {
    const Bucket = environment[bucketVariable(name)];
    const { Uploads = [] } = await clients.s3.send(new ListMultipartUploadsCommand({ Bucket }));
    count += Uploads.length;
  }
  return count;
};
