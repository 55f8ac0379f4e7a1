import { type CsvFile, makeCsv, makeUnusable } from "./csv-file.ts";
import type { Emphasis } from "./fault-plan.ts";
import { type InvoiceFile, makeInvoice } from "./invoice-file.ts";
import type { Random } from "./random.ts";

/** How a file gets there, and what the client suffers on the way. */
type Delivery =
  /** `POST`, sent again until it is answered; with a key it must be one upload, without it may be several. */
  | { readonly way: "api"; readonly key: boolean; readonly first: "whole" | "cut" | "stall" | "deaf" }
  /** The client breaks off in the middle of the body and never comes back: nothing may be left of it. */
  | { readonly way: "abandon" }
  /** Announced, put to a presigned link, completed; each step again until it is answered. */
  | { readonly way: "link" }
  /** Straight into the bucket. */
  | { readonly way: "drop" };

interface Sending {
  /** Milliseconds from the run's start. */
  readonly at: number;
  /** Unique in the run: the upload's file name, by which the checker finds it again. */
  readonly name: string;
  readonly delivery: Delivery;
}

export interface InventorySending extends Sending {
  readonly kind: "inventory";
  readonly file: CsvFile;
  /** An undoing has the file whose rows stand again afterwards. */
  readonly mode: "load" | "replace" | "validate" | "undo";
  /** What `?store=` says. */
  readonly store?: string | undefined;
  /** Sent once these have been answered; an undoing, once they have ended. */
  readonly after?: readonly string[];
  /** Sent once they have ended. */
  readonly afterEnd?: boolean;
}
export interface InvoiceSending extends Sending {
  readonly kind: "invoice";
  readonly file: InvoiceFile;
}
export type PlannedSending = InventorySending | InvoiceSending;

/** What a run sends. */
export interface Workload {
  readonly stores: readonly string[];
  /** By store: items at or below it are low. */
  readonly thresholds: ReadonlyMap<string, number>;
  readonly customers: readonly string[];
  readonly dates: readonly [from: string, to: string];
  readonly sendings: readonly PlannedSending[];
}

const DAY_MS = 86_400_000;
/** Days of their own for each of so many seeds, so that runs that share a cloud do not share a day of the report. */
const DAYS_A_RUN = 3;
const SEEDS_WITH_OWN_DAYS = 2_500;

/** @param tag makes the run's names its own in a cloud that it shares with others */
export const planWorkload = (
  random: Random,
  seed: number,
  tag: string,
  milliseconds: number,
  emphasis: Emphasis = {},
): Workload => {
  const stores = Array.from({ length: 3 }, (_, index) => `${tag} ${["Berlin", "Tōkyō", "São Paulo"][index]}`);
  const items = Array.from({ length: random.between(5, 20) }, (_, index) => `Teil\u0308 ${index}`);
  const inventory = planInventory(random.fork("inventory"), tag, stores, items, milliseconds, emphasis);
  // Nobody else writes to it: what an undoing puts back is known without asking the table.
  const undone = `${tag} Zürich`;
  const undoing = random.fork("undone").chance(0.4)
    ? planUndoing(random.fork("undoing"), tag, undone, items, milliseconds)
    : [];
  const invoices = planInvoices(random.fork("invoices"), seed, tag, milliseconds);
  return {
    stores: [...new Set([...stores, ...[...inventory, ...undoing].flatMap(storesOf)])],
    thresholds: new Map(
      stores.filter(() => random.chance(0.3)).map((store) => [store, random.between(1, 4)]),
    ),
    customers: invoices.customers,
    dates: invoices.dates,
    sendings: [...inventory, ...undoing, ...invoices.sendings].sort((a, b) => a.at - b.at),
  };
};

const storesOf = ({ file }: InventorySending): string[] => file.rows.map(({ store }) => store);

const planInventory = (
  random: Random,
  tag: string,
  stores: readonly string[],
  items: readonly string[],
  milliseconds: number,
  emphasis: Emphasis,
): InventorySending[] => {
  const sendings: InventorySending[] = [];
  const sandwiches = emphasis.sandwiches ?? (random.chance(0.6) ? 1 : 0);
  for (let index = 0; index < sandwiches; index++) {
    const fork = random.fork(`sandwich ${index}`);
    // In a store of its own nobody else's open load makes the newest write every row.
    const among = fork.fork("alone").chance(0.6) ? [`${tag} Sandwich ${index}`] : stores;
    sendings.push(...planSandwich(fork, `${tag}-sandwich-${index}`, among, items, milliseconds));
  }
  const twins = emphasis.twins ?? (random.fork("twins").chance(0.3) ? 1 : 0);
  for (let index = 0; index < twins; index++) {
    sendings.push(
      ...planTwins(random.fork(`twins ${index}`), `${tag}-twin-${index}`, stores, items, milliseconds),
    );
  }
  const large = random.chance(0.05);
  const count = random.between(6, 12);
  for (let index = 0; index < count; index++) {
    const at = random.between(0, milliseconds);
    const name = `${tag}-${index}.csv`;
    const earlier = sendings.length > 0 && random.chance(0.3) ? random.pick(sendings) : undefined;
    const isReplace = random.chance(0.12);
    const store = earlier
      ? earlier.store
      : !isReplace && random.chance(0.12)
        ? random.pick(stores)
        : undefined;
    const file =
      earlier?.file ??
      (store === undefined
        ? makeFile(random, stores, items, isReplace, large && index === 0)
        : makeCsv(random, {
            stores,
            items,
            rows: random.pick([3, 8, 25]),
            bad: 0,
            padding: 0,
            onlyStore: store,
          }));
    const mode = earlier?.mode ?? (isReplace ? "replace" : random.chance(0.1) ? "validate" : "load");
    // A repeat tends to come close behind, so that both are under way at once.
    const close =
      earlier && random.chance(0.6) ? Math.min(milliseconds, earlier.at + random.between(0, 400)) : at;
    const way = delivery(random, mode === "load" && store === undefined, true);
    sendings.push({ kind: "inventory", at: close, name, file, mode, store, delivery: way });
  }
  return sendings;
};

/**
 * Counts, other counts, and the first ones again, each in bytes of its own, within a second or two: if the middle one is
 * late, the newest has found its rows unchanged and left no trace on them.
 */
const planSandwich = (
  random: Random,
  name: string,
  stores: readonly string[],
  items: readonly string[],
  milliseconds: number,
): InventorySending[] => {
  const store = random.pick(stores);
  const rows = random.between(3, Math.min(8, items.length));
  // The same numbers for the first and the last; the columns differ in a cell that nobody reads.
  const like = (purpose: string, padding: number) =>
    makeCsv(random.fork(purpose), { stores: [store], items, rows, bad: 0, padding });
  const first = random.between(0, milliseconds - 3_000);
  // Often the first is finished by then, so that the newest has no reason to write what it finds unchanged. The
  // last two often so close that both are being loaded at once.
  const second = first + random.between(200, 2_500);
  const third = second + (random.chance(0.5) ? random.between(5, 120) : random.between(200, 900));
  return [like("bread", 1), like("filling", 0), like("bread", 2)].map((file, index) =>
    plainLoad([first, second, third][index] as number, `${name}-${index}.csv`, file),
  );
};

/** The same bytes twice, so close that both are under way at once. */
const planTwins = (
  random: Random,
  name: string,
  stores: readonly string[],
  items: readonly string[],
  milliseconds: number,
): InventorySending[] => {
  const file = makeCsv(random, { stores: [random.pick(stores)], items, rows: 15, bad: 0, padding: 0 });
  const first = random.between(0, milliseconds);
  return [first, first + random.between(0, 120)].map((at, index) =>
    plainLoad(at, `${name}-${index}.csv`, file),
  );
};

/** Sent whole under a key, so that what is special about it is the file and the moment. */
const plainLoad = (at: number, name: string, file: CsvFile): InventorySending => ({
  kind: "inventory",
  at,
  name,
  file,
  mode: "load",
  delivery: { way: "api", key: true, first: "whole" },
});

/** A file, another one over it, and the second one undone, in a store of their own. */
const planUndoing = (
  random: Random,
  tag: string,
  store: string,
  items: readonly string[],
  milliseconds: number,
): InventorySending[] => {
  const like = (padding: number) =>
    makeCsv(random, { stores: [store], items, rows: random.pick([3, 8, 25]), bad: 0, padding });
  const [first, second] = [like(0), like(1)];
  const names = ["first", "second"].map((name) => `${tag}-undoing-${name}.csv`) as [string, string];
  const at = random.between(0, milliseconds / 2);
  const common = { kind: "inventory", at, delivery: { way: "api", key: true, first: "whole" } } as const;
  return [
    { ...common, name: names[0], file: first, mode: "load" },
    {
      ...common,
      name: names[1],
      file: second,
      mode: "load",
      after: [names[0]],
      afterEnd: random.chance(0.7),
    },
    { ...common, name: undoingOf(names[1]), file: first, mode: "undo", after: names },
  ];
};

/** By which an undoing's receipt is found: it has no file of its own. */
export const undoingOf = (name: string): string => `undo of ${name}`;

const makeFile = (
  random: Random,
  stores: readonly string[],
  items: readonly string[],
  isReplace: boolean,
  isLarge: boolean,
): CsvFile => {
  if (isLarge) {
    const many = Array.from({ length: 2_600 }, (_, index) => `bulk ${index}`);
    return makeCsv(random, {
      stores: [random.pick(stores)],
      items: many,
      rows: 2_600,
      bad: 0.001,
      padding: 0,
    });
  }
  // What replaces a store must be without fault, or it retires nothing.
  if (!isReplace && random.chance(0.06)) return makeUnusable(random);
  return makeCsv(random, {
    stores: random.chance(0.5) ? [random.pick(stores)] : stores.slice(random.between(0, 1)),
    items,
    rows: random.pick([1, 3, 8, 15, 25, 40]),
    bad: isReplace ? 0 : random.pick([0, 0, 0.1, 0.3]),
    padding: random.chance(0.08) ? 20_000 : 0,
  });
};

/**
 * @param mayDrop what is put into the bucket has neither mode nor restriction
 * @param mayLink links are for inventory files alone
 */
const delivery = (random: Random, mayDrop: boolean, mayLink: boolean): Delivery => {
  const roll = random.next();
  if (roll < 0.15 && mayDrop) return { way: "drop" };
  if (roll < 0.2) return { way: "abandon" };
  if (roll > 0.9 && mayLink) return { way: "link" };
  const first = roll < 0.3 ? "cut" : roll < 0.35 ? "stall" : roll < 0.5 ? "deaf" : "whole";
  return { way: "api", key: random.chance(0.6), first };
};

const planInvoices = (random: Random, seed: number, tag: string, milliseconds: number) => {
  const firstDay = Date.UTC(2001, 0, 1) + (seed % SEEDS_WITH_OWN_DAYS) * DAYS_A_RUN * DAY_MS;
  const dates = Array.from({ length: DAYS_A_RUN }, (_, day) =>
    new Date(firstDay + day * DAY_MS).toISOString().slice(0, 10),
  );
  const customers = [`${tag}-alpha`, `${tag}-beta`];
  const sendings: InvoiceSending[] = [];
  const count = random.between(2, 5);
  for (let index = 0; index < count; index++) {
    const earlier = sendings.length > 0 && random.chance(0.5) ? random.pick(sendings).file : undefined;
    const isRepeat = earlier !== undefined && random.chance(0.4);
    const file = isRepeat
      ? earlier
      : makeInvoice({
          customerId: earlier?.customerId ?? random.pick(customers),
          invoiceId: earlier?.invoiceId ?? `inv-${index}`,
          date: random.pick(dates),
          prices: Array.from({ length: random.between(1, 5) }, () => random.between(1, 9_000)),
          sound: random.chance(0.7),
        });
    sendings.push({
      kind: "invoice",
      at: random.between(0, milliseconds),
      name: `${tag}-invoice-${index}.txt`,
      file,
      delivery: delivery(random, false, false),
    });
  }
  return { customers, dates: [dates[0], dates.at(-1)] as [string, string], sendings };
};
