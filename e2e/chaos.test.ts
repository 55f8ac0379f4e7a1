import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Receipt } from "@stockwire/contracts/receipt";
import t from "tap";
import { checkRun } from "./chaos/check/check-run.ts";
import { findUnsettledStores } from "./chaos/check/taken-back.ts";
import { makeCsv } from "./chaos/csv-file.ts";
import type { Evidence } from "./chaos/evidence.ts";
import { planFaults } from "./chaos/fault-plan.ts";
import { createJournal } from "./chaos/journal.ts";
import { mutate } from "./chaos/mutate.ts";
import { MUTATIONS } from "./chaos/mutations.ts";
import { createRandom } from "./chaos/random.ts";
import { planWorkload, type Workload } from "./chaos/workload.ts";

/** The suite itself, without processes: `npm run chaos` runs them. */

t.test("a seed decides what is sent and what goes wrong", async (t) => {
  const plan = (seed: number) => {
    const random = createRandom(seed);
    return {
      workload: planWorkload(random.fork("workload"), seed, "s", 5_000),
      faults: planFaults(random.fork("faults"), 7_000, true),
    };
  };
  t.same(plan(7), plan(7));
  t.notSame(plan(7).workload, plan(8).workload);
  t.notSame(plan(7).faults, plan(8).faults);
});

t.test("over many seeds every kind of fault is planned, within the storm", async (t) => {
  const kinds = new Set<string>();
  for (let seed = 0; seed < 300; seed++) {
    const { requests, messages, events } = planFaults(createRandom(seed), 7_000, true);
    for (const kind of [...Object.keys(requests), ...Object.keys(messages)]) kinds.add(kind);
    for (const event of events) {
      kinds.add(event.kind === "kill" ? event.signal : event.kind);
      t.ok(event.at < 7_000);
    }
  }
  t.equal(kinds.size, 18, [...kinds].join());
});

t.test("every guard that is to be broken still stands in the sources", async (t) => {
  for (const mutation of MUTATIONS) {
    for (const edit of mutation.edits) {
      const source = readFileSync(join(import.meta.dirname, "..", edit.file), "utf8");
      t.doesNotThrow(() => mutate(source, edit, mutation.name), mutation.name);
    }
  }
  t.same([...new Set(MUTATIONS.map(({ rule }) => rule))].sort(), [1, 2, 3, 4, 5, 6, 7, 8]);
});

const STORE = "s1 Berlin";
const file = {
  ...makeCsv(createRandom(1), { stores: [STORE], items: ["Echo"], rows: 1, bad: 0, padding: 0 }),
  rows: [{ store: STORE, item: "Echo", count: 0, line: 2 }],
};
const workload: Workload = {
  stores: [STORE],
  thresholds: new Map(),
  customers: [],
  dates: ["2001-01-01", "2001-01-03"],
  sendings: [
    {
      kind: "inventory",
      at: 0,
      name: "s1-0.csv",
      file,
      mode: "load",
      delivery: { way: "api", key: true, first: "whole" },
    },
  ],
};
const AT = "2026-03-01T08:15:30.123Z";
const receipt = {
  uploadId: "u1",
  filename: "s1-0.csv",
  status: "loaded",
  receivedAt: AT,
  startedAt: AT,
  finishedAt: AT,
  sha256: file.sha256,
  bytes: file.content.length,
  rows: { read: 1, written: 1, unchanged: 0, stale: 0, rejected: 0, repeated: 0 },
  retired: 0,
  rejected: [],
  duplicateOf: null,
  error: null,
} as unknown as Receipt;
const row = {
  store: STORE,
  item: "Echo",
  count: 0,
  level: "out",
  version: `${AT}\u001fu1`,
  uploadId: "u1",
  updatedAt: AT,
};
const MESSAGE = `${STORE} is out of stock of Echo`;
const alert = {
  store: STORE,
  item: "Echo",
  kind: "out" as const,
  count: 0,
  previous: null,
  message: MESSAGE,
  at: AT,
  publishedAt: AT,
};
const evidence: Evidence = {
  receipts: new Map([["s1-0.csv", [receipt]]]),
  stock: new Map([[STORE, [{ item: "Echo", count: 0, level: "out", uploadId: "u1", line: 2 }]]]),
  stores: new Map([
    [
      STORE,
      { store: STORE, items: 1, outOfStock: 1, low: 0, lastLoadAt: AT, lastUploadId: "u1", revision: 1 },
    ],
  ]),
  alerts: [alert],
  invoices: [],
  csv: new Map(),
  expenses: [],
  letters: [],
  ledger: [{ Store: STORE, Version: `${AT}\u001fu1`, State: "finished" }],
  unfinishedParts: 0,
};
const right: Parameters<typeof checkRun>[0] = {
  workload,
  sent: [
    { sending: workload.sendings[0] as (typeof workload.sendings)[0], uploadIds: ["u1"], unanswered: false },
  ],
  evidence,
  changes: [{ before: undefined, after: row }],
  told: [[MESSAGE]],
  journal: createJournal(),
  partsBefore: 0,
};
const without = (changed: Partial<Evidence>) => ({ ...right, evidence: { ...evidence, ...changed } });
const withReceipt = (changed: Partial<Receipt>) =>
  without({ receipts: new Map([["s1-0.csv", [{ ...receipt, ...changed }]]]) });

/** What is wrong, and the check that has to notice. */
const WRONG: readonly (readonly [what: string, check: string, run: typeof right])[] = [
  ["no receipt", "delivery", without({ receipts: new Map() })],
  ["a receipt that has not ended", "delivery", withReceipt({ status: "loading" })],
  [
    "two uploads under one key",
    "delivery",
    without({ receipts: new Map([["s1-0.csv", [receipt, { ...receipt, uploadId: "u2" }]]]) }),
  ],
  ["counts that do not add up", "receipts", withReceipt({ rows: { ...receipt.rows, stale: 1 } })],
  [
    "a row that counts as unchanged though it was written",
    "receipts",
    withReceipt({ rows: { ...receipt.rows, written: 0, unchanged: 1 } }),
  ],
  ["other bytes", "receipts", withReceipt({ sha256: "0" })],
  [
    "a wrong count",
    "table",
    without({
      stock: new Map([[STORE, [{ item: "Echo", count: 4, level: "ok", uploadId: "u1", line: 2 }]]]),
    }),
  ],
  ["a missing row", "table", without({ stock: new Map([[STORE, []]]) })],
  [
    "a summary that has drifted",
    "summaries",
    without({
      stores: new Map([
        [
          STORE,
          {
            ...(evidence.stores.get(STORE) as NonNullable<ReturnType<typeof evidence.stores.get>>),
            items: 2,
          },
        ],
      ]),
    }),
  ],
  [
    "an older row over a newer one",
    "versions",
    { ...right, changes: [...right.changes, { before: { ...row, version: "9" }, after: row }] },
  ],
  [
    "an unchanged row that was written",
    "unchanged",
    { ...right, changes: [...right.changes, { before: { ...row, version: "1" }, after: row }] },
  ],
  [
    "an entry that stays open",
    "ledger",
    without({ ledger: [{ Store: STORE, Version: `${AT}\u001fu1`, State: "open" }] }),
  ],
  ["a missing alert", "alerts", without({ alerts: [] })],
  ["an alert that was never told", "alerts", without({ alerts: [{ ...alert, publishedAt: null }] })],
  ["an alert without a transition", "alerts", without({ alerts: [alert, { ...alert, item: "Fire" }] })],
  ["nothing told", "notifications", { ...right, told: [] }],
  ["told twice without a reason", "notifications", { ...right, told: [[MESSAGE], [MESSAGE]] }],
  ["told what never happened", "notifications", { ...right, told: [[MESSAGE], ["Fire"]] }],
  [
    "a dead letter",
    "dead letters",
    without({
      letters: [
        {
          id: "1",
          body: "",
          reason: "x",
          message: "",
          attempts: 5,
          parkedAt: AT,
          origin: "ingest",
          queue: "ingest",
        },
      ],
    }),
  ],
  ["parts left behind", "parts", without({ unfinishedParts: 1 })],
];

t.test("the checker finds nothing wrong where nothing is, and each thing that is", async (t) => {
  t.same(checkRun(right).violations, []);
  for (const [what, check, run] of WRONG) {
    t.ok(
      checkRun(run).violations.some((violation) => violation.check === check),
      what,
    );
  }
});

t.test("telling twice is excused where the answer of SNS was lost, and counted", async (t) => {
  const journal = createJournal();
  const common = { instance: "alert-worker", generation: 1, lines: [MESSAGE] } as const;
  journal.publications.push({ ...common, at: 1, answered: false }, { ...common, at: 2, answered: true });
  const { violations, toldTwice } = checkRun({ ...right, journal, told: [[MESSAGE], [MESSAGE]] });
  t.same(violations, []);
  t.equal(toldTwice, 1);
});

t.test("only the stores of what was taken back are excused from the last question", async (t) => {
  const sending = (name: string, store: string, key: boolean): Workload["sendings"][number] => ({
    kind: "inventory",
    at: 0,
    name,
    file: { ...file, rows: [{ store, item: "Echo", count: 0, line: 2 }] },
    mode: "load",
    delivery: { way: "api", key, first: "whole" },
  });
  const sendings = [sending("s1-0.csv", "Gap", false), sending("s1-1.csv", "Keyed", true)];
  const missing = { status: "rejected", error: { code: "object_missing", message: "" } } as const;
  const gone = { ...receipt, ...missing, uploadId: "gone" };
  const keyed = { ...gone, filename: "s1-1.csv" };
  const unsettled = (receipts: readonly Receipt[], answered: readonly string[] = []) => [
    ...findUnsettledStores(
      receipts,
      sendings,
      sendings.map((each) => ({ sending: each, uploadIds: answered, unanswered: false })),
    ),
  ];
  t.same(unsettled([gone, keyed]), ["Gap"], "a request with a key is none of the gap");
  t.same(unsettled([gone], ["gone"]), [], "what was answered is none of it");
  t.same(unsettled([{ ...gone, filename: "s1-unknown.csv" }]), []);
  t.same(unsettled([{ ...gone, error: null }]), []);
});
