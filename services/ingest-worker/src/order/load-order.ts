import type { LoadItem, LoadState } from "@stockwire/contracts/items";

/**
 * The order protocol, without any input or output. It is what makes a table end the same whatever order files
 * arrive in, while a row that did not change costs a read and no write.
 *
 * Every load registers (store, version) in the ledger before it reads that store's entries, strongly consistent.
 * So of any two loads of a store at least one sees the other:
 *
 * - An older load that is still open may yet write rows that this one found unchanged and left alone; so this one
 *   then writes every row, and the older one's guarded writes fail against its version.
 * - A newer load that is still open did not necessarily see this one and may leave rows alone; so this one waits
 *   until it is finished.
 * - Rows that stand in a newer finished load's file are decided by that file, whether it wrote them or found them
 *   unchanged; for this load they are stale. A newer load that replaced a store has decided all of its rows, those
 *   that its file omits too.
 *
 * A load that replaces has to hide what an older load still open may yet bring in, which nobody sees in the table; so
 * it reads that load's file and retires from there what its own file omits.
 *
 * What undoes a load stands right behind it in the version order and is a load like any other: newer loads have come
 * after it, and decide their rows.
 *
 * Two uploads with the same content never load at the same time (see content-lock.ts), so waiting always points
 * to a newer version or to a load that waits for nobody older: there is no circle.
 */

type LoadMode = "load" | Exclude<LoadItem["Mode"], undefined>;

export interface LedgerEntry {
  readonly version: string;
  readonly state: LoadState;
  /** Equal for loads with the same effect: digest of the bytes and store restriction. */
  readonly content: string;
  readonly mode: LoadMode;
  /** For a duplicate, the upload that it repeats. */
  readonly duplicateOf?: string;
  readonly uploadId: string;
  /**
   * Set when the upload was given up (receipt `failed`). Nobody waits for it: brought back, it reads the ledger anew. But
   * `lately` one delivery of it may have been given up while another one is still at work, so that it may yet write.
   */
  readonly givenUp: false | "lately" | "long ago";
}

export type LoadPlan<Entry extends LedgerEntry> =
  | { readonly action: "wait"; readonly uploadId: string }
  | { readonly action: "duplicate"; readonly of: string }
  | { readonly action: "conclude"; readonly own: Entry }
  | {
      readonly action: "load";
      /** Stores in which every row is written, changed or not. */
      readonly writeEveryRowOf: ReadonlySet<string>;
      /** Finished newer loads, by upload id, whose files decide the rows that stand in them. */
      readonly newerFiles: readonly Entry[];
      /** By store, the newest of the newer loads' versions, where there is one. */
      readonly newestOf: ReadonlyMap<string, string>;
      /** Stores of which a finished newer load has decided every row, by that load's upload id. */
      readonly replacedStores: ReadonlyMap<string, string>;
      /** Older loads that may yet write, with the stores that they have in common with this one. */
      readonly olderOpen: ReadonlyMap<Entry, ReadonlySet<string>>;
    };

/**
 * @param self `undoes`: the upload that is undone, with mode `undo`
 * @param entriesByStore for each store that the file names, in any order: its own entry, every newer one, the nearest
 * older one, and every older one that is open
 */
export const planLoad = <Entry extends LedgerEntry>(
  self: { readonly version: string; readonly content: string; readonly undoes?: string },
  entriesByStore: ReadonlyMap<string, readonly Entry[]>,
): LoadPlan<Entry> => {
  const writeEveryRowOf = new Set<string>();
  const newerFiles = new Map<string, Entry>();
  const replacedStores = new Map<string, string>();
  const newestOf = new Map<string, string>();
  const olderOpen = new Map<string, { entry: Entry; stores: Set<string> }>();
  const neighbours: { older: Entry | undefined; newer: Entry | undefined }[] = [];
  for (const [store, unsorted] of entriesByStore) {
    const entries = unsorted.toSorted((a, b) => (a.version < b.version ? -1 : 1));
    const own = entries.find((entry) => entry.version === self.version);
    // A crash between the end of the load and the end of its receipt: everything is written already.
    if (own !== undefined && own.state !== "open") return { action: "conclude", own };

    const older = entries.filter((entry) => entry.version < self.version);
    const newer = entries.filter(
      (entry) => entry.version > self.version && !entry.givenUp && !isRepeatOf(entry, self.undoes),
    );
    const awaited = newer.find((entry) => entry.state === "open");
    if (awaited !== undefined) return { action: "wait", uploadId: awaited.uploadId };
    for (const entry of older.filter(({ state, givenUp }) => state === "open" && givenUp !== "long ago")) {
      writeEveryRowOf.add(store);
      const known = olderOpen.get(entry.version) ?? { entry, stores: new Set() };
      olderOpen.set(entry.version, { ...known, stores: known.stores.add(store) });
    }
    for (const entry of newer) {
      newerFiles.set(entry.version, entry);
      newestOf.set(store, entry.version);
      if (entry.mode === "replace") replacedStores.set(store, entry.uploadId);
    }
    neighbours.push({ older: older.at(-1), newer: newer[0] });
  }
  const repeated =
    sameLoad(
      self.content,
      neighbours.map(({ older }) => older),
    ) ??
    sameLoad(
      self.content,
      neighbours.map(({ newer }) => newer),
    );
  if (repeated !== undefined) return { action: "duplicate", of: repeated.duplicateOf ?? repeated.uploadId };
  return {
    action: "load",
    writeEveryRowOf,
    newerFiles: [...newerFiles.values()],
    newestOf,
    replacedStores,
    olderOpen: new Map([...olderOpen.values()].map(({ entry, stores }) => [entry, stores])),
  };
};

/** The same file sent again is no word of somebody else's about the rows: it would keep its load from being undone. */
const isRepeatOf = ({ state, duplicateOf }: LedgerEntry, uploadId: string | undefined): boolean =>
  state === "duplicate" && uploadId !== undefined && duplicateOf === uploadId;

/** The first neighbour, when in every store the neighbour is a finished load of the same content. */
const sameLoad = <Entry extends LedgerEntry>(content: string, neighbours: readonly (Entry | undefined)[]) => {
  const same = neighbours.every(
    (entry) => entry !== undefined && entry.state !== "open" && entry.content === content,
  );
  return same ? neighbours[0] : undefined;
};
