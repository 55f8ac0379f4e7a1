import { type DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";
import type { InventoryItem, StoreItem } from "@stockwire/contracts/items";
import type { StockRow } from "../file/validate-row.ts";
import { type InventoryTable, KEYS_PER_READ } from "./inventory-table.ts";
import { keyOf } from "./write-rows.ts";

/** What stood in the table, for rows that are to be compared with it. */
export interface StandingRows {
  /** By `keyOf`; strongly consistent, as of some moment since this was opened. */
  readonly find: (rows: readonly StockRow[]) => Promise<ReadonlyMap<string, InventoryItem>>;
  /** Gives back the memory. */
  readonly close: () => void;
}

export interface StandingRowsReader {
  /**
   * To be opened when the load is registered and not before: what others write from then on is theirs to see.
   * @param rowsPerStore of the file, on average
   */
  readonly open: (rowsPerStore: number, signal: AbortSignal) => StandingRows;
}

/** Items of all loads of a process together that are held; some 300 bytes each. */
const MAX_HELD = 200_000;
/** A store with more items than this for each row of the file is not read whole. */
const ITEMS_PER_ROW = 4;

/**
 * Reads a store whole where a file names much of what it has: a query is charged, and answered, by what it reads, four
 * kilobytes a unit, while BatchGetItem takes a unit for every key, there or not. A file of few rows for a large store, and
 * what is more than this process will hold, is read by its keys. docs/decisions/0020-reading-stores.md.
 */
export const createStandingRowsReader = (
  dynamo: DynamoDBDocumentClient,
  table: InventoryTable,
  storesTable: string,
  maxHeld = MAX_HELD,
): StandingRowsReader => {
  let free = maxHeld;

  /** Items at the end of the last load; only a hint. */
  const itemsOf = async (store: string): Promise<number> => {
    const { Item } = await dynamo.send(new GetCommand({ TableName: storesTable, Key: { Store: store } }));
    return (Item as StoreItem | undefined)?.Items ?? 0;
  };

  return {
    open: (rowsPerStore, signal) => {
      const mostItems = rowsPerStore * ITEMS_PER_ROW;
      const stores = new Map<string, Promise<ReadonlyMap<string, InventoryItem> | undefined>>();
      let held = 0;
      const give = (items: number): void => {
        held -= items;
        free += items;
      };

      /** @returns by item; undefined where the store is not worth it */
      const readStore = async (store: string): Promise<ReadonlyMap<string, InventoryItem> | undefined> => {
        const expected = await itemsOf(store);
        if (expected > Math.min(mostItems, free)) return undefined;
        const items = new Map<string, InventoryItem>();
        const share = createSharing();
        for await (const page of table.scan(store)) {
          signal.throwIfAborted();
          held += page.length;
          free -= page.length;
          if (free < 0 || items.size + page.length > mostItems) {
            give(items.size + page.length);
            return undefined;
          }
          for (const item of page) items.set(item.Item, share(item));
        }
        return items;
      };

      return {
        find: async (rows) => {
          const found = new Map<string, InventoryItem>();
          const unknown: StockRow[] = [];
          const isMany = rowsPerStore >= KEYS_PER_READ;
          for (const row of rows) {
            if (isMany && !stores.has(row.store)) stores.set(row.store, readStore(row.store));
            const store = await stores.get(row.store);
            const item = store?.get(row.item);
            if (store === undefined) unknown.push(row);
            else if (item !== undefined) found.set(keyOf(row.store, row.item), item);
          }
          if (unknown.length === 0) return found;
          for (const item of await table.read(unknown)) found.set(keyOf(item.Store, item.Item), item);
          return found;
        },
        close: () => {
          stores.clear();
          give(held);
        },
      };
    },
  };
};

/** Rows that one load wrote say the same in these places, or nearly; kept once they take less than half of the memory. */
const createSharing = (): ((item: InventoryItem) => InventoryItem) => {
  const known = new Map<string, string>();
  const one = (text: string): string => {
    const first = known.get(text);
    if (first === undefined) known.set(text, text);
    return first ?? text;
  };
  return (item) => ({
    ...item,
    Store: one(item.Store),
    Version: one(item.Version),
    UploadId: one(item.UploadId),
    UpdatedAt: one(item.UpdatedAt),
  });
};
