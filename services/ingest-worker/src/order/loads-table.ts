import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, TransactWriteCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { LoadItem } from "@stockwire/contracts/items";
import { backOff } from "@stockwire/service-kit/back-off";
import { type KeyedRead, readTogether } from "@stockwire/service-kit/read-together";
import { forEachLimited } from "../for-each-limited.ts";
import type { StandingLock, Taking } from "./content-lock.ts";
import {
  type LoadCounts,
  type LoadEntry,
  type LoadToRegister,
  openOnly,
  toEntry,
  toItem,
} from "./ledger-entry.ts";
import { createLedgerQueries, OPEN_VERSIONS } from "./ledger-queries.ts";

/** By store, the versions that are open; stores without any are left out. */
export type OpenVersions = ReadonlyMap<string, ReadonlySet<string>>;

export interface LoadsTable {
  /** Opens an entry for each store; one that is there already, open or not, stays as it is. */
  readonly register: (stores: Iterable<string>, load: LoadToRegister) => Promise<void>;
  /**
   * Opens the entry of one store together with its content's lock, both or neither.
   * @returns undefined when they stand; otherwise the lock that was in the way, if it was that
   */
  readonly registerWith: (
    store: string,
    load: LoadToRegister,
    lock: Taking,
  ) => Promise<{ readonly standing: StandingLock } | undefined>;
  /** What is open. To be read when the load is registered, and before the entries: see `createLoadsTable`. */
  readonly openIn: (stores: Iterable<string>) => KeyedRead<OpenVersions>;
  /**
   * What the order protocol needs to know of each store, strongly consistent: the entries from this version on, the
   * nearest older one, and every older one that is open. However many loads a store has had, that is a few items.
   * @param open as `openIn` has just read it; read here where it is left out
   */
  readonly read: (
    stores: Iterable<string>,
    version: string,
    open?: OpenVersions,
  ) => Promise<Map<string, LoadEntry[]>>;
  /** Keeps in a load's entry that loads of the store have not begun one after the other; see `wasOvertaking`. */
  readonly noteCompany: (
    store: string,
    version: string,
    company: Pick<LoadItem, "BesideOlder" | "OvertakenBy" | "Sure">,
  ) => Promise<void>;
  /**
   * Whether an older load of one of the stores was still open when this one began, or began only after it: rows of the
   * older one were then dropped in favour of this one and never stood in the table.
   */
  readonly wasOvertaking: (stores: Iterable<string>, version: string) => Promise<boolean>;
  /** Whether an earlier attempt at an undoing has found out that nothing speaks against it. */
  readonly isSure: (store: string, version: string) => Promise<boolean>;
  readonly finish: (stores: Iterable<string>, version: string, counts: LoadCounts) => Promise<void>;
  readonly finishAsDuplicate: (stores: Iterable<string>, version: string, of: string) => Promise<void>;
}

const PARALLEL_STORES = 16;
const MAX_TRIES = 12;
const NONE: ReadonlySet<string> = new Set();
const PASSING = new Set(["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"]);

/**
 * Each store has, besides its entries, one item with the versions that are open. A version comes in together with
 * its entry and leaves after its entry is closed, and the item is read before the entries: whoever is not seen as
 * open has either closed its entry by then, or registers later and sees this load as open.
 *
 * Entry and mark are made in one transaction. Made one after the other, a second delivery of an event could put the
 * mark back after the first one had finished, die, and leave a load open that nobody will ever finish.
 */
export const createLoadsTable = (dynamo: DynamoDBDocumentClient, tableName: string): LoadsTable => {
  const { readEntry, readFromNearestOlder, hasOvertaken } = createLedgerQueries(dynamo, tableName);
  const openKey = (store: string) => ({ Store: store, Version: OPEN_VERSIONS });
  const enter = (store: string, load: LoadToRegister, lock?: Taking) =>
    dynamo.send(
      new TransactWriteCommand({
        TransactItems: [
          ...(lock === undefined ? [] : [{ Put: lock }]),
          {
            Put: {
              TableName: tableName,
              Item: toItem(store, load),
              ConditionExpression: "attribute_not_exists(Version)",
            },
          },
          {
            Update: {
              TableName: tableName,
              Key: openKey(store),
              UpdateExpression: "ADD Versions :version",
              ExpressionAttributeValues: { ":version": new Set([load.version]) },
            },
          },
        ],
      }),
    );
  const leaveOpen = (store: string, version: string) =>
    dynamo.send(
      new UpdateCommand({
        TableName: tableName,
        Key: openKey(store),
        UpdateExpression: "DELETE Versions :version",
        ExpressionAttributeValues: { ":version": new Set([version]) },
      }),
    );
  const close = async (
    store: string,
    version: string,
    expression: string,
    values: Record<string, unknown>,
  ): Promise<void> => {
    await dynamo.send(
      new UpdateCommand({
        TableName: tableName,
        Key: { Store: store, Version: version },
        UpdateExpression: `SET #state = :state, ${expression}`,
        ExpressionAttributeNames: { "#state": "State" },
        ExpressionAttributeValues: values,
      }),
    );
    await overConflicts(() => leaveOpen(store, version));
  };
  return {
    register: (stores, load) =>
      forEachLimited(stores, PARALLEL_STORES, async (store) => {
        try {
          await overConflicts(() => enter(store, load));
        } catch (error) {
          if (!isRegistered(error)) throw error;
        }
      }),
    registerWith: async (store, load, lock) => {
      try {
        await enter(store, load, lock);
        return undefined;
      } catch (error) {
        if (!(error instanceof TransactionCanceledException)) throw error;
        return { standing: error.CancellationReasons?.[0]?.Item };
      }
    },
    openIn,
    read: async (stores, version, open) => {
      const allOpen = open ?? (await readTogether(dynamo, openIn(stores)))[0];
      const found = new Map<string, LoadEntry[]>();
      await forEachLimited(stores, PARALLEL_STORES, async (store) => {
        const openVersions = allOpen.get(store) ?? NONE;
        const items = await readFromNearestOlder(store, version);
        const entries = items.map((item) => toEntry(item, version, openVersions));
        const known = new Set(entries.map((entry) => entry.version));
        for (const openVersion of openVersions) {
          if (openVersion === version || known.has(openVersion)) continue;
          const item = await readEntry(store, openVersion);
          entries.push(item ? toEntry(item, version, openVersions) : openOnly(openVersion));
        }
        found.set(store, entries);
      });
      return found;
    },
    noteCompany: async (store, version, company) => {
      await dynamo.send(
        new UpdateCommand({
          TableName: tableName,
          Key: { Store: store, Version: version },
          UpdateExpression: `SET ${Object.keys(company)
            .map((name) => `${name} = :${name}`)
            .join(", ")}`,
          ExpressionAttributeValues: Object.fromEntries(
            Object.entries(company).map(([name, value]) => [`:${name}`, value]),
          ),
        }),
      );
    },
    wasOvertaking: async (stores, version) => {
      let found = false;
      await forEachLimited(stores, PARALLEL_STORES, async (store) => {
        if (found) return;
        const own = await readEntry(store, version);
        const isBeside = own?.BesideOlder === true;
        if (isBeside || (await hasOvertaken(store, version))) found = true;
      });
      return found;
    },
    isSure: async (store, version) => (await readEntry(store, version))?.Sure === true,
    finish: (stores, version, counts) =>
      forEachLimited(stores, PARALLEL_STORES, (store) =>
        close(
          store,
          version,
          "Written = :written, Unchanged = :unchanged, Stale = :stale, Retired = :retired",
          {
            ":state": "finished",
            ":written": counts.written,
            ":unchanged": counts.unchanged,
            ":stale": counts.stale,
            ":retired": counts.retired,
          },
        ),
      ),
    finishAsDuplicate: (stores, version, of) =>
      forEachLimited(stores, PARALLEL_STORES, (store) =>
        close(store, version, "DuplicateOf = :of", { ":state": "duplicate", ":of": of }),
      ),
  };

  function openIn(stores: Iterable<string>): KeyedRead<OpenVersions> {
    return {
      tableName,
      keys: [...stores].map(openKey),
      toResult: (items) =>
        new Map(
          items.flatMap(({ Store, Versions }) =>
            Versions instanceof Set ? [[String(Store), Versions as Set<string>] as const] : [],
          ),
        ),
    };
  }
};

const isRegistered = (error: unknown): boolean =>
  error instanceof TransactionCanceledException &&
  error.CancellationReasons?.[0]?.Code === "ConditionalCheckFailed";

/** Loads of one store that begin or end at the same moment meet in its item of open versions. */
const overConflicts = async (write: () => Promise<unknown>): Promise<void> => {
  for (let tries = 1; ; tries++) {
    try {
      await write();
      return;
    } catch (error) {
      if (!isConflict(error)) throw error;
      await backOff(tries, MAX_TRIES, "registering a load");
    }
  }
};

const isConflict = (error: unknown): boolean => {
  if (error instanceof TransactionCanceledException) {
    return (
      !isRegistered(error) && (error.CancellationReasons ?? []).some(({ Code }) => PASSING.has(Code ?? ""))
    );
  }
  return error instanceof Error && error.name === "TransactionConflictException";
};
