import { decideOmitted, decideRow } from "../src/order/decide-row.ts";
import { type LedgerEntry, planLoad } from "../src/order/load-order.ts";

/**
 * A model of workers that load files of one store at the same time. Every step of a worker that touches shared
 * state is atomic, any worker may be next at any time, and any worker may die between two steps and begin again.
 * `explore` walks through every interleaving.
 */

export interface ModelFile {
  /** Its place in the version order: "1" is the oldest. */
  readonly version: string;
  readonly rows: Readonly<Record<string, number>>;
  /** Its store has nothing but what it names. */
  readonly replaces?: boolean;
}

/** The decisions under test; a test replaces one to see that its absence is noticed. */
export interface Guards {
  readonly plan: typeof planLoad<LedgerEntry>;
  readonly decide: typeof decideRow;
  readonly omit: typeof decideOmitted;
  readonly registerFirst: boolean;
  readonly writeGuarded: boolean;
  readonly contentLock: boolean;
}

export const realGuards: Guards = {
  plan: planLoad,
  decide: decideRow,
  omit: decideOmitted,
  registerFirst: true,
  writeGuarded: true,
  contentLock: true,
};

export interface Scenario {
  readonly files: readonly ModelFile[];
  /** Which file each worker has, e.g. [0, 1, 1]: the second file's event was delivered twice. */
  readonly workers: readonly number[];
  readonly before: Readonly<Record<string, number>>;
  /** How many crashes may happen in all. */
  readonly crashes: number;
  /** How many times a worker may give its file up in the middle; an operator brings it back at any later time. */
  readonly giveUps?: number;
}

interface Row {
  count: number;
  version: string;
  retired?: boolean;
}

type Step =
  | "seeOpen"
  | "givenUp"
  | "reopen"
  | "leave"
  | "lock"
  | "register"
  | "plan"
  | "read"
  | "write"
  | "scan"
  | "omitRead"
  | "omitWrite"
  | "finish"
  | "duplicate"
  | "receipt"
  | "done";

interface Worker {
  step: Step;
  row: number;
  standing: Row | null;
  writeEvery: boolean;
  staleItems: string[];
  /** A newer load has decided every item. */
  allStale: boolean;
  /** What older loads that were open may bring in. */
  mayComeBack: string[];
  /** What the file omits, as the table showed. */
  omitted: string[];
  duplicateOf: string | null;
  /** The versions that were open when it looked. */
  open: string[];
}

interface State {
  table: Record<string, Row>;
  /** Rows written, by item and version: more than once is a waste that the lock must prevent. */
  writes: Record<string, number>;
  ledger: { version: string; state: LedgerEntry["state"]; duplicateOf: string | null }[];
  /** The versions in the item of the open ones. */
  open: string[];
  lock: Record<string, string>;
  receipts: Record<string, string>;
  workers: Worker[];
  crashes: number;
  giveUps: number;
}

const contents = new WeakMap<ModelFile, string>();
const contentOf = (file: ModelFile): string => {
  const known =
    contents.get(file) ?? JSON.stringify([file.replaces ?? false, Object.entries(file.rows).sort()]);
  contents.set(file, known);
  return known;
};

/** A step never changes what another state shares with it; rows are replaced, never changed in place. */
const copyOf = (state: State): State => ({
  table: { ...state.table },
  writes: { ...state.writes },
  ledger: state.ledger.map((entry) => ({ ...entry })),
  open: [...state.open],
  lock: { ...state.lock },
  receipts: { ...state.receipts },
  workers: state.workers.map((worker) => ({ ...worker })),
  crashes: state.crashes,
  giveUps: state.giveUps,
});

/** What a worker will never look at again tells no two states apart. */
const AFTER_ROWS: ReadonlySet<Step> = new Set(["finish", "duplicate", "leave", "receipt", "done"]);
const WRITING: ReadonlySet<Step> = new Set(["write", "omitWrite"]);

const keyOf = (state: State): string => {
  const row = (entry: Row | null) =>
    entry === null ? "-" : `${entry.count}@${entry.version}${entry.retired ? "!" : ""}`;
  const record = (values: Record<string, unknown>) =>
    Object.keys(values)
      .sort()
      .map((key) => `${key}=${String(values[key])}`)
      .join();
  return [
    Object.keys(state.table)
      .sort()
      .map((item) => `${item}:${row(state.table[item] ?? null)}`)
      .join(),
    record(state.writes),
    state.ledger.map((entry) => `${entry.version}${entry.state}${entry.duplicateOf}`).join(),
    state.open.join(),
    record(state.lock),
    record(state.receipts),
    ...state.workers.map((worker) =>
      AFTER_ROWS.has(worker.step)
        ? `${worker.step}${worker.duplicateOf}`
        : `${worker.step}${worker.row}${row(WRITING.has(worker.step) ? worker.standing : null)}${worker.writeEvery}${worker.staleItems}${worker.allStale}${worker.mayComeBack}/${worker.omitted}/${worker.duplicateOf}${worker.open}`,
    ),
    state.crashes,
    state.giveUps,
  ].join("|");
};

const fresh = (): Worker => ({
  step: "lock",
  row: 0,
  standing: null,
  writeEvery: false,
  staleItems: [],
  allStale: false,
  mayComeBack: [],
  omitted: [],
  duplicateOf: null,
  open: [],
});

const asStanding = (row: Row | null | undefined) =>
  row === null || row === undefined
    ? undefined
    : { Count: row.count, Level: row.retired ? ("retired" as const) : ("ok" as const), Version: row.version };

/** What the table must be in the end: for each item, the newest file that names it. */
const expected = (scenario: Scenario): Record<string, number> => {
  const counts: Record<string, number> = { ...scenario.before };
  const used = new Set(scenario.workers);
  const files = scenario.files.filter((_, index) => used.has(index));
  for (const file of files.toSorted((a, b) => (a.version < b.version ? -1 : 1))) {
    if (file.replaces) for (const item of Object.keys(counts)) delete counts[item];
    Object.assign(counts, file.rows);
  }
  return counts;
};

/** Walks every interleaving. @returns the first violation found, or how many states there were */
export const explore = (scenario: Scenario, guards: Guards): { violation?: string; states: number } => {
  const start: State = {
    table: Object.fromEntries(
      Object.entries(scenario.before).map(([item, count]) => [item, { count, version: "0" }]),
    ),
    writes: {},
    ledger: [],
    open: [],
    lock: {},
    receipts: {},
    workers: scenario.workers.map(fresh),
    crashes: scenario.crashes,
    giveUps: scenario.giveUps ?? 0,
  };
  const seen = new Set<string>();
  const stack: State[] = [start];
  while (stack.length > 0) {
    const state = stack.pop() as State;
    const key = keyOf(state);
    if (seen.has(key)) continue;
    seen.add(key);
    const next: State[] = [];
    for (const index of state.workers.keys()) {
      const stepped = advance(state, index, scenario, guards);
      if (stepped !== undefined) next.push(stepped);
      if (state.crashes > 0 && !["lock", "done"].includes(state.workers[index]?.step ?? "")) {
        const crashed = copyOf(state);
        crashed.workers[index] = fresh();
        crashed.crashes -= 1;
        next.push(crashed);
      }
      if (
        state.giveUps > 0 &&
        ["seeOpen", "plan", "read", "write", "scan", "omitRead", "omitWrite", "finish"].includes(
          state.workers[index]?.step ?? "",
        )
      ) {
        const given = copyOf(state);
        given.workers[index] = { ...fresh(), step: "givenUp" };
        given.receipts[scenario.files[scenario.workers[index] as number]?.version ?? ""] = "failed";
        given.giveUps -= 1;
        next.push(given);
      }
    }
    if (next.length === 0 || state.workers.every((worker) => worker.step === "done")) {
      const violation = judge(state, scenario);
      if (violation !== undefined) return { violation, states: seen.size };
    }
    stack.push(...next);
  }
  return { states: seen.size };
};

const judge = (state: State, scenario: Scenario): string | undefined => {
  if (state.workers.some((worker) => worker.step !== "done"))
    return `nobody can go on: ${JSON.stringify(state.workers)}`;
  const counts = Object.fromEntries(
    Object.entries(state.table)
      .filter(([, row]) => !row.retired)
      .map(([item, row]) => [item, row.count]),
  );
  const wanted = expected(scenario);
  for (const item of new Set([...Object.keys(wanted), ...Object.keys(counts)])) {
    if (counts[item] !== wanted[item]) return `${item} is ${counts[item]}, should be ${wanted[item]}`;
  }
  if (state.ledger.some((entry) => entry.state === "open")) return "an entry was left open";
  if (state.open.length > 0) return "a version was left among the open ones";
  const contents = scenario.files.map(contentOf);
  // A load that was given up lies between its neighbours as another load, so they need not be duplicates.
  if (!scenario.giveUps && contents.every((content) => content === contents[0])) {
    const loaded = Object.values(state.receipts).filter((status) => status === "loaded").length;
    if (loaded !== 1) return `${loaded} loads of the same bytes`;
    const twice = Object.entries(state.writes).find(([, times]) => times > 1);
    if (twice !== undefined) return `${twice[0]} was written ${twice[1]} times`;
  }
  return undefined;
};

/** One step of one worker; undefined where it must wait or is done. */
const advance = (before: State, index: number, scenario: Scenario, guards: Guards): State | undefined => {
  const state = copyOf(before);
  const worker = state.workers[index] as Worker;
  const file = scenario.files[scenario.workers[index] as number] as ModelFile;
  const content = contentOf(file);
  const items = Object.keys(file.rows);
  const own = () => state.ledger.find((entry) => entry.version === file.version);

  switch (worker.step) {
    case "givenUp": {
      worker.step = "lock";
      return state;
    }
    case "reopen": {
      delete state.receipts[file.version];
      worker.step = "register";
      return state;
    }
    case "lock": {
      const receipt = state.receipts[file.version];
      if (receipt !== undefined && receipt !== "failed") {
        worker.step = "done";
        return state;
      }
      if (guards.contentLock) {
        const holder = state.lock[content];
        if (holder !== undefined && holder !== file.version && state.receipts[holder] === undefined)
          return undefined;
        state.lock[content] = file.version;
      }
      if (receipt === "failed") worker.step = "reopen";
      else worker.step = guards.registerFirst ? "register" : "seeOpen";
      return state;
    }
    case "seeOpen": {
      worker.open = [...state.open];
      worker.step = "plan";
      return state;
    }
    case "register": {
      if (own() === undefined) {
        state.ledger.push({ version: file.version, state: "open", duplicateOf: null });
        state.open = [...state.open, file.version].sort();
      }
      state.ledger.sort((a, b) => (a.version < b.version ? -1 : 1));
      worker.step = guards.registerFirst ? "seeOpen" : items.length > 0 ? "read" : "finish";
      return state;
    }
    case "plan": {
      const visible = state.ledger.filter(
        (entry, index) =>
          entry.version >= file.version ||
          state.ledger[index + 1]?.version === undefined ||
          (state.ledger[index + 1]?.version ?? "") >= file.version ||
          worker.open.includes(entry.version),
      );
      const entries = visible.map((entry): LedgerEntry => {
        const entryFile = scenario.files.find(({ version }) => version === entry.version) as ModelFile;
        return {
          version: entry.version,
          state: entry.version !== file.version && worker.open.includes(entry.version) ? "open" : entry.state,
          content: contentOf(entryFile),
          mode: entryFile.replaces ? "replace" : "load",
          uploadId: entry.version,
          givenUp: state.receipts[entry.version] === "failed" ? "lately" : false,
          ...(entry.duplicateOf !== null && { duplicateOf: entry.duplicateOf }),
        };
      });
      for (const version of worker.open) {
        if (version !== file.version && !entries.some((entry) => entry.version === version)) {
          entries.push({
            version,
            state: "open",
            content: "",
            mode: "load",
            uploadId: version,
            givenUp: state.receipts[version] === "failed" ? "lately" : false,
          });
        }
      }
      const plan = guards.plan({ version: file.version, content }, new Map([["Berlin", entries]]));
      if (plan.action === "wait") {
        // Handed back: looks again later. Where nothing has changed since, that is no step.
        if (worker.open.join() === state.open.join()) return undefined;
        worker.step = "seeOpen";
        worker.open = [];
        return state;
      }
      if (plan.action === "conclude") {
        worker.duplicateOf = plan.own.duplicateOf ?? null;
        worker.step = "leave";
      } else if (plan.action === "duplicate") {
        worker.duplicateOf = plan.of;
        worker.step = "duplicate";
      } else {
        worker.writeEvery = plan.writeEveryRowOf.has("Berlin");
        worker.staleItems = plan.newerFiles.flatMap((entry) =>
          Object.keys(scenario.files.find(({ version }) => version === entry.version)?.rows ?? {}),
        );
        worker.allStale = plan.replacedStores.has("Berlin");
        worker.mayComeBack = [...plan.olderOpen.keys()].flatMap((entry) =>
          Object.keys(scenario.files.find(({ version }) => version === entry.version)?.rows ?? {}),
        );
        worker.open = [];
        worker.step = guards.registerFirst ? "read" : "register";
      }
      return state;
    }
    case "read": {
      const item = items[worker.row];
      if (item === undefined) worker.step = file.replaces ? "scan" : "finish";
      else if (worker.allStale || worker.staleItems.includes(item)) worker.row += 1;
      else {
        worker.standing = state.table[item] ?? null;
        worker.step = "write";
      }
      return state;
    }
    case "write": {
      const item = items[worker.row] as string;
      const count = file.rows[item] as number;
      const decision = guards.decide(
        asStanding(worker.standing),
        { count, level: "ok" },
        file.version,
        worker.writeEvery,
      );
      worker.step = "read";
      if (decision === "insert" || decision === "update") {
        const current = state.table[item];
        const holds =
          decision === "insert"
            ? current === undefined
            : current !== undefined && current.version === worker.standing?.version;
        if (guards.writeGuarded && !holds) return state;
        state.table[item] = { count, version: file.version };
        state.writes[item] = (state.writes[item] ?? 0) + 1;
      }
      worker.row += 1;
      worker.standing = null;
      return state;
    }
    case "scan": {
      const seen = [...Object.keys(state.table), ...worker.mayComeBack];
      worker.omitted = worker.allStale
        ? []
        : [...new Set(seen)]
            .filter((item) => !items.includes(item) && !worker.staleItems.includes(item))
            .sort();
      worker.row = 0;
      worker.step = "omitRead";
      return state;
    }
    case "omitRead": {
      const item = worker.omitted[worker.row];
      worker.standing = (item !== undefined && state.table[item]) || null;
      worker.step = item === undefined ? "finish" : "omitWrite";
      return state;
    }
    case "omitWrite": {
      const item = worker.omitted[worker.row] as string;
      worker.step = "omitRead";
      const mayComeBack = worker.mayComeBack.includes(item);
      if (guards.omit(asStanding(worker.standing), file.version, mayComeBack) === "retire") {
        const current = state.table[item];
        const holds = current?.version === worker.standing?.version;
        if (guards.writeGuarded && !holds) return state;
        state.table[item] = { count: current?.count ?? 0, version: file.version, retired: true };
      }
      worker.row += 1;
      worker.standing = null;
      return state;
    }
    case "finish":
    case "duplicate": {
      const entry = own();
      if (entry !== undefined) {
        entry.state = worker.step === "finish" ? "finished" : "duplicate";
        entry.duplicateOf = worker.duplicateOf;
      }
      worker.step = "leave";
      return state;
    }
    case "leave": {
      state.open = state.open.filter((version) => version !== file.version);
      worker.open = [];
      worker.step = "receipt";
      return state;
    }
    case "receipt": {
      state.receipts[file.version] ??= worker.duplicateOf === null ? "loaded" : "duplicate";
      state.workers[index] = { ...fresh(), step: "done" };
      return state;
    }
    case "done":
      return undefined;
  }
};
