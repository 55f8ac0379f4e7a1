import { setTimeout as pause } from "node:timers/promises";
import { DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";
import type { InventoryItem } from "@stockwire/contracts/items";
import { createClients, destroyClients } from "@stockwire/local-aws/clients";
import { openListeners } from "./listen.ts";
import { stockCsv } from "./make-stock.ts";
import { memoryOf } from "./processes.ts";
import { untilLoaded } from "./receipts.ts";
import { createSender } from "./send-file.ts";
import { type BenchCloud, startService, withParts } from "./system.ts";

/** Before the first that counts: the process has just begun. */
const WARM_UP_CHANGES = 5;
/** Up to so long, by chance: in step with the API's looks for events every change would be heard as late as the last. */
const BETWEEN_CHANGES_MS = 600;
/** What the changes took for a moment is let go by then, as far as V8 does that by itself. */
const SETTLE_MS = 3_000;

/** What one API with so many listeners did. */
export interface Told {
  /** Milliseconds from a row's write to the last listener; none where nobody listens. */
  readonly delays: readonly number[];
  /** Resident memory of the API with its listeners connected, after the changes. */
  readonly memory: number;
}

/**
 * Starts an API, connects listeners to it and changes one store after the other: of a single one there is one event a
 * second. In a process of its own, since memory that a process has once had says nothing of what it needs now.
 * @param name of the stores, which nobody else's may be
 * @throws Error where a listener does not hear of a change
 */
export const tellListeners = (
  cloud: BenchCloud,
  listeners: number,
  name: string,
  changes: number,
): Promise<Told> =>
  withParts(async (keep) => {
    const { environment, apiKey } = cloud;
    const api = await keep(startService("upload-api", environment));
    const sender = createSender(api.url, apiKey);
    const clients = createClients(environment);
    const dynamo = DynamoDBDocumentClient.from(clients.dynamodb);
    const open = await openListeners(api.url, apiKey, listeners);
    const delays: number[] = [];
    for (let change = -WARM_UP_CHANGES; change < changes; change += 1) {
      const Store = `Live ${name} ${change}`;
      // In a stock event the store comes first; the receipt's event names it elsewhere.
      const heard = open.heard(`{"store":"${Store}","items":[{"item":"Article 0"`);
      const { uploadId } = await sender.send(stockCsv(Store, 1));
      await untilLoaded(api.url, apiKey, uploadId);
      const at = await heard;
      const { Item } = await dynamo.send(
        new GetCommand({ TableName: environment.TABLE_INVENTORY, Key: { Store, Item: "Article 0" } }),
      );
      if (listeners > 0 && change >= 0) delays.push(at - Date.parse((Item as InventoryItem).UpdatedAt));
      await pause(Math.random() * BETWEEN_CHANGES_MS);
    }
    await pause(SETTLE_MS);
    const { now: memory } = await memoryOf(api.pid);
    open.close();
    sender.close();
    destroyClients(clients);
    return { delays, memory };
  });
